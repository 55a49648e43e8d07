//! What people see: pages, components, and in `api` one thin server function per operation.
//!
//! No decision is made here. A page asks a server function, and that one asks the heart; what comes back is a view or a refusal.

#![expect(unreachable_pub, reason = "the component macro makes the props of private components public")]

pub mod api;
pub mod shell;
mod call;
#[cfg(feature = "ssr")]
mod compat;
#[cfg(feature = "ssr")]
mod guard;
#[cfg(feature = "hydrate")]
mod browser;
mod pages;
mod refused;
mod trouble;
mod ui;

pub use refused::Refused;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// Every page. All are rendered whole before the first byte, so that status and redirects are real and no script has to swap anything in.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Asked for by nobody here; with it the router keeps a page until the next one is read.
    let (_, set_is_routing) = signal(false);
    view! {
        <Router set_is_routing>
            <Routes fallback=pages::errors::NotFound>
                <Route path=path!("/") view=pages::home::Home ssr=SsrMode::Async />
                <Route path=path!("/sign-out") view=pages::sign_out::SignOut ssr=SsrMode::Async />
                <ParentRoute path=path!("/admin") view=ui::frame::AdminFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=pages::dashboard::Dashboard ssr=SsrMode::Async />
                    <Route path=path!("members") view=pages::members::Members ssr=SsrMode::Async />
                    <Route path=path!("users") view=pages::users::Users ssr=SsrMode::Async />
                    <Route path=path!("audit") view=pages::audit::Audit ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Takes over the page that the server rendered. `boot.js` calls it, and is told of a panic, then or later.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    browser::tell_of_panics();
    leptos::mount::hydrate_body(App);
}
