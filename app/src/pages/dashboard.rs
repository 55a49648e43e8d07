//! `/admin`: the organization with a form to rename it, the current user, and recent activity.

use crate::api::RenameOrganization;
use crate::api::ShowDashboard;
use crate::call_error::CallError;
use crate::components::audit_entry::audit_sentence;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome::{field_error, submitted_value};
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use domain::operation;
use domain::operation::{AuditEntryView, DashboardView};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin`.
#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let rename = operation_action(|RenameOrganization { name }| operation::RenameOrganization { name });
    let dashboard = load(move || rename.revision(), |_| ShowDashboard {});
    view! {
        <Title text=Page::Dashboard.definition().title />
        {loaded(move || async move {
            match dashboard.await {
                Ok(found) => view! { <Overview found rename /> }.into_any(),
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Overview(found: DashboardView, rename: OperationAction) -> impl IntoView {
    let verified = match found.verified_minutes_ago {
        None => "Never".to_owned(),
        Some(0) => "Just now".to_owned(),
        Some(1) => "1 minute ago".to_owned(),
        Some(minutes) => format!("{minutes} minutes ago"),
    };
    view! {
        <div class="page-head">
            <p class="eyebrow">"Organization"</p>
            <h1><bdi>{found.organization.name.clone()}</bdi></h1>
        </div>
        <dl class="stats">
            <div><dt>"Members"</dt><dd>{found.members}</dd></div>
            <div><dt>"Active sessions"</dt><dd>{found.sessions}</dd></div>
            <div><dt>"Last verified"</dt><dd>{verified}</dd></div>
        </dl>
        <div class="columns">
            <div class="stack">
                <section class="card" aria-labelledby="rename-title">
                    <h2 id="rename-title">"Rename"</h2>
                    <Rename current=found.organization.name fresh=found.fresh rename />
                </section>
                <Account name=found.person email=found.email role=found.role user_id=found.user_id />
            </div>
            <section class="card" aria-labelledby="latest-title">
                <h2 id="latest-title">"Recent activity"</h2>
                <Entries entries=found.latest />
                <p><a href=Page::Audit.path()>"View audit log"</a></p>
            </section>
        </div>
    }
}

/// The current user.
#[component]
fn Account(name: String, email: Option<String>, role: String, user_id: String) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="you-title">
            <h2 id="you-title">"Your account"</h2>
            <p><strong><bdi>{name}</bdi></strong></p>
            {optional(email.map(|email| view! { <p class="muted"><bdi>{email}</bdi></p> }))}
            <p class="row">
                <span class="badge">{role}</span>
                <code class="muted" translate="no">{user_id}</code>
            </p>
        </section>
    }
}

#[component]
fn Rename(current: String, fresh: bool, rename: OperationAction) -> impl IntoView {
    let error = field_error(rename, "name");
    // After a refusal an open page still has the typed text; without scripts the URL brings it.
    let value = submitted_value::<RenameOrganization>("name").unwrap_or(current);
    view! {
        <OperationForm action=rename>
            <div class="field">
                <label for="name">"Organization name"</label>
                <input
                    id="name"
                    class="input"
                    name="name"
                    dir="auto"
                    value=value
                    autocomplete="off"
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby="name-error"
                />
                <p id="name-error" class="field-error" aria-live="polite">{error}</p>
            </div>
            {optional((!fresh).then(|| view! { <p class="hint">"You will be asked to confirm your identity."</p> }))}
            <Submit action=rename>"Rename"</Submit>
            <OutcomeNotice action=rename done="Organization renamed." />
        </OperationForm>
    }
}

/// The newest entries of the audit log, short.
#[component]
fn Entries(entries: Vec<AuditEntryView>) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="muted">"No activity yet."</p> }.into_any();
    }
    let items = entries.into_iter().map(|entry| {
        view! {
            <li>
                <p>{audit_sentence(&entry)}</p>
                <p class="eyebrow"><Timestamp at_ms=entry.at_ms /></p>
            </li>
        }
    });
    view! { <ul class="entries">{list(items)}</ul> }.into_any()
}
