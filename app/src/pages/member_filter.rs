//! Part of `/admin/members`: the search and the filters, whose state is the URL.
//!
//! A GET form. With JavaScript the list follows while somebody types, and "Search" is not needed.

use crate::components::card_table::SortedColumn;
use crate::components::erased::{list, optional};
use crate::components::search_form::{follow_url, valid_search};
use crate::page_url::PageUrl;
use crate::texts::fields::field_message;
use domain::input::{SEARCH, cleaned_search};
use domain::local_path::LocalPath;
use domain::operation::{MemberSort, MemberState, RoleView};
use domain::text::isolated;
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// The pause after the last key.
const PAUSE: Duration = Duration::from_millis(150);

const ROLE: [&str; 3] = ["role", "Filter by role", "All roles"];
const STATE: [&str; 3] = ["state", "Filter by status", "Any status"];
const SORT: [&str; 3] = ["sort", "Sort by", "Sorted by name"];

/// The filters in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MemberFilter {
    /// The search as it was typed.
    pub(super) query: String,
    /// Key of a role; blank for every role.
    pub(super) role: String,
    /// Code of a state; blank for every state.
    pub(super) state: String,
    /// Code of an order; blank for the order by name.
    pub(super) sort: String,
}

impl MemberFilter {
    pub(super) fn from_url() -> Memo<Self> {
        let url = PageUrl::of_page();
        Memo::new(move |_| {
            let url = url();
            let value = |key| url.get(key).unwrap_or_default().to_owned();
            let valid = |key| valid_search(SEARCH, &value(key));
            let sort = MemberSort::of(&value("sort"));
            let sort = if sort == MemberSort::default() { "" } else { sort.code() };
            Self { query: value("query"), role: valid("role"), state: valid("state"), sort: sort.to_owned() }
        })
    }

    /// Whether the list shows some members only.
    pub(super) fn is_set(&self) -> bool {
        !(valid_search(SEARCH, &self.query).is_empty() && self.role.is_empty() && self.state.is_empty())
    }

    /// The list with these filters, from its first page.
    pub(super) fn path(&self) -> LocalPath {
        let query = cleaned_search(&self.query);
        let pairs = [("query", query.as_str()), ("role", &self.role), ("state", &self.state), ("sort", &self.sort)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        LocalPath::MEMBERS.with_query(&pairs)
    }

    /// The names of the fields with the values that they show.
    fn shown(self) -> Vec<(&'static str, String)> {
        vec![("query", self.query), ("role", self.role), ("state", self.state), ("sort", self.sort)]
    }

    /// The column by which the list is sorted. Its link turns the order around.
    pub(super) fn sorted_column(&self) -> SortedColumn {
        let sort = MemberSort::of(&self.sort);
        let other = match sort {
            MemberSort::Name => MemberSort::NameDescending.code(),
            MemberSort::NameDescending => "",
            MemberSort::Newest => MemberSort::Oldest.code(),
            MemberSort::Oldest => MemberSort::Newest.code(),
            MemberSort::Role => MemberSort::RoleDescending.code(),
            MemberSort::RoleDescending => MemberSort::Role.code(),
        };
        let target = Self { sort: other.to_owned(), ..self.clone() }.path();
        SortedColumn { is_descending: sort.is_descending(), target }
    }
}

const fn state_text(state: MemberState) -> &'static str {
    match state {
        MemberState::Active => "Active",
        MemberState::Banned => "Banned",
        MemberState::Locked => "Locked",
        MemberState::SignedOut => "No sessions",
    }
}

/// The orders that are not the first one.
const SORTS: [(MemberSort, &str); 5] = [
    (MemberSort::NameDescending, "Name, Z to A"),
    (MemberSort::Newest, "Newest first"),
    (MemberSort::Oldest, "Oldest first"),
    (MemberSort::Role, "Role, A to Z"),
    (MemberSort::RoleDescending, "Role, Z to A"),
];

/// The form.
#[component]
pub(super) fn FilterForm(filter: Memo<MemberFilter>, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let fields = Fields::new();
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let Some(wanted) = fields.filter().filter(|wanted| *wanted != filter.get_untracked()) else { return };
        // Keys and choices replace each other in the history.
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(wanted.path().as_str(), options);
    });
    let form = NodeRef::new();
    follow_url(form, move || filter.get().shown());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        go.run(());
    };
    let MemberFilter { query, role, state, sort } = filter.get_untracked();
    let role_options =
        roles.with_value(|roles| roles.iter().map(|role| (role.key.clone(), isolated(&role.name))).collect::<Vec<_>>());
    let state_options = MemberState::ALL.map(|state| (state.code().to_owned(), state_text(state).to_owned()));
    let sort_options = SORTS.map(|(sort, text)| (sort.code().to_owned(), text.to_owned()));
    view! {
        <form
            class="form-inline search"
            node_ref=form
            role="search"
            method="get"
            action=LocalPath::MEMBERS.as_str()
            on:submit=submit
        >
            <Search field=fields.query filter query typed=go />
            <Select texts=ROLE options=role_options chosen=role node=fields.role go />
            <Select texts=STATE options=state_options.into() chosen=state node=fields.state go />
            <Select texts=SORT options=sort_options.into() chosen=sort node=fields.sort go />
            <button class="button button-quiet button-small" type="submit">"Search"</button>
            {move || clear_link(&filter.read())}
            <p id="search-error" class="field-error" role="alert">{move || filter.with(problem_text)}</p>
        </form>
    }
}

/// The link that removes all filters and keeps the order.
fn clear_link(filter: &MemberFilter) -> Option<AnyView> {
    let is_set = filter.is_set() || !cleaned_search(&filter.query).is_empty();
    let all = MemberFilter { sort: filter.sort.clone(), ..MemberFilter::default() }.path().as_str().to_owned();
    let link = move || view! { <a class="button button-quiet button-small" href=all>"Show all"</a> };
    optional(is_set.then(link))
}

fn problem_text(filter: &MemberFilter) -> Option<String> {
    let problem = SEARCH.problem(&filter.query)?;
    Some(format!("{} Showing all results.", field_message(Some(SEARCH), problem)))
}

#[component]
fn Search(
    field: NodeRef<html::Input>,
    filter: Memo<MemberFilter>,
    /// The text at first.
    query: String,
    /// Runs a moment after the last key.
    typed: Callback<()>,
) -> impl IntoView {
    let typed = debounce(PAUSE, move |_: Event| typed.run(()));
    let is_invalid = move || filter.with(|filter| SEARCH.problem(&filter.query).map(|_| "true"));
    view! {
        <input
            class="input"
            node_ref=field
            type="search"
            name="query"
            dir="auto"
            value=query
            on:input=typed
            aria-invalid=is_invalid
            aria-describedby="search-error"
            aria-label="Name, email or id"
            placeholder="Name, email or id"
        />
    }
}

#[component]
fn Select(
    /// Name, accessible name, and the option that does not filter.
    texts: [&'static str; 3],
    options: Vec<(String, String)>,
    chosen: String,
    node: NodeRef<html::Select>,
    go: Callback<()>,
) -> impl IntoView {
    let [name, label, all] = texts;
    let options = options.into_iter().map(|(value, text)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{text}</option> }
    });
    view! {
        <select class="input" name=name node_ref=node aria-label=label on:change=move |_| go.run(())>
            <option value="">{all}</option>
            {list(options)}
        </select>
    }
}

/// The fields of the form in the browser.
#[derive(Clone, Copy)]
struct Fields {
    query: NodeRef<html::Input>,
    role: NodeRef<html::Select>,
    state: NodeRef<html::Select>,
    sort: NodeRef<html::Select>,
}

impl Fields {
    fn new() -> Self {
        Self { query: NodeRef::new(), role: NodeRef::new(), state: NodeRef::new(), sort: NodeRef::new() }
    }

    /// The filters as they are in the form.
    fn filter(self) -> Option<MemberFilter> {
        let query = cleaned_search(&self.query.get_untracked()?.value());
        Some(MemberFilter {
            query,
            role: self.role.get_untracked()?.value(),
            state: self.state.get_untracked()?.value(),
            sort: self.sort.get_untracked()?.value(),
        })
    }
}
