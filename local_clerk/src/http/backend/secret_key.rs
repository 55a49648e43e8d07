//! Refuses requests without the instance's secret key.

use crate::model::refused::Refused;
use crate::server::Clerk;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn require_secret_key(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Bearer "));
    let is_valid =
        |given: &str| verify_slices_are_equal(given.as_bytes(), clerk.identity.secret_key.as_bytes()).is_ok();
    if given.is_some_and(is_valid) {
        next.run(request).await
    } else {
        Refused::new(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid.").into_response()
    }
}
