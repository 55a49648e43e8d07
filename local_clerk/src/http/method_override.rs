//! The HTTP method in the query: ClerkJS only sends GET and POST.

use axum::extract::Request;
use axum::http::Method;

/// Replaces the method of a POST by the one in `_method`.
pub(super) fn method_override(mut request: Request) -> Request {
    let wanted =
        request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("_method=")));
    let wanted = wanted.and_then(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok());
    if let (&Method::POST, Some(wanted @ (Method::PATCH | Method::PUT | Method::DELETE))) = (request.method(), wanted) {
        *request.method_mut() = wanted;
    }
    request
}
