//! The routes of the pages, and the context that a page receives from its request.
//!
//! Leptos renders the pages. The layer `authorize` decides whether a page answers.

use crate::app_state::AppState;
use crate::{clerk_components, sign_out};
use app::UnfinishedSignOut;
use axum::Router;
use axum::extract::FromRef;
use domain::current_user::{ActiveOrganization, CurrentUser, SignInState};
use domain::pages::Page;
use domain::permission::Permission;
use gatehouse::gate::Visitor;
use gatehouse::random::Token;
use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use std::sync::LazyLock;

/// One list for the whole process. While Leptos lists routes, it suspends every resource in the
/// process for ever (leptos#4773), so two routers of parallel tests would block each other's pages.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(app: &AppState) -> Self {
        app.leptos.clone()
    }
}

/// The paths of the routes.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(AxumRouteListing::path)
}

/// The routes of the pages and of the linked server functions.
pub(crate) fn routes(app: &AppState) -> Router<AppState> {
    let options = app.leptos.clone();
    Router::new().leptos_routes_with_context(
        app,
        ROUTES.clone(),
        {
            let app = app.clone();
            move || provide_request(&app)
        },
        move || app::shell::shell(options.clone()),
    )
}

/// Provides the context of a page in addition to the `Parts` of its request: the nonce of the
/// headers, the current user, and an unfinished sign-out.
fn provide_request(app: &AppState) {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(nonce) = parts.extensions.get::<Token>() {
        provide_context(leptos::nonce::Nonce::from_value(nonce.as_str().to_owned()));
        let has_components = Page::at(parts.uri.path()).is_some_and(|page| page.definition().has_clerk_components);
        if let Some(tag) = clerk_components::tag(app, nonce).filter(|_| has_components) {
            provide_context(tag);
        }
    }
    if sign_out::is_unfinished(&parts.headers) {
        provide_context(UnfinishedSignOut);
    }
    provide_context(parts.extensions.get::<Visitor>().map(current_user).unwrap_or_default());
}

/// The part of the visitor that a page may show.
fn current_user(visitor: &Visitor) -> CurrentUser {
    let Some(session) = visitor.session() else {
        let state = if visitor.is_pending() { SignInState::Pending } else { SignInState::SignedOut };
        return CurrentUser { state, ..CurrentUser::default() };
    };
    let organization = session.organization.as_ref();
    CurrentUser {
        state: SignInState::SignedIn,
        permissions: Permission::ALL.into_iter().filter(|permission| visitor.has_permission(*permission)).collect(),
        impersonator: session.impersonator(),
        organization: organization
            .map(|found| ActiveOrganization { id: found.id.to_string(), slug: found.slug.clone() }),
    }
}
