//! `/admin/members`: who belongs here, in which role, and from where they are signed in.

use super::errors::RefusedPage;
use crate::api::members::{ChangeRole, ListMembers, MemberView, RemoveMember, SessionView};
use crate::api::roles::{ListRoles, RoleView};
use crate::api::sessions::{RevokeSession, SignOutEverywhere};
use crate::call::{Change, change, load};
use crate::pages::invitations::{Invitations, Inviting};
use crate::pages::roles::{Grants, RoleSelect};
use crate::refused::Refused;
use crate::ui::form::{OperationForm, Submit};
use crate::ui::outcome::{OutcomeNotice, outcome_of, problem, typed_before};
use crate::ui::pager::{Pager, page_of_address, query_of_address};
use crate::ui::person::Person;
use crate::ui::search::{Search, asked, searched};
use crate::ui::table::CardTable;
use crate::ui::when::When;
use crate::ui::words;
use domain::local_path::LocalPath;
use domain::operation;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// What may be done to a member.
#[derive(Clone, Copy)]
struct Changes {
    role: Change<ChangeRole>,
    revoke: Change<RevokeSession>,
    remove: Change<RemoveMember>,
    sign_out: Change<SignOutEverywhere>,
}

impl Changes {
    fn new() -> Self {
        Self {
            role: change(|ChangeRole { user_id, role }| operation::ChangeRole { user_id, role }),
            revoke: change(|RevokeSession { session_id }| operation::RevokeSession { session_id }),
            remove: change(|RemoveMember { user_id }| operation::RemoveMember { user_id }),
            sign_out: change(|SignOutEverywhere { user_id }| operation::SignOutEverywhere { user_id }),
        }
    }

    /// Changes with every answer.
    fn versions(self) -> (usize, usize, usize, usize) {
        let Self { role, revoke, remove, sign_out } = self;
        (role.answers(), revoke.answers(), remove.answers(), sign_out.answers())
    }
}

/// The page at `/admin/members`.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let (page, query, changes) = (page_of_address(), query_of_address(), Changes::new());
    let source = move || (page.get(), query.get(), changes.versions());
    let members = load(source, |(page, query, _)| ListMembers { page, query: asked(&query) });
    let roles = load(|| (), |()| ListRoles {});
    let inviting = Inviting::new();
    view! {
        <Title text="Members – Gatehouse" />
        <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match members.await {
                    Err(Refused(refusal)) => view! { <RefusedPage refusal /> }.into_any(),
                    Ok(found) => {
                        let typed = query.get_untracked();
                        let wanted = asked(&typed);
                        // Without the list a role can still be kept or revoked.
                        let roles = StoredValue::new(roles.await.unwrap_or_default());
                        view! {
                            <div class="page-head">
                                <h1>"Members"</h1>
                                <p class="lead">"A new role counts with the member's next token, within a minute. A revoked session ends at once."</p>
                            </div>
                            <Outcomes changes />
                            <Search path=LocalPath::MEMBERS typed />
                            <Table members=found.rows roles searched=!wanted.is_empty() changes />
                            <Pager path=searched(LocalPath::MEMBERS, &wanted) page=found.page more=found.more />
                            <Invitations inviting roles />
                            <Grants roles />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// What became of the last changes. The forms of a list have no room for what is wrong with a field, so it stands here as well.
#[component]
fn Outcomes(changes: Changes) -> impl IntoView {
    let Changes { role, revoke, remove, sign_out } = changes;
    let (roles, removals, sign_outs) = (outcome_of(role), outcome_of(remove), outcome_of(sign_out));
    let wrong = move || {
        let fields = [(roles, "user_id"), (roles, "role"), (removals, "user_id"), (sign_outs, "user_id")];
        let said = |(outcome, field)| problem(outcome, field).get().map(|problem| words::of_field(field, problem));
        fields.into_iter().find_map(said)
    };
    view! {
        <div class="outcomes">
            <p class="field-error">{wrong}</p>
            <OutcomeNotice change=role done="Role changed." />
            <OutcomeNotice change=revoke done="Session revoked." />
            <OutcomeNotice change=remove done="Member removed." />
            <OutcomeNotice change=sign_out done="Signed out everywhere." />
        </div>
    }
}

#[component]
fn Table(
    members: Vec<MemberView>,
    roles: StoredValue<Vec<RoleView>>,
    searched: bool,
    changes: Changes,
) -> impl IntoView {
    let Changes { role, revoke, remove, sign_out } = changes;
    if members.is_empty() {
        let text = if searched {
            "Nobody here has this in their name, address or id."
        } else {
            "Clerk has told of no members yet. They come by webhook."
        };
        return view! { <p class="card muted">{text}</p> }.into_any();
    }
    let rows = members.into_iter().map(move |member| {
        let (sessions, name) = (member.sessions.clone(), member.name.clone());
        let more = (!member.is_you)
            .then(|| view! { <More user_id=member.user_id.clone() name=name.clone() remove sign_out /> });
        view! {
            <tr role="row">
                <Person name=name.clone() email=member.email.clone() is_you=member.is_you banned=member.banned locked=member.locked />
                <td role="cell"><Role member roles change=role /></td>
                <td role="cell"><Sessions sessions name revoke /></td>
                <td role="cell">{more}</td>
            </tr>
        }
    });
    view! {
        <CardTable label="Members" columns=["Member", "Role", "Running sessions", "More"]>{rows.collect_view()}</CardTable>
    }
    .into_any()
}

/// What is seldom done and cannot be undone stands behind one more click.
#[component]
fn More(
    user_id: String,
    name: String,
    remove: Change<RemoveMember>,
    sign_out: Change<SignOutEverywhere>,
) -> impl IntoView {
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
                    <OperationForm change=sign_out class="form-inline">
                        <input type="hidden" name="user_id" value=signed_out />
                        <Submit change=sign_out class="button button-quiet button-small" label=sign_out_label>
                            "Sign out everywhere"
                        </Submit>
                    </OperationForm>
                </li>
                <li>
                    <OperationForm change=remove class="form-inline">
                        <input type="hidden" name="user_id" value=removed />
                        <Submit change=remove class="button button-danger button-small" label=remove_label>
                            "Remove"
                        </Submit>
                    </OperationForm>
                </li>
            </ul>
        </details>
    }
}

#[component]
fn Role(member: MemberView, roles: StoredValue<Vec<RoleView>>, change: Change<ChangeRole>) -> impl IntoView {
    if member.is_you {
        return view! { <span class="badge">{member.role}</span> }.into_any();
    }
    let name = isolated(&member.name);
    // The role that was chosen before the person had to confirm who they are.
    let is_theirs = typed_before::<ChangeRole>("user_id").as_ref() == Some(&member.user_id);
    let chosen = typed_before::<ChangeRole>("role").filter(|_| is_theirs);
    view! {
        <OperationForm change class="form-inline">
            <input type="hidden" name="user_id" value=member.user_id.clone() />
            <RoleSelect label=format!("Role of {name}") roles selected=chosen.unwrap_or(member.role) />
            <Submit change class="button button-quiet button-small" label=format!("Change role of {name}")>"Change role"</Submit>
        </OperationForm>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<SessionView>, name: String, revoke: Change<RevokeSession>) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <span class="muted">"none"</span> }.into_any();
    }
    let (count, name) = (sessions.len(), isolated(&name));
    let items = sessions.into_iter().map(|session| {
        let client = session.client.unwrap_or_else(|| "Unknown device".to_owned());
        let label = format!("Revoke the session of {name} in {}", isolated(&client));
        view! {
            <li>
                <p><bdi>{client}</bdi>{session.is_this_one.then_some(" (this one)")}{session.pending.then_some(" (sign-in not finished)")}</p>
                <p class="hint">"since "<When at_ms=session.since_ms /></p>
                <OperationForm change=revoke class="form-inline">
                    <input type="hidden" name="session_id" value=session.id />
                    <Submit change=revoke class="button button-danger button-small" label=label>"Revoke"</Submit>
                </OperationForm>
            </li>
        }
    });
    view! {
        <details>
            <summary aria-label=format!("{count} running sessions of {name}")>{count}" running"</summary>
            <ul class="entries">{items.collect_view()}</ul>
        </details>
    }
    .into_any()
}
