//! `/healthz` shows that the process answers, `/readyz` that its dependencies answer as well.

use crate::app_state::AppState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

pub(crate) async fn alive() -> &'static str {
    "ok"
}

pub(crate) async fn ready(State(app): State<AppState>) -> Response {
    // Before the listener closes, so that a load balancer sends new requests elsewhere.
    if app.stopping.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "server": "stopping" }))).into_response();
    }
    let services = app.gate.services();
    let now_ms = app.clock.now_ms();
    let (database, keys, limiter) =
        tokio::join!(services.database.ready(), services.keys.is_ready(now_ms), services.limiter.ready());
    let status = if database && keys && limiter { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |ready| if ready { "ready" } else { "down" };
    (status, axum::Json(json!({ "database": word(database), "keys": word(keys), "limiter": word(limiter) })))
        .into_response()
}
