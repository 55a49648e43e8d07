//! The frame of signed-in pages: skip link, header, navigation, sign-out, notices, and the step-up
//! dialog.

use super::brand::Brand;
use super::failed_reads_notice::FailedReadsNotice;
use super::impersonation_notice::ImpersonationNotice;
use super::step_up_dialog::StepUpDialog;
use crate::browser::keep_session_fresh;
use crate::codec::Json;
use crate::page_organization::PageOrganization;
use crate::page_reads::PageReads;
use crate::step_up::StepUp;
use domain::current_user::CurrentUser;
use domain::operation::{ListUsers, Operation};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

/// The frame; the page of the route stands in it.
#[component]
pub(crate) fn AdminFrame() -> impl IntoView {
    provide_context(StepUp::new());
    provide_context(PageReads::new());
    keep_session_fresh();
    // The server provides the value, and the page carries it to the browser.
    let user = SharedValue::<CurrentUser, Json>::new_with_encoding(|| use_context().unwrap_or_default()).into_inner();
    let manages_users = user.has_permission(ListUsers::DECLARATION.permission);
    provide_context(PageOrganization::new(user.organization));
    view! {
        <a class="skip" rel="external" href="#main">"Skip to content"</a>
        <header class="bar">
            <div class="bar-inner">
                <Brand />
                <nav class="nav" aria-label="Dashboard">
                    <A href="/admin" exact=true>"Overview"</A>
                    <A href="/admin/members">"Members"</A>
                    {manages_users.then(|| view! { <A href="/admin/users">"Users"</A> })}
                    <A href="/admin/audit">"Audit log"</A>
                </nav>
                <div id="clerk-organization-switcher"></div>
                <div id="clerk-user-button"></div>
                <form method="post" action="/sign-out">
                    <button class="button button-quiet button-small">"Sign out"</button>
                </form>
            </div>
        </header>
        <main id="main" class="page" tabindex="-1">
            <p class="notice clerk-fallback" role="status">
                "A part of this page did not load. Everything works, but you may be asked to sign in again sooner."
            </p>
            <p class="notice notice-danger page-stopped" role="alert">
                "This page has stopped working, and your last change may not be saved. Links and forms still work."
            </p>
            <FailedReadsNotice />
            {user.impersonator.map(|impersonator| view! { <ImpersonationNotice impersonator /> })}
            <Outlet />
        </main>
        <StepUpDialog />
    }
}
