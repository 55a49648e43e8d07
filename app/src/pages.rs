//! The pages, one file each, and their routes by the table in `domain::pages`.

#[cfg(feature = "ssr")]
mod diagram;
#[cfg(feature = "ssr")]
mod home;
mod dashboard;
mod members;
mod invitations;
mod users;
mod audit;
#[cfg(feature = "ssr")]
mod sign_out;
#[cfg(feature = "ssr")]
mod not_found;
#[cfg(not(feature = "ssr"))]
mod server_page;

use crate::components::admin_frame::AdminFrame;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, StaticSegment};
// Documents without a script, so the wasm does not contain them.
#[cfg(not(feature = "ssr"))]
use server_page::{ServerPage as Home, ServerPage as NotFound, ServerPage as SignOut};
#[cfg(feature = "ssr")]
use {home::Home, not_found::NotFound, sign_out::SignOut};

/// Every page. All are rendered whole before the first byte, so that status and redirects are real
/// and no script has to move content into place.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Nobody reads the signal. With it the router keeps a page until the next one has loaded.
    let (_, set_is_routing) = signal(false);
    view! {
        <Router set_is_routing>
            <Routes fallback=NotFound>
                <Route path=at(Page::Home) view=Home ssr=SsrMode::Async />
                <Route path=at(Page::SignOut) view=SignOut ssr=SsrMode::Async />
                <ParentRoute path=at(Page::Dashboard) view=AdminFrame ssr=SsrMode::Async>
                    <Route path=() view=dashboard::Dashboard ssr=SsrMode::Async />
                    <Route path=at(Page::Members) view=members::Members ssr=SsrMode::Async />
                    <Route path=at(Page::Users) view=users::Users ssr=SsrMode::Async />
                    <Route path=at(Page::Audit) view=audit::Audit ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The last segment of the page's path. The segments before it belong to the routes around.
fn at(page: Page) -> StaticSegment<&'static str> {
    StaticSegment(page.segment())
}
