//! The list of URLs and the layers around them.
//!
//! A `ServiceBuilder` lists its layers in the order of the request: the first one is the outermost.
//! `Router::layer` would box each layer for each route, and every call of a layer clones the boxes
//! within it, so the cost of a request would grow with the square of their number.

use crate::app_state::AppState;
use crate::layers::RequestLimits;
use crate::overload::Capacity;
use crate::preloads::Preloads;
#[cfg(debug_assertions)]
use crate::styleguide;
use crate::{
    appearance, assets, authenticate, authorize, cross_site, downloads, error_responses, frontend_proxy, health,
    layers, overload, pages, post_redirect_get, preloads, reports, request_id, security_headers, sign_in, sign_out,
    switch_organization, telemetry, webhook, well_known,
};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, any_service, get, post};
use domain::appearance::Appearance;
use domain::pages::Page;
use tower::{Layer, ServiceBuilder};

/// Builds the application's router.
pub fn router(app: &AppState) -> Router {
    router_with_limits(app, RequestLimits::default())
}

/// As [`router`], with other limits.
pub fn router_with_limits(app: &AppState, limits: RequestLimits) -> Router {
    let pages_and_files = people(app)
        .merge(for_developers())
        .merge(reports())
        .merge(frontend_api())
        .merge(well_known::routes())
        .merge(assets::routes(app))
        .fallback(error_responses::not_found)
        .with_state(app.clone());
    // A foreign name that points at this server shows none of our pages.
    let own_host = from_fn_with_state(app.clone(), cross_site::check_host).layer(pages_and_files);
    let limited = ServiceBuilder::new()
        // A connection beyond the limit gets a 503 for its only request.
        .layer(from_fn(overload::refuse_beyond_limit))
        // A request beyond the limit gets a 503 at once.
        .layer(from_fn_with_state(Capacity::new("requests", limits.requests), overload::admit))
        // A request that takes too long gets a 503.
        .layer(from_fn_with_state(limits, layers::limit_time))
        // A body that stops gets a 408.
        .layer(from_fn_with_state(limits, layers::limit_body_pause))
        // Outside of the check of the host: webhooks come through tunnels.
        .service(webhooks().fallback_service(own_host).with_state(app.clone()));
    let all = ServiceBuilder::new()
        // Outermost, so that every other layer knows the request id.
        .layer(from_fn(request_id::assign))
        // One log line for each request, without its secrets.
        .layer(from_fn(telemetry::trace))
        .layer(from_fn_with_state(app.clone(), security_headers::add))
        // Errors without a body of ours get a page or a code, and no text of a framework.
        .layer(from_fn_with_state(app.clone(), error_responses::add_body))
        // A panic ends its request with a 500 and not the process.
        .layer(layers::panic_net())
        // Outside of the limits: a busy server is alive, and load balancers use an IP address.
        .service(health().fallback_service(limited).with_state(app.clone()));
    // `any_service` removes the body of an answer to HEAD, and `fallback_service` would not.
    Router::new().fallback(any_service(all))
}

/// A release has no such pages.
fn for_developers() -> Router<AppState> {
    #[cfg(debug_assertions)]
    return styleguide::routes();
    #[cfg(not(debug_assertions))]
    Router::new()
}

/// The pages and operations of people. The gate authenticates every request except a sign-out.
///
/// No layer compresses them: they contain names and addresses beside texts that others choose, and
/// the length of a compressed answer would tell an observer which guess is right (BREACH).
fn people(app: &AppState) -> Router<AppState> {
    let gate = ServiceBuilder::new()
        // Form posts without JavaScript return to their page. The body stays unread until the
        // policy has let the caller pass, or until a short form is carried back.
        .layer(from_fn(post_redirect_get::redirect_back))
        // Turns the headers into a `Visitor`.
        .layer(from_fn_with_state(app.clone(), authenticate::authenticate))
        // The declared policy, before a decoder reads the body.
        .layer(from_fn_with_state(app.clone(), authorize::authorize))
        .layer(from_fn_with_state(Preloads::new(&app.leptos), preloads::add));
    Router::new()
        .merge(pages::routes(app))
        .merge(downloads::routes())
        .route(Page::SignIn.path(), get(sign_in::page))
        .route("/sign-in/{*rest}", get(sign_in::page))
        .route(Page::SwitchOrganization.path(), get(switch_organization::list))
        .route("/switch-organization/{organization}", get(switch_organization::switch))
        .layer(gate)
        // Outside of the gate: a sign-out must work with an expired token.
        .route(Page::SignOut.path(), post(sign_out::submit))
        // It concerns the browser, so it needs no session either.
        .route(Appearance::PATH, post(appearance::submit))
        // Refuses what other sites send or embed.
        .layer(from_fn(cross_site::check_origin))
        .layer(layers::form_limit())
}

/// Clerk's webhooks. They have no session and no cookie, and carry a signature.
fn webhooks() -> Router<AppState> {
    Router::new()
        .route("/api/webhooks/clerk", post(webhook::receive))
        .layer(layers::webhook_limit())
        .layer(from_fn_with_state(Capacity::new("webhooks", layers::WEBHOOKS), overload::admit))
}

/// The checks of load balancers and orchestrators. All that arrive within two seconds share one
/// result, so a flood costs nothing, and it takes no place from the check that counts.
fn health() -> Router<AppState> {
    let limit = from_fn_with_state(RequestLimits::default(), layers::limit_time);
    Router::new().route("/readyz", get(health::ready)).layer(limit).route("/healthz", get(health::alive))
}

fn reports() -> Router<AppState> {
    Router::new().route("/reports", post(reports::receive)).layer(layers::report_limit())
}

/// Clerk's Frontend API. People upload their profile pictures through it.
fn frontend_api() -> Router<AppState> {
    Router::new()
        .route("/__clerk", any(frontend_proxy::forward))
        .route("/__clerk/{*path}", any(frontend_proxy::forward))
        .layer(layers::upload_limit())
        .layer(from_fn_with_state(Capacity::new("uploads", layers::UPLOADS), overload::admit_upload))
}
