//! Use without a proxy: the application's own origin may read the Frontend API from its pages (CORS, with credentials). Nobody else's may.

use crate::Clerk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What ClerkJS and native clients read from an answer.
const EXPOSED: HeaderValue = HeaderValue::from_static("authorization, clerk-db-jwt, retry-after, x-country");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// How long a browser may remember that it may ask, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

pub(crate) async fn shared(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    // The hosted pages are for people, and belong to no script.
    if request.uri().path().starts_with("/hosted") {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let own = origin.filter(|origin| origin.as_bytes() == clerk.options.public_origin.as_bytes());
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = match (&own, asks_first) {
        (Some(_), true) => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = own {
        allow(headers, origin, asks_first.then_some(wanted));
    }
    response
}

/// `asked`: the answer to a preflight, with the headers that it asks for.
fn allow(headers: &mut HeaderMap, origin: HeaderValue, asked: Option<Option<HeaderValue>>) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let Some(wanted) = asked else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        return;
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    wanted.map(|wanted| headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted));
}
