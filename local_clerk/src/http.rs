//! The HTTP side: every handler parses a request, calls a command of the model, and answers.

mod answer;
mod backend;
mod cookies;
mod cross_origin;
mod dev_browser;
mod fault_injection;
mod extract;
mod frontend;
mod hosted;
pub(crate) mod packages;
mod lists;
mod tokens;

use crate::{clock, faults::Api, model::Refused, server::Clerk};
use axum::http::{Method, header};
use axum::middleware::{Next, from_fn_with_state, map_request, map_response};
use axum::response::{IntoResponse, Response};
use axum::{Router, extract::Request};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

/// Serves both APIs and the hosted pages until the task is aborted.
pub(crate) async fn serve(listener: TcpListener, clerk: Clerk) {
    let router = router(clerk);
    let service = map_request(async |request: Request| method_override(request)).layer(router);
    let service =
        axum::ServiceExt::<Request>::into_make_service_with_connect_info::<fault_injection::Connection>(service);
    if let Err(error) = axum::serve(listener, service).await {
        tracing::error!(%error, "the local Clerk stopped");
    }
}

fn router(clerk: Clerk) -> Router {
    let frontend = Router::new()
        .merge(frontend::routes())
        .merge(hosted::routes())
        .layer(from_fn_with_state(clerk.clone(), cross_origin::refuse_other_origins))
        .layer(from_fn_with_state(clerk.clone(), cookies::complete_cookies))
        .layer(from_fn_with_state(clerk.clone(), dev_browser::identify_dev_browser))
        .layer(from_fn_with_state((clerk.clone(), Api::Frontend), fault_injection::apply))
        .layer(from_fn_with_state(clerk.clone(), cross_origin::allow_own_origin))
        .with_state(clerk.clone());
    let backend = backend::routes(&clerk).with_state(clerk.clone());
    route_by_secret_key(&frontend, &backend)
        .layer(from_fn_with_state(clerk, with_instance_clock))
        .layer(map_response(answer::in_clerk_format))
}

async fn with_instance_clock(clerk: Clerk, request: Request, next: Next) -> Response {
    clock::with(&clerk.options.clock_turned_by_ms, next.run(request)).await
}

/// Requests with a secret key go to the Backend API, all others to the Frontend API. A path that is
/// unknown there falls through to the other API.
fn route_by_secret_key(frontend: &Router, backend: &Router) -> Router {
    let unknown = Router::new().fallback(async || Refused::not_found());
    let fallback = |router: &Router| router.clone().fallback_service(unknown.clone());
    let (frontend, backend) =
        (frontend.clone().fallback_service(fallback(backend)), backend.clone().fallback_service(fallback(frontend)));
    Router::new().fallback_service(service_fn(move |request: Request| {
        let api = if has_secret_key(&request) { backend.clone() } else { frontend.clone() };
        async move { Ok(api.oneshot(request).await.into_response()) }
    }))
}

fn has_secret_key(request: &Request) -> bool {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.is_some_and(|given| given.starts_with("Bearer sk_"))
}

/// Replaces the method of a POST by the one in `_method`.
fn method_override(mut request: Request) -> Request {
    let wanted =
        request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("_method=")));
    let wanted = wanted.and_then(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok());
    if let (&Method::POST, Some(wanted @ (Method::PATCH | Method::PUT | Method::DELETE))) = (request.method(), wanted) {
        *request.method_mut() = wanted;
    }
    request
}
