//! The filter of the audit log: a GET form, so that the URL holds it, with and without JavaScript.

use super::erased::optional;
use super::select_field::SelectField;
use crate::api::ListAudit;
use crate::browser::submitted_fields;
use crate::page_url::PageUrl;
use crate::texts::audit::{change_labels, operation_in_words};
use crate::texts::audit_labels::outcome_label;
use domain::calendar::day_of;
use domain::input::{SEARCH, cleaned_search};
use domain::local_path::LocalPath;
// example:begin views
#[cfg(feature = "ssr")]
use domain::text::isolated;
// example:end views
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Names of the parameters in the URL with their labels, in the order of [`TypedFilter`].
const PARAMETERS: [(&str, &str); 6] = [
    ("person", "Person"),
    ("actor", "Done by"),
    ("operation", "Operation"),
    ("outcome", "Result"),
    ("from", "From"),
    ("to", "To"),
];

/// The outcomes that the form offers, in the order of the list. The URL may name others.
const OUTCOMES: [&str; 8] = [
    "done",
    "refused",
    "forbidden",
    "reverification",
    "invalid_input",
    "rate_limited",
    "other_organization",
    "not_found",
];

const DAY_MS: i64 = 86_400_000;

/// The filter in the URL, as it was typed: person, actor, operation, outcome, first day and last
/// day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TypedFilter([String; 6]);

impl TypedFilter {
    /// The filter in the URL of the page.
    pub(crate) fn from_url() -> Signal<Self> {
        let url = PageUrl::of_page();
        Signal::derive(move || {
            let url = url();
            Self(PARAMETERS.map(|(name, _)| cleaned_search(url.get(name).unwrap_or_default())))
        })
    }

    // example:begin views
    /// The filter in the query of a URL.
    #[cfg(feature = "ssr")]
    pub(crate) fn parse(query: &str) -> Self {
        let url = PageUrl::parse(String::new(), query);
        Self(PARAMETERS.map(|(name, _)| cleaned_search(url.get(name).unwrap_or_default())))
    }

    /// The filter in words.
    #[cfg(feature = "ssr")]
    pub(crate) fn described(&self) -> String {
        let filled = PARAMETERS.into_iter().zip(&self.0).filter(|(_, value)| !value.is_empty());
        let described = filled.map(|((name, label), value)| {
            let words = match name {
                "operation" => operation_in_words(value.clone()),
                "outcome" => option_label(value),
                _ => value.clone(),
            };
            format!("{label} {}", isolated(&words))
        });
        described.collect::<Vec<_>>().join(", ")
    }
    // example:end views

    /// Whether there is no filter.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// The labels of the parts, each with the log as it is without this part.
    pub(crate) fn parts(&self) -> Vec<(&'static str, LocalPath)> {
        let filled = (0..PARAMETERS.len()).filter(|index| !self.0[*index].is_empty());
        let without = filled.map(|index| {
            let mut rest = self.clone();
            rest.0[index].clear();
            (PARAMETERS[index].1, rest.path())
        });
        without.collect()
    }

    /// The filter in the fields of the form.
    fn of_form(fields: &[(String, String)]) -> Self {
        Self(PARAMETERS.map(|(wanted, _)| {
            let field = fields.iter().find(|(name, _)| name == wanted);
            cleaned_search(field.map_or("", |(_, value)| value))
        }))
    }

    /// The names of the fields with the texts that they show.
    pub(crate) fn shown(self) -> Vec<(&'static str, String)> {
        let shown = PARAMETERS.into_iter().zip(self.0).map(|((name, _), value)| match name {
            "operation" => (name, operation_in_words(value)),
            _ => (name, value),
        });
        shown.collect()
    }

    /// The log with this filter.
    pub(crate) fn path(&self) -> LocalPath {
        self.path_of(LocalPath::AUDIT)
    }

    /// A page with this filter in its query.
    pub(crate) fn path_of(&self, page: LocalPath) -> LocalPath {
        let filled = PARAMETERS.into_iter().zip(&self.0).filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = filled.map(|((name, _), value)| (name, value.as_str())).collect();
        page.with_query(&pairs)
    }

    /// The input of the operation. Text that no entry can match is left out, and the form says so.
    pub(crate) fn input(&self, page: String) -> ListAudit {
        let [person, actor, operation, outcome, from, to] = &self.0;
        let valid = |text: &String| if SEARCH.problem(text).is_none() { text.clone() } else { String::new() };
        ListAudit {
            page,
            person: valid(person),
            actor: valid(actor),
            operation: valid(operation),
            outcome: valid(outcome),
            from_ms: day_of(from).map_or(0, |day| day * DAY_MS),
            // The last day is a whole one.
            to_ms: day_of(to).map_or(0, |day| (day + 1) * DAY_MS),
        }
    }

    /// The message about text that the form leaves out.
    fn problem(&self) -> Option<&'static str> {
        let [person, actor, operation, outcome, from, to] = &self.0;
        if [person, actor, operation, outcome].iter().any(|text| SEARCH.problem(text).is_some()) {
            Some("This filter is too long or has control characters. It was ignored.")
        } else if [from, to].iter().any(|day| !day.is_empty() && day_of(day).is_none()) {
            Some("Enter a day as in 2026-11-27. The day was ignored.")
        } else {
            None
        }
    }
}

/// The form. With JavaScript the router navigates, so that the list stays until the next one has
/// loaded.
#[component]
pub(crate) fn AuditFilterForm(
    /// The filter in the URL.
    typed: TypedFilter,
    /// The form, for `follow_url`.
    form: NodeRef<html::Form>,
) -> impl IntoView {
    let (navigate, is_filtered, problem) = (use_navigate(), !typed.is_empty(), typed.problem());
    let submit = move |event: SubmitEvent| {
        if let Some(fields) = submitted_fields(&event) {
            event.prevent_default();
            navigate(TypedFilter::of_form(&fields).path().as_str(), Default::default());
        }
    };
    view! {
        <form
            class="filter"
            node_ref=form
            role="search"
            method="get"
            action=LocalPath::AUDIT.as_str().to_owned()
            on:submit=submit
        >
            {fields(typed)}
            <div class="filter-actions">
                <button class="button button-small" type="submit">"Filter"</button>
                {optional(is_filtered.then(|| {
                    let all = LocalPath::AUDIT.as_str().to_owned();
                    view! { <a class="button button-quiet button-small" href=all>"Clear"</a> }
                }))}
            </div>
            <p class="hint" id="filter-hint">
                "Person: who did it, or whom it concerns. Operation: a word, or * for any text."
            </p>
            {optional(problem.map(|problem| view! { <p class="field-error" role="alert">{problem}</p> }))}
        </form>
    }
}

fn fields(typed: TypedFilter) -> AnyView {
    let [person, actor, operation, outcome, from, to] = typed.0;
    // Links ask for what somebody did themselves. The form has a field for it only then.
    let actor = (!actor.is_empty()).then(|| field("actor", "Done by", "search", "Name, email or id", actor));
    // Labels are ASCII words. An option of its own for each would double the size of the list.
    let operations: String = change_labels().map(|label| format!("<option>{label}")).collect();
    view! {
        {field("person", "Person", "search", "Name, email or id", person)}
        {optional(actor)}
        {field("operation", "Operation", "search", "", operation_in_words(operation))}
        <datalist id="operations" inner_html=operations></datalist>
        <SelectField id="filter-outcome" name="outcome" label="Result" options=outcomes() chosen=outcome />
        {field("from", "From", "date", "", from)}
        {field("to", "To", "date", "", to)}
    }
    .into_any()
}

fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    placeholder: &'static str,
    value: String,
) -> AnyView {
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                class="input"
                type=kind
                name=name
                dir=(kind != "date").then_some("auto")
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                value=value
                list=(name == "operation").then_some("operations")
                aria-describedby=matches!(name, "person" | "operation").then_some("filter-hint")
            />
        </div>
    }
    .into_any()
}

fn outcomes() -> Vec<(String, String)> {
    let offered = OUTCOMES.map(|code| (code.to_owned(), option_label(code)));
    [(String::new(), "All".to_owned())].into_iter().chain(offered).collect()
}

fn option_label(code: &str) -> String {
    if code == "refused" { "All refusals".to_owned() } else { outcome_label(code) }
}
