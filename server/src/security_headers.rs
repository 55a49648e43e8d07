//! Sets the security headers of every response. Their nonce is new for each request and equals the
//! one in the page.

use crate::app_state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::pages::Page;
use gatehouse::headers::security_headers;
use gatehouse::random::Token;
use http::{HeaderName, HeaderValue};

pub(crate) async fn add(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = Token::random();
    request.extensions_mut().insert(nonce.clone());
    let page = Page::at(request.uri().path());
    let with_clerk = page.is_some_and(|page| page.definition().has_clerk_components);
    let listed = may_be_listed(page, request.uri().path());
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

/// Whether a search engine may list the response. The table of pages decides for pages. Files may
/// be listed, and endpoints for programs may not.
fn may_be_listed(page: Option<Page>, path: &str) -> bool {
    let for_programs = ["/api/", "/__clerk", "/reports", "/healthz", "/readyz"];
    page.map_or_else(|| !for_programs.iter().any(|start| path.starts_with(start)), |page| page.definition().is_listed)
}
