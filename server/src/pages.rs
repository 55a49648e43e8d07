//! The routes of the pages, and the context that a page receives from its request.
//!
//! Leptos renders the pages of the dashboard. The layer `authorize` decides whether a page answers.

use crate::app_state::AppState;
use crate::chosen_appearance::chosen_appearance;
use crate::request_id::RequestId;
use crate::{clerk_components, sign_out};
use app::PageRequestId;
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::response::Response;
use axum::routing::get;
use clerk::publishable_key::InstanceKind;
use domain::current_user::{ActiveOrganization, CurrentUser, Environment, HeaderNames, SignInState};
use domain::pages::Page;
use domain::permission::Permission;
use gatehouse::gate::Visitor;
use gatehouse::random::Token;
use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions};
use std::sync::LazyLock;
use url::form_urlencoded;

/// One list for the whole process. While Leptos lists routes, it suspends every resource in the
/// process for ever (leptos#4773), so two routers of parallel tests would block each other's pages.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
    let public = PUBLIC.map(|page| page.path().to_owned()).to_vec();
    generate_route_list_with_exclusions(app::App, Some(public))
});

/// The pages that are public documents, with a handler instead of a route of Leptos.
const PUBLIC: [Page; 2] = [Page::Home, Page::SignOut];

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(app: &AppState) -> Self {
        app.leptos.clone()
    }
}

/// The paths of the routes.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(AxumRouteListing::path).chain(PUBLIC.map(Page::path))
}

/// The routes of the pages and of the linked server functions.
pub(crate) fn routes(app: &AppState) -> Router<AppState> {
    let options = app.leptos.clone();
    let public = Router::new().route(Page::Home.path(), get(home)).route(Page::SignOut.path(), get(sign_out));
    public.leptos_routes_with_context(
        app,
        ROUTES.clone(),
        {
            let app = app.clone();
            move || provide_request(&app)
        },
        move || app::shell::shell(options.clone()),
    )
}

async fn home(State(app): State<AppState>, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    app.documents.home(visitor.map(sign_in_state).unwrap_or_default(), &request)
}

async fn sign_out(State(app): State<AppState>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let is_claimed = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "unfinished");
    // The URL alone proves nothing: anybody may have written it.
    let is_unfinished = is_claimed && sign_out::is_unfinished(request.headers());
    app.documents.sign_out(is_unfinished, &request)
}

/// Provides the context of a page in addition to the `Parts` of its request: the nonce of the
/// headers and the current user.
fn provide_request(app: &AppState) {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(id) = parts.extensions.get::<RequestId>() {
        provide_context(PageRequestId(id.as_str().to_owned()));
    }
    if let Some(nonce) = parts.extensions.get::<Token>() {
        provide_context(leptos::nonce::Nonce::from_value(nonce.as_str().to_owned()));
        let has_components = Page::at(parts.uri.path()).is_some_and(|page| page.definition().has_clerk_components);
        if let Some(tag) = clerk_components::tag(app, nonce).filter(|_| has_components) {
            provide_context(tag);
        }
    }
    let mut user = parts.extensions.get::<Visitor>().map(current_user).unwrap_or_default();
    user.names = parts.extensions.get::<HeaderNames>().cloned().unwrap_or_default();
    user.appearance = chosen_appearance(&parts.headers);
    user.environment = environment(app);
    provide_context(user);
}

/// The kind of the instance, where it is not the one of production.
fn environment(app: &AppState) -> Option<Environment> {
    match app.clerk.publishable_key.kind() {
        _ if app.local_clerk => Some(Environment::LocalClerk),
        InstanceKind::Development => Some(Environment::Development),
        InstanceKind::Production => None,
    }
}

/// The part of the visitor that a page may show.
fn current_user(visitor: &Visitor) -> CurrentUser {
    let state = sign_in_state(visitor);
    let Some(session) = visitor.session() else { return CurrentUser { state, ..CurrentUser::default() } };
    let organization = session.organization.as_ref();
    CurrentUser {
        state,
        permissions: Permission::ALL.into_iter().filter(|permission| visitor.has_permission(*permission)).collect(),
        impersonator: session.impersonator(),
        organization: organization
            .map(|found| ActiveOrganization { id: found.id.to_string(), slug: found.slug.clone() }),
        ..CurrentUser::default()
    }
}

fn sign_in_state(visitor: &Visitor) -> SignInState {
    match visitor.session() {
        Some(_) => SignInState::SignedIn,
        None if visitor.is_pending() => SignInState::Pending,
        None => SignInState::SignedOut,
    }
}
