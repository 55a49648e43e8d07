//! `/admin/members`: the members of the organization, their roles and their sessions.

use super::invitations::{InvitationList, Invitations};
use crate::api::ListRoles;
use crate::api::{ChangeRole, ListMembers, RemoveMember};
use crate::api::{RevokeSession, SignOutEverywhere};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome::{field_error, submitted_value};
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::pager::{Pager, page_from_url, query_from_url};
use crate::components::person_cell::PersonCell;
use crate::components::refusal_page::RefusalPage;
use crate::components::role_grants::RoleGrants;
use crate::components::role_select::RoleSelect;
use crate::components::search_form::{SearchForm, search_path, valid_search};
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::{MemberView, RoleView, SessionView};
use domain::page_view::PageView;
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// The actions on a member.
#[derive(Clone, Copy)]
struct MemberActions {
    role: OperationAction,
    revoke: OperationAction,
    remove: OperationAction,
    sign_out: OperationAction,
}

impl MemberActions {
    fn new() -> Self {
        Self {
            role: operation_action(|ChangeRole { user_id, role }| operation::ChangeRole { user_id, role }),
            revoke: operation_action(|RevokeSession { session_id }| operation::RevokeSession { session_id }),
            remove: operation_action(|RemoveMember { user_id }| operation::RemoveMember { user_id }),
            sign_out: operation_action(|SignOutEverywhere { user_id }| operation::SignOutEverywhere { user_id }),
        }
    }

    /// Increases when an answer may have changed the list.
    fn revisions(self) -> (usize, usize, usize, usize) {
        let Self { role, revoke, remove, sign_out } = self;
        (role.revision(), revoke.revision(), remove.revision(), sign_out.revision())
    }
}

/// The page at `/admin/members`.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let (page, query, actions) = (page_from_url(), query_from_url(), MemberActions::new());
    let source = move || (page.get(), query.get(), actions.revisions());
    let members = load(source, |(page, query, _)| ListMembers { page, query: valid_search(SEARCH, &query) });
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
                    view! { <Content found roles typed list actions /> }.into_any()
                }
            }
        })}
    }
}

/// The content of the page. Without the roles, a role can only stay as it is.
#[component]
fn Content(
    found: PageView<MemberView>,
    roles: Result<Vec<RoleView>, CallError>,
    /// Text in the search field.
    typed: String,
    list: InvitationList,
    actions: MemberActions,
) -> impl IntoView {
    let search = valid_search(SEARCH, &typed);
    let (has_roles, roles) = (roles.is_ok(), StoredValue::new(roles.unwrap_or_default()));
    let failure = "The roles could not be loaded. Reload the page.";
    let failure = (!has_roles).then(|| view! { <p class="field-error">{failure}</p> });
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <p class="lead">"Role changes take effect within a minute. Revoked sessions end immediately."</p>
        </div>
        <Outcomes actions />
        <SearchForm path=LocalPath::MEMBERS rule=SEARCH typed />
        {optional(failure)}
        <Table members=found.rows roles searched=!search.is_empty() actions />
        <Pager path=search_path(LocalPath::MEMBERS, &search) previous=found.previous next=found.next />
        <Invitations list roles />
        {optional(has_roles.then(|| view! { <RoleGrants roles /> }))}
    }
}

/// The outcomes of the last actions. The forms of a list have no room for the message beside a
/// field, so it stands here as well.
#[component]
fn Outcomes(actions: MemberActions) -> impl IntoView {
    let MemberActions { role, revoke, remove, sign_out } = actions;
    let errors = [
        field_error(role, "user_id"),
        field_error(role, "role"),
        field_error(remove, "user_id"),
        field_error(sign_out, "user_id"),
    ];
    let error = move || errors.into_iter().find_map(|error| error.get());
    view! {
        <div class="outcomes">
            <p class="field-error">{error}</p>
            <OutcomeNotice action=role done="Role changed." />
            <OutcomeNotice action=revoke done="Session revoked." />
            <OutcomeNotice action=remove done="Member removed." />
            <OutcomeNotice action=sign_out done="Signed out everywhere." />
        </div>
    }
}

#[component]
fn Table(
    members: Vec<MemberView>,
    roles: StoredValue<Vec<RoleView>>,
    searched: bool,
    actions: MemberActions,
) -> impl IntoView {
    if members.is_empty() {
        let text = if searched {
            "No members match your search."
        } else {
            "No members yet. Clerk reports members by webhook."
        };
        return view! { <p class="card muted">{text}</p> }.into_any();
    }
    let rows = members.into_iter().map(move |member| view! { <Row member roles actions /> });
    view! {
        <CardTable label="Members" columns=&["Member", "Role", "Active sessions", "Actions"]>
            {list(rows)}
        </CardTable>
    }
    .into_any()
}

#[component]
fn Row(member: MemberView, roles: StoredValue<Vec<RoleView>>, actions: MemberActions) -> impl IntoView {
    let MemberActions { role, revoke, remove, sign_out } = actions;
    let (sessions, name) = (member.sessions.clone(), member.name.clone());
    let more =
        (!member.is_you).then(|| view! { <More user_id=member.user_id.clone() name=name.clone() remove sign_out /> });
    view! {
        <tr role="row">
            <PersonCell
                name=name.clone()
                email=member.email.clone()
                is_you=member.is_you
                banned=member.banned
                locked=member.locked
            />
            <td role="cell"><RoleForm member roles action=role /></td>
            <td role="cell"><Sessions sessions name revoke /></td>
            <td role="cell">{optional(more)}</td>
        </tr>
    }
}

/// Rare actions that cannot be undone need one more click.
#[component]
fn More(user_id: String, name: String, remove: OperationAction, sign_out: OperationAction) -> impl IntoView {
    let (signed_out, removed) = (user_id.clone(), user_id);
    let name = isolated(&name);
    let summary = format!("More for {name}");
    let sign_out_label = format!("Sign out {name} everywhere");
    let remove_label = format!("Remove {name} from the organization");
    view! {
        <details>
            <summary aria-label=summary>"More"</summary>
            <ul class="entries">
                <li>
                    <OperationForm action=sign_out class="form-inline">
                        <input type="hidden" name="user_id" value=signed_out />
                        <Submit action=sign_out class="button button-quiet button-small" label=sign_out_label>
                            "Sign out everywhere"
                        </Submit>
                    </OperationForm>
                </li>
                <li>
                    <OperationForm action=remove class="form-inline">
                        <input type="hidden" name="user_id" value=removed />
                        <Submit action=remove class="button button-danger button-small" label=remove_label>
                            "Remove"
                        </Submit>
                    </OperationForm>
                </li>
            </ul>
        </details>
    }
}

#[component]
fn RoleForm(member: MemberView, roles: StoredValue<Vec<RoleView>>, action: OperationAction) -> impl IntoView {
    if member.is_you {
        return view! { <span class="badge">{member.role}</span> }.into_any();
    }
    let name = isolated(&member.name);
    // The role that was chosen before the identity had to be verified.
    let is_theirs = submitted_value::<ChangeRole>("user_id").as_ref() == Some(&member.user_id);
    let chosen = submitted_value::<ChangeRole>("role").filter(|_| is_theirs);
    view! {
        <OperationForm action class="form-inline">
            <input type="hidden" name="user_id" value=member.user_id.clone() />
            <RoleSelect label=format!("Role of {name}") roles selected=chosen.unwrap_or(member.role) />
            <Submit action class="button button-quiet button-small" label=format!("Change role of {name}")>
                "Change role"
            </Submit>
        </OperationForm>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<SessionView>, name: String, revoke: OperationAction) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <span class="muted">"None"</span> }.into_any();
    }
    let (count, name) = (sessions.len(), isolated(&name));
    let items = sessions.into_iter().map(|session| {
        let client = session.client.unwrap_or_else(|| "Unknown device".to_owned());
        let label = format!("Revoke the session of {name} in {}", isolated(&client));
        view! {
            <li>
                <p>
                    <bdi>{client}</bdi>{session.is_this_one.then_some(" (this session)")}
                    {session.pending.then_some(" (sign-in not finished)")}
                </p>
                <p class="hint">"Since "<Timestamp at_ms=session.since_ms /></p>
                <OperationForm action=revoke class="form-inline">
                    <input type="hidden" name="session_id" value=session.id />
                    <Submit action=revoke class="button button-danger button-small" label=label>"Revoke"</Submit>
                </OperationForm>
            </li>
        }
    });
    view! {
        <details>
            <summary aria-label=format!("{count} active sessions of {name}")>{count}" active"</summary>
            <ul class="entries">{list(items)}</ul>
        </details>
    }
    .into_any()
}
