//! `/admin`: the organization with a form to rename it, the current user, and recent activity.

use crate::api::{RenameOrganization, ShowDashboard};
use crate::browser::refresh_each_minute;
use crate::call_error::CallError;
use crate::components::account::Account;
use crate::components::activity::{Activity, activity}; // example:line activity
use crate::components::loaded::loaded;
use crate::components::next_steps::NextSteps;
use crate::components::recent_activity::RecentActivity;
use crate::components::refusal_page::RefusalPage;
use crate::components::rename_form::RenameForm;
use crate::load::Load; // example:line activity
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::page_organization::PageOrganization;
use crate::page_reads::PageReads;
use crate::texts::sessions::last_verified;
use domain::current_user::Environment;
use domain::operation;
use domain::operation::ActivityView; // example:line activity
use domain::operation::DashboardView;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin`.
#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let rename = operation_action::<RenameOrganization, operation::RenameOrganization>();
    let dashboard = load(move || rename.revision(), |_| ShowDashboard {});
    let activity = activity(); // example:line activity
    if let Some(reads) = use_context::<PageReads>() {
        refresh_each_minute(move || reads.refresh());
    }
    view! {
        <Title text=Page::Dashboard.definition().title />
        {loaded(move || async move {
            match dashboard.await {
                Ok(found) => {
                    view! {
                        <Overview
                            found
                            rename
                            activity // example:line activity
                        />
                    }
                    .into_any()
                }
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Overview(
    found: DashboardView,
    rename: OperationAction,
    activity: Load<ActivityView>, // example:line activity
) -> impl IntoView {
    let is_local = use_context::<Environment>() == Some(Environment::LocalClerk);
    PageOrganization::of_page().set_name(&found.organization.name);
    let verified = last_verified(found.verified_minutes_ago);
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
        <NextSteps
            is_local
            has_webhooks=found.has_webhooks
            members=found.members // example:line invitations
        />
        // example:begin activity
        <Activity activity />
        // example:end activity
        <div class="columns">
            <div class="stack">
                <section class="card" aria-labelledby="rename-title">
                    <h2 id="rename-title">"Rename"</h2>
                    <RenameForm current=found.organization.name fresh=found.fresh rename />
                </section>
                <Account name=found.person email=found.email role=found.role user_id=found.user_id />
            </div>
            <section class="card" aria-labelledby="latest-title">
                <h2 id="latest-title">"Recent activity"</h2>
                <p><a href=Page::Audit.path()>"View audit log"</a></p>
                <RecentActivity entries=found.latest />
            </section>
        </div>
    }
}
