//! Requests from other origins: pages of the application's origin may read the Frontend API (CORS,
//! for use without a proxy), and writes from any other origin are refused.

use crate::{model::Refused, server::Clerk};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{extract::Request, middleware::Next};

/// Headers that ClerkJS and native clients read.
const EXPOSED: HeaderValue = HeaderValue::from_static("authorization, clerk-db-jwt, retry-after, x-country");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// How long a browser may cache a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

pub(super) async fn allow_own_origin(clerk: Clerk, request: Request, next: Next) -> Response {
    // Scripts do not read the hosted pages.
    if request.uri().path().starts_with("/hosted") {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let own = origin.filter(|origin| origin.as_bytes() == clerk.options.public_origin.as_bytes());
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = match (&own, is_preflight) {
        (Some(_), true) => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = own {
        allow(headers, origin, is_preflight.then_some(wanted));
    }
    response
}

/// `preflight`: the headers that a preflight asks for; `None` for any other request.
fn allow(headers: &mut HeaderMap, origin: HeaderValue, preflight: Option<Option<HeaderValue>>) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let Some(wanted) = preflight else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        return;
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    wanted.map(|wanted| headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted));
}

pub(super) async fn refuse_other_origins(clerk: Clerk, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read && is_cross_origin(request.headers(), &clerk.options.public_origin) {
        return Refused::new(403, "origin_invalid", "The request comes from another origin.").into_response();
    }
    next.run(request).await
}

/// The application's own origin may write from any address. A browser that sends no origin must be
/// on the same origin.
fn is_cross_origin(headers: &HeaderMap, own: &str) -> bool {
    if headers.contains_key(header::ORIGIN) {
        return headers.get_all(header::ORIGIN).iter().any(|origin| origin.as_bytes() != own.as_bytes());
    }
    let sites = headers.get_all("sec-fetch-site").iter();
    sites.map(HeaderValue::as_bytes).any(|site| !matches!(site, b"same-origin" | b"none"))
}
