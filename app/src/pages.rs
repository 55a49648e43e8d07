//! The pages, one file each, and their routes by the table in `domain::pages`.

// example:begin home
#[cfg(feature = "ssr")]
mod diagram;
#[cfg(feature = "ssr")]
mod forgotten_check;
#[cfg(feature = "ssr")]
mod showcase;
// example:end home
#[cfg(feature = "ssr")]
pub(crate) mod home;
mod bulk_members; // example:line bulk
mod dashboard;
mod member;
mod member_filter;
mod member_rows;
mod members;
mod invitations; // example:line invitations
mod other_sessions;
mod sessions; // example:line sessions
mod settings;
mod user; // example:line users
mod users; // example:line users
// example:begin webhooks
#[cfg(feature = "ssr")]
mod webhook;
#[cfg(feature = "ssr")]
mod webhooks;
// example:end webhooks
mod audit;
#[cfg(feature = "ssr")]
mod audit_entry;
// example:begin views
#[cfg(feature = "ssr")]
mod audit_views;
// example:end views
#[cfg(feature = "ssr")]
pub(crate) mod sign_out;
#[cfg(all(feature = "ssr", debug_assertions))]
pub(crate) mod styleguide;
#[cfg(feature = "ssr")]
mod not_found;
mod server_page;
#[cfg(feature = "ssr")]
mod security;

use crate::components::admin_frame::AdminFrame;
use crate::leptos_response::IS_SERVER;
use domain::brand;
use domain::pages::{Page, USER_ID};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};
// Documents without the application, so the wasm does not contain them.
use server_page::ServerPage;
#[cfg(not(feature = "ssr"))]
use server_page::{ServerPage as AuditEntry, ServerPage as NotFound, ServerPage as Security};
#[cfg(feature = "ssr")]
use {audit_entry::AuditEntry, not_found::NotFound, security::Security};
// example:begin views
#[cfg(feature = "ssr")]
use audit_views::AuditViews;
#[cfg(not(feature = "ssr"))]
use server_page::ServerPage as AuditViews;
// example:end views
// example:begin webhooks
#[cfg(not(feature = "ssr"))]
use server_page::{ServerPage as Webhook, ServerPage as Webhooks};
#[cfg(feature = "ssr")]
use {webhook::Webhook, webhooks::Webhooks};
// example:end webhooks

/// Completes the title of a page. The server writes it into the HTML as it is (leptos_meta 0.8.7),
/// so it is escaped there. A text of a view would end with a marker, which a tab would show.
pub(crate) fn document_title(page: String) -> String {
    let title = brand::title(&page);
    if IS_SERVER { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// The pages of the dashboard, and the paths of public pages, whose documents `shell` makes. Pages
/// are rendered whole before the first byte, so that status and redirects are real and no script
/// has to move content into place.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Nobody reads the signal. With it the router keeps a page until the next one has loaded.
    let (_, set_is_routing) = signal(false);
    view! {
        <Title formatter=document_title />
        <Router set_is_routing>
            <Routes fallback=NotFound>
                <Route path=at(Page::Home) view=ServerPage ssr=SsrMode::Async />
                <Route path=at(Page::SignOut) view=ServerPage ssr=SsrMode::Async />
                <ParentRoute path=at(Page::Dashboard) view=AdminFrame ssr=SsrMode::Async>
                    <Route path=() view=dashboard::Dashboard ssr=SsrMode::Async />
                    <Route path=at(Page::Members) view=members::Members ssr=SsrMode::Async />
                    <Route
                        path=(at(Page::Members), ParamSegment(USER_ID))
                        view=member::Member
                        ssr=SsrMode::Async
                    />
                    // example:begin sessions
                    <Route path=at(Page::Sessions) view=sessions::Sessions ssr=SsrMode::Async />
                    // example:end sessions
                    // example:begin users
                    <Route path=at(Page::Users) view=users::Users ssr=SsrMode::Async />
                    <Route path=(at(Page::Users), ParamSegment(USER_ID)) view=user::User ssr=SsrMode::Async />
                    // example:end users
                    <Route path=at(Page::Security) view=Security ssr=SsrMode::Async />
                    <Route path=at(Page::Settings) view=settings::Settings ssr=SsrMode::Async />
                    // example:begin webhooks
                    <Route path=at(Page::Webhooks) view=Webhooks ssr=SsrMode::Async />
                    <Route path=(at(Page::Webhooks), at(Page::Webhook)) view=Webhook ssr=SsrMode::Async />
                    // example:end webhooks
                    <Route path=at(Page::Audit) view=audit::Audit ssr=SsrMode::Async />
                    // example:begin views
                    <Route path=(at(Page::Audit), at(Page::AuditViews)) view=AuditViews ssr=SsrMode::Async />
                    // example:end views
                    <Route path=(at(Page::Audit), at(Page::AuditEntry)) view=AuditEntry ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The last segment of the page's path. The segments before it belong to the routes around.
fn at(page: Page) -> StaticSegment<&'static str> {
    StaticSegment(page.segment())
}
