//! `/admin/members`: the members of the organization. A row links to the page of the member, where
//! the forms are: forms in every row made the page ten times as expensive.

use super::invitations::{InvitationList, Invitations};
use super::member::removal;
use crate::api::{ListMembers, ListRoles};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::pager::{Pager, page_from_url, query_from_url};
use crate::components::person_cell::PersonCell;
use crate::components::refusal_page::RefusalPage;
use crate::components::role_grants::RoleGrants;
use crate::components::search_form::{SearchForm, search_path, valid_search};
use crate::load::load;
use crate::operation_action::OperationAction;
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation::{MAX_COUNTED_SESSIONS, MemberView, RoleView};
use domain::page_view::PageView;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/members`.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let (page, query, removed) = (page_from_url(), query_from_url(), removal());
    let source = move || (page.get(), query.get());
    let members = load(source, |(page, query)| ListMembers { page, query: valid_search(SEARCH, &query) });
    let roles = load(|| (), |()| ListRoles {});
    let list = InvitationList::new();
    view! {
        <Title text=Page::Members.definition().title />
        {loaded(move || async move {
            match members.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                // Without the roles the list of members is still of use.
                Ok(found) => {
                    let (roles, typed) = (roles.await, query.get_untracked());
                    view! { <Content found roles typed list removed /> }.into_any()
                }
            }
        })}
    }
}

/// The content of the page.
#[component]
fn Content(
    found: PageView<MemberView>,
    roles: Result<Vec<RoleView>, CallError>,
    /// Text in the search field.
    typed: String,
    list: InvitationList,
    /// The removal that led from the page of a member to the list.
    removed: OperationAction,
) -> impl IntoView {
    let search = valid_search(SEARCH, &typed);
    let (has_roles, roles) = (roles.is_ok(), StoredValue::new(roles.unwrap_or_default()));
    let failure = "The roles could not be loaded. Reload the page.";
    let failure = (!has_roles).then(|| view! { <p class="field-error">{failure}</p> });
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <p class="lead">"Open a member to change their role, end their sessions or remove them."</p>
        </div>
        <div class="outcomes"><OutcomeNotice action=removed done="Member removed." /></div>
        <SearchForm path=LocalPath::MEMBERS rule=SEARCH typed />
        {optional(failure)}
        <Table members=found.rows searched=!search.is_empty() />
        <Pager path=search_path(LocalPath::MEMBERS, &search) previous=found.previous next=found.next />
        <Invitations list roles />
        {optional(has_roles.then(|| view! { <RoleGrants roles /> }))}
    }
}

#[component]
fn Table(members: Vec<MemberView>, searched: bool) -> impl IntoView {
    if members.is_empty() {
        let text = if searched {
            "No members match your search."
        } else {
            "No members yet. Clerk reports members by webhook."
        };
        return view! { <p class="card muted">{text}</p> }.into_any();
    }
    let rows = members.into_iter().map(|member| {
        let sessions = match member.sessions {
            0 => "None".to_owned(),
            MAX_COUNTED_SESSIONS.. => format!("{}+", MAX_COUNTED_SESSIONS - 1),
            sessions => sessions.to_string(),
        };
        view! {
            <tr role="row">
                <PersonCell
                    page=LocalPath::about_user(Page::Member, &member.user_id)
                    name=member.name
                    email=member.email
                    is_you=member.is_you
                    banned=member.banned
                    locked=member.locked
                />
                <td role="cell" data-label="Role"><span class="badge">{member.role}</span></td>
                <td role="cell" data-label="Sessions">{sessions}</td>
            </tr>
        }
    });
    view! {
        <CardTable label="Members" columns=&["Member", "Role", "Active sessions"]>{list(rows)}</CardTable>
    }
    .into_any()
}
