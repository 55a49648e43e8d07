//! `/admin/members/<user id>`: a member, their role and their sessions.

use crate::api::{ChangeRole, ListRoles, RemoveMember, RevokeSession, ShowMember, SignOutEverywhere};
use crate::call_error::CallError;
use crate::components::badge::Badge;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome::{field_error, submitted_value};
use crate::components::outcome_notice::{OutcomeNotice, SuccessNotice};
use crate::components::person_head::{PersonHead, PersonId, refusal_of_page, user_id_from_url};
use crate::components::recent_activity::RecentActivity;
use crate::components::refusal_page::RefusalPage;
use crate::components::role_select::RoleSelect;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::texts::roles::role_name;
use crate::toasts::Undo;
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::{AuditEntryView, MemberDetailsView, MemberView, RoleView, SessionView};
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
            role: operation_action::<ChangeRole, operation::ChangeRole>(),
            revoke: operation_action::<RevokeSession, operation::RevokeSession>(),
            remove: removal(),
            sign_out: operation_action::<SignOutEverywhere, operation::SignOutEverywhere>(),
        }
    }

    /// Increases when an answer may have changed the member. A removal is left out, because the
    /// page then gives way to the list.
    fn revisions(self) -> (usize, usize, usize) {
        (self.role.revision(), self.revoke.revision(), self.sign_out.revision())
    }
}

/// The removal of a member. The list shows its outcome, too.
pub(super) fn removal() -> OperationAction {
    operation_action::<RemoveMember, operation::RemoveMember>()
}

/// The page at `/admin/members/<user id>`.
#[component]
pub(crate) fn Member() -> impl IntoView {
    let (user_id, actions) = (user_id_from_url(), MemberActions::new());
    let member = load(move || (user_id.get(), actions.revisions()), |(user_id, _)| ShowMember { user_id });
    let roles = load(|| (), |()| ListRoles {});
    view! {
        <Title text=Page::Member.definition().title />
        {loaded(move || async move {
            match member.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal=refusal_of_page(refusal) /> }.into_any(),
                // Without the roles the page is still of use.
                Ok(found) => {
                    let roles = roles.await;
                    view! { <Content found roles actions /> }.into_any()
                }
            }
        })}
    }
}

/// The content of the page. Without the roles, the role can only stay as it is.
#[component]
fn Content(found: MemberDetailsView, roles: Result<Vec<RoleView>, CallError>, actions: MemberActions) -> impl IntoView {
    let MemberDetailsView { member, joined_at_ms, sessions, recent } = found;
    let user_id = member.user_id.clone();
    let MemberActions { role, revoke, remove, sign_out } = actions;
    let access = (!member.is_you).then(|| view! { <Access remove sign_out /> });
    let activity = view! { <Recent user_id=user_id.clone() recent /> };
    let confirmations = view! { <Confirmations member=member.clone() sessions=sessions.clone() actions /> };
    view! {
        <PersonHead
            list=(LocalPath::MEMBERS, "Members")
            name=member.name.clone()
            email=member.email.clone()
            is_you=member.is_you
            banned=member.banned
            locked=member.locked
        />
        <Outcomes member=member.clone() actions />
        {confirmations}
        <dl class="card pairs">
            <PersonId id=user_id />
            {optional(joined_at_ms.map(|at_ms| view! { <div><dt>"Joined"</dt><dd><Timestamp at_ms /></dd></div> }))}
        </dl>
        <div class="columns">
            <div class="stack">
                <section class="card" aria-labelledby="role-title">
                    <h2 id="role-title">"Role"</h2>
                    <Role member roles action=role />
                </section>
                {optional(access)}
                <section class="card" aria-labelledby="sessions-title">
                    <h2 id="sessions-title">"Active sessions"</h2>
                    <Sessions sessions revoke />
                </section>
            </div>
            {activity}
        </div>
    }
}

/// The newest entries of the audit log by the member and about them.
#[component]
fn Recent(user_id: String, recent: Vec<AuditEntryView>) -> impl IntoView {
    let all = LocalPath::AUDIT.with_query(&[("person", &user_id)]).as_str().to_owned();
    view! {
        <section class="card" aria-labelledby="recent-title">
            <h2 id="recent-title">"Recent activity"</h2>
            <RecentActivity entries=recent />
            <p><a href=all>"View all in the audit log"</a></p>
        </section>
    }
}

/// The outcomes of the last actions.
#[component]
fn Outcomes(member: MemberView, actions: MemberActions) -> impl IntoView {
    let MemberActions { role, revoke, remove, sign_out } = actions;
    let error = field_error(role, "user_id");
    let who = isolated(&member.name);
    let undo = Undo::new(role, &[("user_id", &member.user_id), ("role", &member.role)]);
    view! {
        <div class="outcomes">
            <p class="field-error">{error}</p>
            <OutcomeNotice action=role done=format!("Role changed for {who}.") undo=undo />
            <SuccessNotice action=revoke done=format!("Session revoked for {who}.") />
            <SuccessNotice action=remove done=format!("{who} removed.") />
            <SuccessNotice action=sign_out done=format!("{who} signed out everywhere.") />
        </div>
    }
}

/// The questions before a change that cannot be undone.
#[component]
fn Confirmations(member: MemberView, sessions: Vec<SessionView>, actions: MemberActions) -> impl IntoView {
    let MemberActions { revoke, remove, sign_out, .. } = actions;
    let MemberView { name, user_id, is_you, .. } = member;
    let list = LocalPath::MEMBERS.with_query(&[("removed", &user_id)]);
    let about = move |title: String, text: &'static str, verb: &'static str| {
        let fields = vec![("user_id", user_id.clone())];
        (!is_you).then_some(Question { title, text, verb, fields })
    };
    let (who, ask) = (isolated(&name), about.clone());
    let removal = move |_| {
        let text = "They lose access to this organization. Their account stays.";
        ask(format!("Remove {who} from the organization?"), text, "Remove member")
    };
    let who = isolated(&name);
    let signing_out = move |_| {
        let text = "All their sessions end. They can sign in again.";
        about(format!("Sign out {who} everywhere?"), text, "Sign out everywhere")
    };
    let revocation = move |ids: Vec<String>| {
        let session = sessions.iter().find(|session| ids.contains(&session.id))?;
        let client = isolated(client_name(session));
        Some(Question {
            title: format!("Revoke the session in {client}?"),
            text: if session.is_this_one {
                "This is the session you are using. You will be signed out."
            } else {
                "The session ends, and the device has to sign in again."
            },
            verb: "Revoke session",
            fields: vec![("session_id", session.id.clone())],
        })
    };
    view! {
        <ConfirmDialog action=remove question=removal done_page=list />
        <ConfirmDialog action=sign_out question=signing_out />
        <ConfirmDialog action=revoke question=revocation />
    }
}

/// The browser and the system of a session.
fn client_name(session: &SessionView) -> &str {
    session.client.as_deref().unwrap_or("Unknown device")
}

#[component]
fn Role(member: MemberView, roles: Result<Vec<RoleView>, CallError>, action: OperationAction) -> impl IntoView {
    if member.is_you {
        let role = role_name(&roles.unwrap_or_default(), &member.role);
        return view! {
            <p><Badge text=role /></p>
            <p class="hint">"You cannot change your own role."</p>
        }
        .into_any();
    }
    let failure = roles.is_err().then(|| {
        view! { <p class="field-error">"The roles could not be loaded. Reload the page."</p> }
    });
    let roles = StoredValue::new(roles.unwrap_or_default());
    let error = field_error(action, "role");
    // The role that was chosen before the identity had to be verified.
    let chosen = submitted_value::<ChangeRole>("role").unwrap_or(member.role);
    view! {
        <OperationForm action>
            <input type="hidden" name="user_id" value=member.user_id />
            {optional(failure)}
            <div class="field">
                <label for="role">"Role in the organization"</label>
                <RoleSelect id="role" roles selected=chosen />
                <p class="field-error" aria-live="polite">{error}</p>
                <p class="hint">"Takes effect within a minute."</p>
            </div>
            <Submit action>"Change role"</Submit>
        </OperationForm>
    }
    .into_any()
}

#[component]
fn Access(remove: OperationAction, sign_out: OperationAction) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="access-title">
            <h2 id="access-title">"Access"</h2>
            <ul class="entries">
                <li>
                    <p class="hint">"Ends all sessions. The member can sign in again."</p>
                    <ConfirmLink
                        action=sign_out
                        class="button button-quiet button-small"
                        text="Sign out everywhere"
                    />
                </li>
                <li>
                    <p class="hint">"Ends the access to this organization. The account stays."</p>
                    <ConfirmLink action=remove text="Remove from the organization" />
                </li>
            </ul>
        </section>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionView>, revoke: OperationAction) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <p class="muted">"No active sessions."</p> }.into_any();
    }
    let items = sessions.into_iter().map(|session| {
        let client = client_name(&session).to_owned();
        let label = format!("Revoke the session in {}", isolated(&client));
        view! {
            <li>
                <p>
                    <bdi>{client}</bdi>{session.is_this_one.then_some(" (this session)")}
                    {session.pending.then_some(" (sign-in not finished)")}
                </p>
                <p class="hint">"Since "<Timestamp at_ms=session.since_ms /></p>
                <ConfirmLink action=revoke id=session.id text="Revoke" label />
            </li>
        }
    });
    view! { <ul class="entries">{list(items)}</ul> }.into_any()
}
