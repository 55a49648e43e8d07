//! Security headers on every answer, with a nonce that differs each time and equals the one in the page.

use crate::clerk_page;
use crate::start::App;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gatehouse::headers::{Nonce, security_headers};

pub(crate) async fn headers(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::random();
    request.extensions_mut().insert(nonce.clone());
    let with_clerk = clerk_page::is_one(request.uri().path());
    let mut response = next.run(request).await;
    for (name, value) in security_headers(&app.headers, with_clerk, &nonce) {
        response.headers_mut().insert(name, value);
    }
    response
}
