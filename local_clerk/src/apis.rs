//! Both APIs at one address. At Clerk each has its own, so some paths mean one thing to browsers and another to whoever has the secret key.

use crate::answer;
use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::response::IntoResponse;
use tower::{ServiceExt, service_fn};

/// A request with a secret key is for the Backend API, every other for the Frontend API; what one does not know the other answers.
pub(crate) fn told_apart(frontend: &Router, backend: &Router) -> Router {
    let unknown = Router::new().fallback(async || answer::not_found());
    let other = |router: &Router| router.clone().fallback_service(unknown.clone());
    let (frontend, backend) =
        (frontend.clone().fallback_service(other(backend)), backend.clone().fallback_service(other(frontend)));
    Router::new().fallback_service(service_fn(move |request: Request| {
        let api = if has_key(&request) { backend.clone() } else { frontend.clone() };
        async move { Ok(api.oneshot(request).await.into_response()) }
    }))
}

fn has_key(request: &Request) -> bool {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.is_some_and(|given| given.starts_with("Bearer sk_"))
}
