//! A field of an operation's form: label, hint, error and the number of characters, by the rule
//! that the operation declares for it.

use super::erased::optional;
use super::outcome::{field_error, submitted_text};
use crate::operation_action::OperationAction;
use domain::input::{TextKind, TextRule};
use leptos::ev::Event;
use leptos::prelude::*;

/// A text field: a line, or an area of several.
#[component]
pub(crate) fn TextField(
    /// The action of the form.
    action: OperationAction,
    /// Name of the field.
    name: &'static str,
    label: &'static str,
    /// Help below the field.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The value at first. The text of a refused post takes its place.
    #[prop(optional)]
    value: String,
    /// Whether the field has the focus at first.
    #[prop(optional)]
    autofocus: bool,
    /// The height of an area in lines, for an operation whose rule allows line breaks.
    #[prop(optional)]
    lines: Option<u32>,
) -> impl IntoView {
    let error = field_error(action, name);
    let value = submitted_text(action, name).unwrap_or(value);
    let id = name.replace('_', "-");
    let length = RwSignal::new(None);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <Control id=id.clone() name value autofocus lines length error />
            <Notes id hint rule=action.text_rule(name) length error />
        </div>
    }
}

#[component]
fn Control(
    id: String,
    name: &'static str,
    value: String,
    autofocus: bool,
    lines: Option<u32>,
    length: RwSignal<Option<usize>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let described_by = format!("{id}-hint {id}-error");
    let attributes = view! {
        <{..}
            id=id
            class="input"
            name=name
            dir="auto"
            autofocus=autofocus
            on:input=move |event| length.set(Some(length_of(&event)))
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described_by
        />
    };
    match lines {
        None => view! { <input value=value autocomplete="off" {..attributes} /> }.into_any(),
        Some(lines) => {
            view! { <textarea rows=lines inner_html=area_html(&value) {..attributes}></textarea> }.into_any()
        }
    }
}

/// The content of an area as HTML: tachys 0.2.19 writes a child of this element without escapes. A
/// parser drops a line break at the start (HTML, 13.2.6.4.7).
fn area_html(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

fn length_of(event: &Event) -> usize {
    event_target_value(event).chars().count()
}

/// The hint, the number of characters and the error below a field.
#[component]
fn Notes(
    /// Id of the field.
    id: String,
    #[prop(optional_no_strip)] hint: Option<String>,
    #[prop(optional_no_strip)] rule: Option<TextRule>,
    length: RwSignal<Option<usize>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <p id=hint_id class="hint field-hint">
            {optional(hint.map(|hint| view! { <span>{hint}</span> }))}
            <span>{move || count_text(rule, length.get())}</span>
        </p>
        <p id=error_id class="field-error" aria-live="polite">{error}</p>
    }
}

/// The number of typed characters and the limit, for rules that count characters. People need it
/// near the limit only.
fn count_text(rule: Option<TextRule>, length: Option<usize>) -> Option<String> {
    let TextRule { kind, max_length } = rule?;
    let length = length.filter(|length| length * 2 > max_length)?;
    let counts_characters = matches!(kind, TextKind::DisplayName | TextKind::Reason | TextKind::Search);
    counts_characters.then(|| format!("{length} of {max_length} characters"))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_an_area_ends_in_no_tag_of_its_own() {
        let html = area_html("</textarea><script>&lt;");
        assert_eq!(html, "\n&lt;/textarea>&lt;script>&amp;lt;");
    }
}
