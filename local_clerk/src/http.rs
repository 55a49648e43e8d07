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
mod routing;
mod tokens;

use crate::{clock, server::Clerk};
use axum::middleware::{Next, from_fn_with_state, map_request, map_response};
use axum::{Router, ServiceExt, extract::Request, response::Response};
use tokio::net::TcpListener;
use tower::Layer;

/// Serves both APIs and the hosted pages until the task is aborted.
pub(crate) async fn serve(listener: TcpListener, clerk: Clerk) {
    let router = router(clerk);
    let service = map_request(async |request: Request| routing::method_override(request)).layer(router);
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<fault_injection::Connection>(service);
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
        .layer(from_fn_with_state(clerk.clone(), fault_injection::in_frontend))
        .layer(from_fn_with_state(clerk.clone(), cross_origin::allow_own_origin))
        .with_state(clerk.clone());
    let backend = backend::routes(&clerk).with_state(clerk.clone());
    routing::route_by_secret_key(&frontend, &backend)
        .layer(from_fn_with_state(clerk, with_instance_clock))
        .layer(map_response(answer::in_clerk_format))
}

async fn with_instance_clock(clerk: Clerk, request: Request, next: Next) -> Response {
    clock::with(&clerk.options.clock_turned_by_ms, next.run(request)).await
}
