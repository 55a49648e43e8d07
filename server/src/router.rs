//! Every URL, and the layers around them: one list each.

use crate::start::App;
use crate::{
    assets, authenticate, authorize, cross_site, error_responses, frontend_proxy, health, layers, pages,
    post_redirect_get, reports, request_id, security_headers, sign_in, sign_out, telemetry, webhook, well_known,
};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};

/// Builds the application's router.
///
/// A layer wraps what stands above it, so each list reads from the inside out.
pub fn router(app: &App) -> Router {
    // People and their operations: whoever comes this way is asked who they are.
    let people = Router::new()
        .merge(pages::routes(app))
        .route("/sign-in", get(sign_in::page))
        .route("/sign-in/{*rest}", get(sign_in::page))
        .layer(from_fn_with_state(app.clone(), authorize::authorize)) // the declared policy, before a byte of the body is read
        .layer(from_fn_with_state(app.clone(), authenticate::authenticate)) // headers -> Visitor
        .layer(from_fn(post_redirect_get::redirect_back)) // form posts without JavaScript come back to their page
        .route("/sign-out", post(sign_out::submit)) // nobody is kept from leaving: no gate
        .layer(from_fn(cross_site::check_origin)) // what other sites send or embed ends here
        .layer(layers::body_limit()); // more than any operation needs is not read

    // Machines: no session, no cookies of ours; each with its own proof.
    let machines = Router::new()
        .route("/api/webhooks/clerk", post(webhook::receive))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(layers::body_limit()); // nor than any event
    let reports = Router::new().route("/reports", post(reports::receive)).layer(layers::report_limit()); // nor than any report
    let frontend_api = Router::new()
        .route("/__clerk", any(frontend_proxy::forward))
        .route("/__clerk/{*path}", any(frontend_proxy::forward))
        .layer(layers::upload_limit()); // people upload a picture of themselves

    people
        .merge(reports)
        .merge(frontend_api)
        .merge(well_known::routes())
        .merge(assets::routes(app))
        .fallback(error_responses::not_found)
        .layer(from_fn_with_state(app.clone(), cross_site::check_host)) // a name that somebody else points here is not ours
        .merge(machines) // load balancers ask by address, webhooks come through tunnels
        .with_state(app.clone())
        .layer(layers::time_limit()) // a stuck dependency becomes a 503
        .layer(layers::concurrency_limit()) // what cannot be served soon is refused, not piled up
        .layer(layers::panic_net()) // a bug ends a request, never the process
        .layer(from_fn_with_state(app.clone(), error_responses::add_body)) // bare errors become a page or a code, without framework texts
        .layer(from_fn_with_state(app.clone(), security_headers::add)) // security headers on everything
        .layer(from_fn(telemetry::trace)) // one line for each request, without its secrets
        .layer(from_fn(request_id::assign)) // named first, so that everything above can say the name
}
