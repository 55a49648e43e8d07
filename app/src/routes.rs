//! The routes of the pages.

use crate::components::admin_frame::AdminFrame;
use crate::pages::{audit, dashboard, home, members, not_found, sign_out, users};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// Every page. All are rendered whole before the first byte, so that status and redirects are real
/// and no script has to move content into place.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Nobody reads the signal. With it the router keeps a page until the next one has loaded.
    let (_, set_is_routing) = signal(false);
    view! {
        <Router set_is_routing>
            <Routes fallback=not_found::NotFound>
                <Route path=path!("/") view=home::Home ssr=SsrMode::Async />
                <Route path=path!("/sign-out") view=sign_out::SignOut ssr=SsrMode::Async />
                <ParentRoute path=path!("/admin") view=AdminFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=dashboard::Dashboard ssr=SsrMode::Async />
                    <Route path=path!("members") view=members::Members ssr=SsrMode::Async />
                    <Route path=path!("users") view=users::Users ssr=SsrMode::Async />
                    <Route path=path!("audit") view=audit::Audit ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
