//! `/admin/members`: the members of the organization. A row links to the page of the member, where
//! the forms are: forms in every row made the page ten times as expensive.

use super::bulk_members::{BulkActions, BulkConfirmations, bulk_outcomes};
use super::invitations::{InvitationList, InviteForm, PendingInvitations, invitation_outcomes, pending_count};
use super::member::removal;
use super::member_filter::{FilterForm, MemberFilter};
use crate::api::{ListMembers, ListRoles};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::column_menu::ColumnMenu;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::outcome_notice::SuccessNotice;
use crate::components::pager::{Pager, first_row_from_url, page_from_url, range_text};
use crate::components::person_cell::PersonCell;
use crate::components::refusal_page::RefusalPage;
use crate::components::role_grants::RoleGrants;
use crate::components::search_form::valid_search;
use crate::components::selection::{SelectBox, Selection, SelectionForm};
use crate::components::timestamp::Timestamp;
use crate::load::{Load, load};
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use domain::appearance::Column;
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation::{MAX_COUNTED_MEMBERS, MAX_COUNTED_SESSIONS, MemberSort, MemberView, MembersView, RoleView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The parameter with the tab, and the tab that is not the first one.
const TAB: &str = "tab";
const INVITATIONS: &str = "invitations";

/// The list as the URL asks for it.
#[derive(Clone, Copy)]
struct MemberList {
    members: Load<MembersView>,
    filter: Memo<MemberFilter>,
    first_row: Signal<Option<u32>>,
    actions: BulkActions,
    selection: Selection,
}

impl MemberList {
    fn new() -> Self {
        let actions = BulkActions::new();
        let (page, filter, removed) = (page_from_url(), MemberFilter::from_url(), removed_from_url());
        let members = load(
            move || (page.get(), filter.get(), removed.get(), actions.revision()),
            |(page, filter, removed, _)| {
                let MemberFilter { query, role, state, sort } = filter;
                ListMembers { page, query: valid_search(SEARCH, &query), role, state, removed, sort }
            },
        );
        Self { members, filter, first_row: first_row_from_url(), actions, selection: Selection::new() }
    }

    /// Takes the rows of an answer for the selection. Nobody acts on themselves.
    fn select_among(self, rows: &[MemberView], url: &PageUrl) {
        let others = rows.iter().filter(|member| !member.is_you);
        self.selection.show(others.map(|member| (member.user_id.clone(), member.name.clone())).collect(), url);
    }
}

/// The id of the member whose removal led to the list.
fn removed_from_url() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || valid_search(SEARCH, PageUrl::of(&location).get("removed").unwrap_or_default()))
}

/// The page at `/admin/members`.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let (found, removed) = (MemberList::new(), removal());
    let roles = load(|| (), |()| ListRoles {});
    let invitations = InvitationList::new();
    view! {
        <Title text=Page::Members.definition().title />
        {loaded(move || async move {
            match found.members.first().await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                // Without the roles the list of members is still of use.
                Ok(first) => {
                    let roles = roles.await;
                    view! { <Content found first roles invitations removed /> }.into_any()
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
    invitations: InvitationList,
    removed: OperationAction,
) -> impl IntoView {
    let (has_roles, roles) = (roles.is_ok(), StoredValue::new(roles.unwrap_or_default()));
    let failure = "The roles could not be loaded. Reload the page.";
    let failure = (!has_roles).then(|| view! { <p class="field-error">{failure}</p> });
    let former = first.removed.map_or_else(|| "Member".to_owned(), |name| isolated(&name));
    let location = use_location();
    found.select_among(&first.rows, &untrack(|| PageUrl::of(&location)));
    let is_invitations = Memo::new(move |_| PageUrl::of(&location).get(TAB) == Some(INVITATIONS));
    let tab = move || {
        if is_invitations.get() {
            view! { <PendingInvitations list=invitations /> }.into_any()
        } else {
            view! { <List found roles /> }.into_any()
        }
    };
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <p class="lead">"Open a member to change their role, end their sessions or remove them."</p>
        </div>
        <div class="outcomes">
            <SuccessNotice action=removed done=format!("{former} removed.") />
            {bulk_outcomes(found.actions, found.selection)}
            {invitation_outcomes(invitations)}
        </div>
        <InviteForm list=invitations roles />
        {optional(failure)}
        <Tabs is_invitations invitations />
        {tab}
        {optional(has_roles.then(|| view! { <RoleGrants roles /> }))}
    }
}

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

/// The search, the filters and the rows.
#[component]
fn List(found: MemberList, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let MemberList { members, filter, first_row, .. } = found;
    let list = found;
    view! {
        <FilterForm filter roles />
        {loaded(move || async move {
            match members.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => {
                    let (filter, first) = (filter.get_untracked(), first_row.get_untracked());
                    view! { <Rows list found filter first roles /> }.into_any()
                }
            }
        })}
    }
}

#[component]
fn Rows(
    list: MemberList,
    found: MembersView,
    filter: MemberFilter,
    first: Option<u32>,
    roles: StoredValue<Vec<RoleView>>,
) -> impl IntoView {
    let MembersView { rows, previous, next, total, .. } = found;
    let MemberList { actions, selection, .. } = list;
    let location = use_location();
    list.select_among(&rows, &untrack(|| PageUrl::of(&location)));
    let is_filtered = filter.is_set();
    let range = total.map(|total| range_text(first, rows.len(), total, is_filtered && total >= MAX_COUNTED_MEMBERS));
    // Without a total the text still says that the list has changed.
    let range = range.unwrap_or_else(|| rows.len().to_string());
    view! {
        <div class="list-head">
            <p class="muted" role="status">{range}" "{if total == Some(1) { "member" } else { "members" }}</p>
            <ColumnMenu columns=&[(Column::MemberRole, "Roles"), (Column::MemberSessions, "Sessions")] />
        </div>
        <BulkConfirmations actions selection roles />
        <Table members=rows filter=filter.clone() actions selection />
        <Pager path=filter.path() previous next first />
    }
}

#[component]
fn Table(members: Vec<MemberView>, filter: MemberFilter, actions: BulkActions, selection: Selection) -> impl IntoView {
    if members.is_empty() {
        let text = if filter.is_set() {
            "No members match your search."
        } else {
            "No members yet. Clerk reports members by webhook."
        };
        return view! { <p class="card muted">{text}</p> }.into_any();
    }
    let is_by_time = MemberSort::of(&filter.sort).is_by_time();
    let (columns, by): (&[_], _) = if is_by_time {
        (&["Select", "Member", "Role", "Sessions", "Joined"], "Joined")
    } else {
        (&["Select", "Member", "Role", "Sessions"], "Member")
    };
    let sorted = (by, filter.sorted_column());
    let rows = members.into_iter().map(|member| view! { <Row member is_by_time selection /> });
    let rows = list(rows);
    view! {
        <SelectionForm selection action=Page::Members.path() row="member" actions=actions.buttons()>
            <CardTable label="Members" class="table table-cards members" columns sorted>{rows}</CardTable>
        </SelectionForm>
    }
    .into_any()
}

/// A row. Its texts say what they are, so that a card needs no labels: each byte is there 25 times.
#[component]
fn Row(member: MemberView, is_by_time: bool, selection: Selection) -> impl IntoView {
    let sessions = match member.sessions {
        0 => "None active".to_owned(),
        MAX_COUNTED_SESSIONS.. => format!("{}+ active", MAX_COUNTED_SESSIONS - 1),
        sessions => format!("{sessions} active"),
    };
    let pick = (!member.is_you).then(|| {
        let label = format!("Select {}", isolated(&member.name));
        view! { <SelectBox selection id=member.user_id.clone() label /> }
    });
    let joined = is_by_time.then(|| {
        let at_ms = member.joined_at_ms.map(|at_ms| view! { <Timestamp at_ms /> });
        view! { <td role="cell" data-label="Joined">{optional(at_ms)}</td> }
    });
    view! {
        <tr role="row">
            <td role="cell">{optional(pick)}</td>
            <PersonCell
                page=LocalPath::about_user(Page::Member, &member.user_id)
                name=member.name
                email=member.email
                is_you=member.is_you
                banned=member.banned
                locked=member.locked
            />
            <td role="cell">{member.role}</td>
            <td role="cell">{sessions}</td>
            {optional(joined)}
        </tr>
    }
}
