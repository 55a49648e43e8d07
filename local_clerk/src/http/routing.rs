//! Routing before the routers: which API a request is for, and the HTTP method in its query.

use crate::model::Refused;
use axum::{Router, extract::Request, http::Method, http::header, response::IntoResponse};
use tower::{ServiceExt, service_fn};

/// Requests with a secret key go to the Backend API, all others to the Frontend API. A path that is
/// unknown there falls through to the other API.
pub(super) fn route_by_secret_key(frontend: &Router, backend: &Router) -> Router {
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
pub(super) fn method_override(mut request: Request) -> Request {
    let wanted =
        request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("_method=")));
    let wanted = wanted.and_then(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok());
    if let (&Method::POST, Some(wanted @ (Method::PATCH | Method::PUT | Method::DELETE))) = (request.method(), wanted) {
        *request.method_mut() = wanted;
    }
    request
}
