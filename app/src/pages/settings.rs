//! `/admin/settings`: the organization, the person with their sessions, and the appearance of the
//! pages in this browser.
//!
//! The pages are in English only, so there is no choice of a language.

use super::other_sessions::{ending_of_others, question_of_others};
use crate::api::{RenameOrganization, ShowSettings};
use crate::call_error::CallError;
use crate::components::account::Account;
use crate::components::appearance_form::AppearanceForm;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink};
use crate::components::erased::list;
use crate::components::loaded::loaded;
use crate::components::outcome_notice::SuccessNotice;
use crate::components::refusal_page::RefusalPage;
use crate::components::rename_form::RenameForm;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::page_organization::PageOrganization;
use crate::texts::sessions::{UNKNOWN_DEVICE, last_verified};
use domain::operation;
use domain::operation::{SessionView, SettingsView};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/settings`.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let rename = operation_action::<RenameOrganization, operation::RenameOrganization>();
    let others = ending_of_others();
    let settings = load(move || (rename.revision(), others.revision()), |_| ShowSettings {});
    view! {
        <Title text=Page::Settings.definition().title />
        {loaded(move || async move {
            match settings.await {
                Ok(found) => view! { <Content found rename others /> }.into_any(),
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Content(found: SettingsView, rename: OperationAction, others: OperationAction) -> impl IntoView {
    PageOrganization::of_page().set_name(&found.organization.name);
    let verified = last_verified(found.verified_minutes_ago);
    let state = if found.fresh {
        "You can make sensitive changes now."
    } else {
        "You will be asked to confirm your identity before a sensitive change."
    };
    view! {
        <div class="page-head"><h1>"Settings"</h1></div>
        <div class="outcomes">
            <SuccessNotice action=others done="Your other sessions are signed out." />
        </div>
        <ConfirmDialog action=others question=|_| Some(question_of_others()) />
        <div class="columns">
            <div class="stack">
                <section class="card" aria-labelledby="organization-title">
                    <h2 id="organization-title">"Organization"</h2>
                    <RenameForm current=found.organization.name fresh=found.fresh rename />
                </section>
                <AppearanceForm />
            </div>
            <div class="stack">
                <Account name=found.person email=found.email role=found.role user_id=found.user_id />
                <section class="card" aria-labelledby="verification-title">
                    <h2 id="verification-title">"Verification"</h2>
                    <p>"Last verified: "{verified}</p>
                    <p class="hint">{state}</p>
                </section>
                <Sessions sessions=found.sessions others />
            </div>
        </div>
    }
}

/// The sessions of the current user, and the ways to end them.
#[component]
fn Sessions(sessions: Vec<SessionView>, others: OperationAction) -> impl IntoView {
    let items = sessions.into_iter().map(|session| {
        view! {
            <li>
                <p>
                    <bdi>{session.client.unwrap_or_else(|| UNKNOWN_DEVICE.to_owned())}</bdi>
                    {session.is_this_one.then_some(" (this session)")}
                </p>
                <p class="hint">"Since "<Timestamp at_ms=session.since_ms relative=true /></p>
            </li>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Your sessions"</h2>
            <ul class="entries">{list(items)}</ul>
            <p class="row">
                <ConfirmLink
                    action=others
                    class="button button-quiet button-small"
                    text="Sign out my other sessions"
                />
            </p>
        </section>
    }
}
