//! Assigns an id to each request. The log, the audit log and the response contain it. The server
//! never takes an id from a client.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use gatehouse::random::Token;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

/// The id of a request: 22 characters, 128 random bits.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

const NAME: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    let id: Arc<str> = Token::random().as_str().into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(NAME, value);
    }
    response
}
