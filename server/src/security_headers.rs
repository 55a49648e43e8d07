//! Security headers on every answer, with a nonce that differs each time and equals the one in the page.

use crate::clerk_page;
use crate::start::App;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gatehouse::headers::security_headers;
use gatehouse::random::Token;
use http::{HeaderName, HeaderValue};

pub(crate) async fn add(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let nonce = Token::random();
    request.extensions_mut().insert(nonce.clone());
    let with_clerk = clerk_page::is_one(request.uri().path());
    let listed = may_be_listed(request.uri().path());
    let mut response = next.run(request).await;
    if !listed || response.status().is_client_error() || response.status().is_server_error() {
        response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    for (name, value) in security_headers(&app.headers, with_clerk, &nonce) {
        response.headers_mut().insert(name, value);
    }
    response
}

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Whether a search engine may list what stands at this path: not what needs a sign-in, the sign-in itself, or what is for programs.
fn may_be_listed(path: &str) -> bool {
    let unlisted = ["/api/", "/__clerk", "/sign-out", "/reports", "/healthz", "/readyz"];
    !clerk_page::is_one(path) && !unlisted.iter().any(|start| path.starts_with(start))
}
