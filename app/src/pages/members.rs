//! `/admin/members`: the members of the organization. A row links to the page of the member, where
//! the forms are: forms in every row made the page ten times as expensive.

use super::bulk_members::{Bulk, BulkConfirmations}; // example:line bulk
// example:begin invitations
use super::invitations::{InvitationList, InviteForm, PendingInvitations, invitation_outcomes, pending_count};
// example:end invitations
use super::member::removal;
use super::member_filter::{FilterForm, MemberFilter};
use super::member_rows::Table;
use crate::api::{ListMembers, ListRoles};
use crate::call_error::CallError;
use crate::components::column_menu::ColumnMenu;
use crate::components::erased::optional;
use crate::components::loaded::loaded;
use crate::components::outcome_notice::SuccessNotice;
use crate::components::pager::{Pager, first_row_from_url, page_from_url, range_text};
use crate::components::refusal_page::RefusalPage;
use crate::components::role_grants::RoleGrants;
use crate::components::search_form::valid_search;
use crate::load::{Load, load};
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use domain::appearance::Column;
use domain::input::SEARCH;
use domain::local_path::LocalPath; // example:line invitations
use domain::operation::{MAX_COUNTED_MEMBERS, MembersView, RoleView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

// example:begin invitations
/// The parameter with the tab, and the tab that is not the first one.
const TAB: &str = "tab";
const INVITATIONS: &str = "invitations";
// example:end invitations

/// The list as the URL asks for it.
#[derive(Clone, Copy)]
struct MemberList {
    members: Load<MembersView>,
    filter: Memo<MemberFilter>,
    first_row: Signal<Option<u32>>,
    /// They live as long as the page: its content may be made anew while the members are read.
    roles: StoredValue<Vec<RoleView>>,
    bulk: Bulk, // example:line bulk
}

impl MemberList {
    fn new() -> Self {
        let bulk = Bulk::new(); // example:line bulk
        let (page, filter, removed) = (page_from_url(), MemberFilter::from_url(), removed_from_url());
        let asked = move || (page.get(), filter.get(), removed.get());
        let asked = move || (asked(), bulk.revision()); // example:line bulk
        let members = load(asked, |asked| {
            let (asked, _) = asked; // example:line bulk
            let (page, filter, removed) = asked;
            let MemberFilter { query, role, state, sort } = filter;
            ListMembers { page, query: valid_search(SEARCH, &query), role, state, removed, sort }
        });
        Self {
            members,
            filter,
            first_row: first_row_from_url(),
            roles: StoredValue::new(Vec::new()),
            bulk, // example:line bulk
        }
    }
}

/// The id of the member whose removal led to the list.
fn removed_from_url() -> Signal<String> {
    let url = PageUrl::of_page();
    Signal::derive(move || valid_search(SEARCH, url().get("removed").unwrap_or_default()))
}

/// The page at `/admin/members`.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let (found, removed) = (MemberList::new(), removal());
    let roles = load(|| (), |()| ListRoles {});
    let invitations = InvitationList::new(); // example:line invitations
    view! {
        <Title text=Page::Members.definition().title />
        {loaded(move || async move {
            match found.members.first().await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                // Without the roles the list of members is still of use.
                Ok(first) => {
                    let roles = roles.await;
                    view! {
                        <Content
                            found
                            first
                            roles
                            removed
                            invitations // example:line invitations
                        />
                    }
                    .into_any()
                }
            }
        })}
    }
}

/// The content of the page.
#[component]
fn Content(
    found: MemberList,
    first: MembersView,
    roles: Result<Vec<RoleView>, CallError>,
    removed: OperationAction,
    invitations: InvitationList, // example:line invitations
) -> impl IntoView {
    let has_roles = roles.is_ok();
    found.roles.set_value(roles.unwrap_or_default());
    let roles = found.roles;
    let failure = "The roles could not be loaded. Reload the page.";
    let failure = (!has_roles).then(|| view! { <p class="field-error">{failure}</p> });
    let former = first.removed.map_or_else(|| "Member".to_owned(), |name| isolated(&name));
    found.bulk.select_among(&first.rows); // example:line bulk
    let tab = move || view! { <List found /> }.into_any();
    // example:begin invitations
    let url = PageUrl::of_page();
    let is_invitations = Memo::new(move |_| url().get(TAB) == Some(INVITATIONS));
    let tab = move || {
        if is_invitations.get() { view! { <PendingInvitations list=invitations roles /> }.into_any() } else { tab() }
    };
    // example:end invitations
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <p class="lead">"Open a member to change their role, end their sessions or remove them."</p>
        </div>
        <div class="outcomes">
            <SuccessNotice action=removed done=format!("{former} removed.") />
            {found.bulk.outcomes()} // example:line bulk
            {invitation_outcomes(invitations)} // example:line invitations
        </div>
        // example:begin invitations
        <InviteForm list=invitations roles />
        // example:end invitations
        {optional(failure)}
        // example:begin invitations
        <Tabs is_invitations invitations />
        // example:end invitations
        {tab}
        {optional(has_roles.then(|| view! { <RoleGrants roles /> }))}
    }
}

// example:begin invitations
/// Links, because a tab has a URL.
#[component]
fn Tabs(is_invitations: Memo<bool>, invitations: InvitationList) -> impl IntoView {
    let members = LocalPath::MEMBERS;
    let pending = members.with_query(&[(TAB, INVITATIONS)]);
    let current = move |is_it: bool| (is_invitations.get() == is_it).then_some("page");
    view! {
        <nav class="tabs" aria-label="Members and invitations">
            <a href=members.as_str() aria-current=move || current(false) data-noscroll="">"Members"</a>
            <a href=pending.as_str().to_owned() aria-current=move || current(true) data-noscroll="">
                "Pending invitations"{pending_count(invitations)}
            </a>
        </nav>
    }
}
// example:end invitations

/// The search, the filters and the rows.
#[component]
fn List(found: MemberList) -> impl IntoView {
    let MemberList { members, filter, first_row, roles, .. } = found;
    let bulk = found.bulk; // example:line bulk
    view! {
        <FilterForm filter roles />
        {loaded(move || async move {
            match members.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => {
                    let (filter, first) = (filter.get_untracked(), first_row.get_untracked());
                    view! {
                        <Rows
                            found
                            filter
                            first
                            roles
                            bulk // example:line bulk
                        />
                    }
                    .into_any()
                }
            }
        })}
    }
}

#[component]
fn Rows(
    found: MembersView,
    filter: MemberFilter,
    first: Option<u32>,
    roles: StoredValue<Vec<RoleView>>,
    bulk: Bulk, // example:line bulk
) -> impl IntoView {
    let MembersView { rows, previous, next, total, .. } = found;
    bulk.select_among(&rows); // example:line bulk
    let is_filtered = filter.is_set();
    let range = total.map(|total| range_text(first, rows.len(), total, is_filtered && total >= MAX_COUNTED_MEMBERS));
    let counted = total.map_or(rows.len(), |total| usize::try_from(total).unwrap_or(usize::MAX));
    // Without a total the text still says that the list has changed.
    let range = range.unwrap_or_else(|| rows.len().to_string());
    view! {
        <div class="list-head">
            <p class="muted" role="status">{range}" "{if counted == 1 { "member" } else { "members" }}</p>
            <ColumnMenu columns=&[(Column::MemberRole, "Role"), (Column::MemberSessions, "Sessions")] />
        </div>
        // example:begin bulk
        <BulkConfirmations bulk roles />
        // example:end bulk
        <Table
            members=rows
            filter=filter.clone()
            roles
            bulk // example:line bulk
        />
        <Pager path=filter.path() previous next first />
    }
}
