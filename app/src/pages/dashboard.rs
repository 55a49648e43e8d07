//! `/admin`: who am I, which organization, rename it, and what happened last.

use super::errors::RefusedPage;
use crate::api::dashboard::{DashboardView, ShowDashboard};
use crate::api::organizations::RenameOrganization;
use crate::call::{Change, change, load};
use crate::pages::audit::Entries;
use crate::refused::Refused;
use crate::ui::form::{OperationForm, Submit};
use crate::ui::outcome::{OutcomeNotice, outcome_of, problem, typed_before};
use crate::ui::words;
use domain::operation;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin`.
#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let rename = change(|RenameOrganization { name }| operation::RenameOrganization { name });
    let dashboard = load(move || rename.answers(), |_| ShowDashboard {});
    view! {
        <Title text="Overview – Gatehouse" />
        <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match dashboard.await {
                    Ok(found) => view! { <Overview found rename /> }.into_any(),
                    Err(Refused(refusal)) => view! { <RefusedPage refusal /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Overview(found: DashboardView, rename: Change<RenameOrganization>) -> impl IntoView {
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
            <div><dt>"Running sessions"</dt><dd>{found.sessions}</dd></div>
            <div><dt>"You confirmed yourself"</dt><dd>{verified}</dd></div>
        </dl>
        <div class="columns">
            <div class="stack">
                <section class="card" aria-labelledby="rename-title">
                    <h2 id="rename-title">"Rename"</h2>
                    <Rename current=found.organization.name fresh=found.fresh rename />
                </section>
                <section class="card" aria-labelledby="you-title">
                    <h2 id="you-title">"You"</h2>
                    <p><strong><bdi>{found.person}</bdi></strong></p>
                    {found.email.map(|email| view! { <p class="muted"><bdi>{email}</bdi></p> })}
                    <p class="row"><span class="badge">{found.role}</span><code class="muted" translate="no">{found.user_id}</code></p>
                </section>
            </div>
            <section class="card" aria-labelledby="latest-title">
                <h2 id="latest-title">"Latest"</h2>
                <Entries entries=found.latest />
                <p><a href="/admin/audit">"Whole audit log"</a></p>
            </section>
        </div>
    }
}

#[component]
fn Rename(current: String, fresh: bool, rename: Change<RenameOrganization>) -> impl IntoView {
    let wrong = problem(outcome_of(rename), "name");
    // After a refusal a living page keeps the field with its text; without scripts the address brings it.
    let shown = typed_before::<RenameOrganization>("name").unwrap_or(current);
    view! {
        <OperationForm change=rename>
            <div class="field">
                <label for="name">"Organization name"</label>
                <input
                    id="name"
                    class="input"
                    name="name"
                    dir="auto"
                    value=shown
                    autocomplete="off"
                    aria-invalid=move || wrong.get().map(|_| "true")
                    aria-describedby="name-error"
                />
                <p id="name-error" class="field-error" aria-live="polite">{move || wrong.get().map(|wrong| words::of_field("name", wrong))}</p>
            </div>
            {(!fresh).then(|| view! { <p class="hint">"Your last confirmation is older than five minutes, so you will be asked for your password."</p> })}
            <Submit change=rename>"Rename"</Submit>
            <OutcomeNotice change=rename done="Renamed. The audit log has it." />
        </OperationForm>
    }
}
