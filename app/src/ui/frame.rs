//! The frame around the dashboard: skip link, header, navigation, sign-out, and the step-up dialog.

use super::organization::{MadeFor, PageOrganization};
use super::step_up::{StepUp, StepUpDialog};
use crate::call::Json;
use crate::trouble::{Trouble, TroubleNotice};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use serde::{Deserialize, Serialize};

/// What the frame needs to know about who looks. It decides what is offered, never what is allowed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Looker {
    /// Whether the whole instance is theirs to look after.
    pub(crate) manages_users: bool,
    /// Who they really are, where they act as somebody else.
    pub(crate) impersonator: Option<String>,
    /// The active organization.
    pub(crate) made_for: Option<MadeFor>,
}

/// The product's name and sign.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/" rel="external">
            <svg viewBox="0 0 32 32" aria-hidden="true">
                <rect class="brand-tile" width="32" height="32" rx="8" />
                <path class="brand-arch" d="M8 25V14a8 8 0 0 1 16 0v11h-4V14a4 4 0 0 0-8 0v11z" />
            </svg>
            "Gatehouse"
        </a>
    }
}

/// The bar at the top of pages for everybody.
#[component]
pub(crate) fn Bar() -> impl IntoView {
    view! { <header class="bar"><div class="bar-inner"><Brand /></div></header> }
}

/// The frame of signed-in pages.
#[component]
pub(crate) fn AdminFrame() -> impl IntoView {
    provide_context(StepUp::new());
    provide_context(Trouble::new());
    keep_token_fresh();
    // Told by the server and carried over in the page.
    let Looker { manages_users, impersonator, made_for } =
        SharedValue::<_, Json>::new_with_encoding(looker).into_inner();
    provide_context(PageOrganization::new(made_for));
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
                "This page has stopped working, and what you did last may not be done. Its links and forms still work."
            </p>
            <TroubleNotice />
            {impersonator.map(|who| view! { <Impersonated who /> })}
            <Outlet />
        </main>
        <StepUpDialog />
    }
}

/// Nobody should forget whose name they act under.
#[component]
fn Impersonated(
    /// Who acts.
    who: String,
) -> impl IntoView {
    view! {
        <p class="notice notice-warning" role="status">
            "You act as somebody else: "<code translate="no">{who}</code>" is signed in as this person. What you change is written down under both names."
        </p>
    }
}

fn looker() -> Looker {
    #[cfg(feature = "ssr")]
    return crate::guard::looker();
    #[cfg(not(feature = "ssr"))]
    Looker::default()
}

/// A token lives for a minute. Renewing it while the page is open spares a redirect when the person comes back to it. And who signs out in
/// another tab is signed out in this one. Clerk's own components do both themselves.
fn keep_token_fresh() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        let renew = || {
            if !document().hidden() && !crate::browser::has_clerk() && !crate::browser::has_panicked() {
                leptos::task::spawn_local(async {
                    crate::browser::renew().await;
                });
            }
        };
        let leave = || {
            if !crate::browser::has_clerk() && !crate::browser::has_panicked() && crate::browser::is_departure_due() {
                crate::browser::leave_signed_out();
            }
        };
        crate::browser::note_departures();
        crate::browser::leave_with_clerk();
        let timers = [
            set_interval_with_handle(renew, std::time::Duration::from_secs(45)),
            set_interval_with_handle(leave, std::time::Duration::from_secs(1)),
        ];
        timers.into_iter().flatten().for_each(|timer| on_cleanup(move || timer.clear()));
    });
}
