//! `/admin/users/<user id>`: a user of the whole instance, with ban and lock.

use crate::api::{BanUser, LockUser, ShowUser, UnbanUser, UnlockUser};
use crate::call_error::CallError;
use crate::components::action_button::ActionButton;
use crate::components::badge::Badge;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::outcome_notice::{OutcomeNotice, SuccessNotice};
use crate::components::person_head::{PersonHead, PersonId, refusal_of_page, user_id_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::{LastSignIn, Timestamp};
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::texts::roles::role_name;
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::{UserDetailsView, UserOrganizationView, UserView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// The actions on a user.
#[derive(Clone, Copy)]
struct UserActions {
    ban: OperationAction,
    unban: OperationAction,
    lock: OperationAction,
    unlock: OperationAction,
}

impl UserActions {
    fn new() -> Self {
        Self {
            ban: operation_action::<BanUser, operation::BanUser>(),
            unban: operation_action::<UnbanUser, operation::UnbanUser>(),
            lock: operation_action::<LockUser, operation::LockUser>(),
            unlock: operation_action::<UnlockUser, operation::UnlockUser>(),
        }
    }

    /// Increases when an answer may have changed the user.
    fn revisions(self) -> (usize, usize, usize, usize) {
        let Self { ban, unban, lock, unlock } = self;
        (ban.revision(), unban.revision(), lock.revision(), unlock.revision())
    }
}

/// The page at `/admin/users/<user id>`.
#[component]
pub(crate) fn User() -> impl IntoView {
    let (user_id, actions) = (user_id_from_url(), UserActions::new());
    let user = load(move || (user_id.get(), actions.revisions()), |(user_id, _)| ShowUser { user_id });
    view! {
        <Title text=Page::User.definition().title />
        {loaded(move || async move {
            match user.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal=refusal_of_page(refusal) /> }.into_any(),
                Ok(found) => view! { <Content found actions /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Content(found: UserDetailsView, actions: UserActions) -> impl IntoView {
    let UserDetailsView { user, organizations } = found;
    // None for the current user, who could lock themselves out.
    let access = (!user.is_you).then(|| view! { <Access user=user.clone() actions /> });
    let name = isolated(&user.name);
    view! {
        <PersonHead
            list=(LocalPath::USERS, "Users")
            name=user.name
            email=user.email
            is_you=user.is_you
            banned=user.banned
            locked=user.locked
        />
        <Outcomes name actions />
        <dl class="card pairs">
            <PersonId id=user.id />
            <div><dt>"Last sign-in"</dt><dd><LastSignIn at_ms=user.last_sign_in_ms /></dd></div>
        </dl>
        {optional(access)}
        <section class="card" aria-labelledby="organizations-title">
            <h2 id="organizations-title">"Organizations"</h2>
            <Organizations organizations />
        </section>
    }
}

#[component]
fn Organizations(organizations: Vec<UserOrganizationView>) -> impl IntoView {
    if organizations.is_empty() {
        return view! { <p class="muted">"No organizations."</p> }.into_any();
    }
    let items = organizations.into_iter().map(|UserOrganizationView { name, role, joined_at_ms }| {
        let joined = joined_at_ms.map(|at_ms| view! { <p class="hint">"Joined "<Timestamp at_ms /></p> });
        view! {
            <li>
                <p class="row"><strong><bdi>{name}</bdi></strong><Badge text=role_name(&[], &role) /></p>
                {optional(joined)}
            </li>
        }
    });
    view! { <ul class="entries">{list(items)}</ul> }.into_any()
}

#[component]
fn Outcomes(name: String, actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    view! {
        <div class="outcomes">
            <SuccessNotice action=ban done=format!("{name} banned and signed out everywhere.") />
            <OutcomeNotice action=unban done=format!("{name} unbanned.") />
            <SuccessNotice action=lock done=format!("{name} locked.") />
            <OutcomeNotice action=unlock done=format!("{name} unlocked.") />
        </div>
    }
}

/// To ban and to lock, which ask first, and to take both back, which does not.
#[component]
fn Access(user: UserView, actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    let (id, quiet) = (user.id.clone(), "button button-quiet button-small");
    let undo =
        |action, text| view! { <ActionButton action field="user_id" id=id.clone() class=quiet text /> }.into_any();
    let ban =
        if user.banned { undo(unban, "Unban") } else { view! { <ConfirmLink action=ban text="Ban" /> }.into_any() };
    let lock = if user.locked {
        undo(unlock, "Unlock")
    } else {
        view! { <ConfirmLink action=lock class=quiet text="Lock" /> }.into_any()
    };
    view! {
        <Confirmations user actions />
        <section class="card" aria-labelledby="access-title">
            <h2 id="access-title">"Access"</h2>
            <ul class="entries">
                <li>
                    <p class="hint">"A ban ends all sessions and prevents new sign-ins in every organization."</p>
                    {ban}
                </li>
                <li>
                    <p class="hint">"A lock prevents new sign-ins. Running sessions continue."</p>
                    {lock}
                </li>
            </ul>
        </section>
    }
}

/// The questions before a ban and a lock.
#[component]
fn Confirmations(user: UserView, actions: UserActions) -> impl IntoView {
    let UserView { id, name, banned, locked, .. } = user;
    let who = isolated(&name);
    let ask = move |is_done: bool, verb: &'static str, text: &'static str, button: &'static str| {
        let fields = vec![("user_id", id.clone())];
        (!is_done).then(|| Question { title: format!("{verb} {who}?"), text, verb: button, fields })
    };
    let ask_lock = ask.clone();
    let banning =
        move |_| ask(banned, "Ban", "All their sessions end, and they cannot sign in to any organization.", "Ban user");
    let locking = move |_| {
        let text = "They cannot sign in again. Their running sessions continue.";
        ask_lock(locked, "Lock", text, "Lock user")
    };
    view! {
        <ConfirmDialog action=actions.ban question=banning />
        <ConfirmDialog action=actions.lock question=locking />
    }
}
