//! The frame of signed-in pages: skip link, header, navigation, sign-out, notices, and the step-up
//! dialog.

use super::brand::Brand;
use super::command_palette::CommandButton;
use super::erased::{list, optional};
use super::failed_reads_notice::FailedReadsNotice;
use super::header_context::HeaderContext;
use super::impersonation_notice::ImpersonationNotice;
use super::step_up_dialog::StepUpDialog;
use super::toasts::{DoneNotice, ToastRegion};
use crate::browser::{keep_session_fresh, on_change_elsewhere};
use crate::codec::Json;
use crate::page_organization::PageOrganization;
use crate::page_reads::PageReads;
use crate::step_up::StepUp;
use crate::toasts::Toasts;
use domain::current_user::CurrentUser;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

/// The frame; the page of the route stands in it.
#[component]
pub(crate) fn AdminFrame() -> impl IntoView {
    let user = provide_frame();
    let navigation = navigation(&user);
    let impersonator = user.names.impersonator.or(user.impersonator);
    let person = user.names.person.clone().unwrap_or_default();
    view! {
        <a class="skip" rel="external" href="#main">"Skip to content"</a>
        <header class="bar">
            <div class="bar-inner">
                <Brand />
                <CommandButton />
                <HeaderContext person=user.names.person environment=user.environment />
                <div id="clerk-user-button"></div>
                <form method="post" action=Page::SignOut.path()>
                    <button class="button button-quiet button-small">"Sign out"</button>
                </form>
                <nav class="nav" aria-label="Dashboard">{navigation}</nav>
            </div>
        </header>
        <main id="main" class="page" tabindex="-1">
            <p class="notice clerk-fallback" role="status">
                "A part of this page did not load. Everything works, but you may be asked to sign in again sooner."
            </p>
            <p class="notice notice-danger page-stopped" role="alert">
                "This page has stopped working, and your last change may not be saved. Links and forms still work."
            </p>
            <DoneNotice />
            <FailedReadsNotice />
            {optional(impersonator.map(|impersonator| view! { <ImpersonationNotice impersonator person /> }))}
            <Outlet />
        </main>
        <ToastRegion />
        <StepUpDialog />
    }
}

/// Provides the context of the pages in the frame, and returns the user.
fn provide_frame() -> CurrentUser {
    provide_context(StepUp::new());
    provide_context(Toasts::new());
    let reads = PageReads::new();
    provide_context(reads);
    keep_session_fresh();
    on_change_elsewhere(move || reads.refresh());
    // The server provides the value, and the page carries it to the browser.
    let user = SharedValue::<CurrentUser, Json>::new_with_encoding(|| use_context().unwrap_or_default()).into_inner();
    let page = PageOrganization::new(user.organization.clone());
    if let Some(name) = &user.names.organization {
        page.set_name(name);
    }
    provide_context(page);
    provide_context(user.appearance);
    if let Some(environment) = user.environment {
        provide_context(environment);
    }
    user
}

/// The links to the pages that the user may open, in the order of the table.
fn navigation(user: &CurrentUser) -> impl IntoView + use<> {
    let here = use_location().pathname;
    let links = Page::ALL.into_iter().filter_map(|page| {
        let definition = page.definition();
        let label = definition.navigation?;
        let may_open = definition.permission.is_none_or(|permission| user.has_permission(permission));
        let is_current = move || is_current(page, &here.read()).then_some("page");
        may_open.then(|| view! { <a href=page.path() aria-current=is_current>{label}</a> })
    });
    list(links)
}

/// Whether the URL is that of the page. The path of a list is the beginning of the paths of its
/// pages about one user, which keep the list current; the path of the overview is that of every
/// page.
fn is_current(page: Page, path: &str) -> bool {
    let below = path.strip_prefix(page.path());
    below.is_some_and(|below| below.is_empty() || page != Page::Dashboard && below.starts_with('/'))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_navigation_marks_the_page_and_those_below_a_list() {
        for (page, path, expected) in [
            (Page::Dashboard, "/admin", true),
            (Page::Dashboard, "/admin/members", false),
            (Page::Members, "/admin/members", true),
            (Page::Members, "/admin/members/user_1", true),
            (Page::Members, "/admin/members-of-another", false),
            (Page::Members, "/admin", false),
        ] {
            assert_eq!(is_current(page, path), expected, "{page:?} at {path}");
        }
    }
}
