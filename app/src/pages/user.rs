//! `/admin/users/<user id>`: a user of the whole instance, with ban and lock.

use crate::api::{BanUser, LockUser, ShowUser, UnbanUser, UnlockUser};
use crate::call_error::CallError;
use crate::components::action_button::ActionButton;
use crate::components::erased::optional;
use crate::components::loaded::loaded;
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::person_head::{PersonHead, refusal_of_page, user_id_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::LastSignIn;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::UserView;
use domain::pages::Page;
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
            ban: operation_action(|BanUser { user_id, reason }| operation::BanUser { user_id, reason }),
            unban: operation_action(|UnbanUser { user_id, reason }| operation::UnbanUser { user_id, reason }),
            lock: operation_action(|LockUser { user_id, reason }| operation::LockUser { user_id, reason }),
            unlock: operation_action(|UnlockUser { user_id, reason }| operation::UnlockUser { user_id, reason }),
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
                Ok(user) => view! { <Content user actions /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Content(user: UserView, actions: UserActions) -> impl IntoView {
    // None for the current user, who could lock themselves out.
    let access = (!user.is_you).then(|| view! { <Access user=user.clone() actions /> });
    view! {
        <PersonHead
            list=(LocalPath::USERS, "Users")
            name=user.name
            email=user.email
            is_you=user.is_you
            banned=user.banned
            locked=user.locked
        />
        <Outcomes actions />
        <dl class="card pairs">
            <div><dt>"Id"</dt><dd><code translate="no">{user.id}</code></dd></div>
            <div><dt>"Last sign-in"</dt><dd><LastSignIn at_ms=user.last_sign_in_ms /></dd></div>
        </dl>
        {optional(access)}
    }
}

#[component]
fn Outcomes(actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    view! {
        <div class="outcomes">
            <OutcomeNotice action=ban done="User banned and signed out everywhere." />
            <OutcomeNotice action=unban done="User unbanned." />
            <OutcomeNotice action=lock done="User locked." />
            <OutcomeNotice action=unlock done="User unlocked." />
        </div>
    }
}

/// The forms: to ban or unban, and to lock or unlock.
#[component]
fn Access(user: UserView, actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    let (danger, quiet) = ("button button-danger button-small", "button button-quiet button-small");
    let (ban, ban_class, ban_text) = if user.banned { (unban, quiet, "Unban") } else { (ban, danger, "Ban") };
    let (lock, lock_text) = if user.locked { (unlock, "Unlock") } else { (lock, "Lock") };
    view! {
        <section class="card" aria-labelledby="access-title">
            <h2 id="access-title">"Access"</h2>
            <ul class="entries">
                <li>
                    <p class="hint">"A ban ends all sessions and prevents new sign-ins in every organization."</p>
                    <ActionButton action=ban field="user_id" id=user.id.clone() class=ban_class text=ban_text />
                </li>
                <li>
                    <p class="hint">"A lock prevents new sign-ins. Running sessions continue."</p>
                    <ActionButton action=lock field="user_id" id=user.id class=quiet text=lock_text />
                </li>
            </ul>
        </section>
    }
}
