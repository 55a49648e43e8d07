//! `/__clerk/*`: Clerk's Frontend API under our own origin, real or local.
//!
//! Streams both ways, follows no redirect, and sends nothing of this application upstream but the cookies that are Clerk's. It stands outside
//! sessions and CSRF: Clerk proves its own requests.

use crate::answer;
use crate::start::App;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use gatehouse::refusal::Refusal;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use secrecy::ExposeSecret;

const PATH: &str = "/__clerk";

/// Headers of one connection (RFC 9110 section 7.6.1) and those that are set anew.
const NOT_FORWARDED: [&str; 14] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "accept-encoding",
    "cookie",
    "clerk-proxy-url",
    "clerk-secret-key",
];

/// Response headers that belong to the connection upstream, or that this server sets itself.
const NOT_RETURNED: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-encoding",
    "content-length",
    "content-security-policy",
];

pub(crate) async fn forward(State(app): State<App>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let rest = target.strip_prefix(PATH).unwrap_or_default();
    let slash = if rest.starts_with('/') { "" } else { "/" };
    let url = format!("{}{slash}{rest}", app.clerk.fapi_url);
    let upstream = app.proxy.request(head.method, url).headers(request_headers(&app, &head.headers));
    match upstream.body(reqwest::Body::wrap_stream(body.into_data_stream())).send().await {
        Ok(answer) => response(&app, answer),
        Err(error) => {
            tracing::warn!(error = %error.without_url(), "the Frontend API did not answer");
            answer::refusal(&Refusal::Unavailable)
        }
    }
}

fn request_headers(app: &App, incoming: &HeaderMap) -> HeaderMap {
    let named =
        incoming.get(header::CONNECTION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let dropped = |name: &HeaderName| {
        NOT_FORWARDED.contains(&name.as_str())
            || name.as_str().starts_with("x-forwarded-")
            || named.split(',').any(|text| text.trim() == name.as_str())
    };
    let mut headers: HeaderMap =
        incoming.iter().filter(|(name, _)| !dropped(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let proxy_url = format!("{}{PATH}", app.public_origin.as_str());
    let (scheme, host) = app.public_origin.as_str().split_once("://").unwrap_or(("http", ""));
    let ours = [
        ("clerk-proxy-url", proxy_url.as_str()),
        ("x-forwarded-host", host),
        ("x-forwarded-proto", scheme),
        ("accept-encoding", "identity"),
    ];
    for (name, value) in ours {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if let Ok(mut secret) = HeaderValue::from_str(app.clerk.secret_key.expose_secret()) {
        secret.set_sensitive(true);
        headers.insert("clerk-secret-key", secret);
    }
    if let Some(cookies) = clerk_cookies(incoming) {
        headers.insert(header::COOKIE, cookies);
    }
    headers
}

/// Of the cookies only those that are Clerk's.
fn clerk_cookies(incoming: &HeaderMap) -> Option<HeaderValue> {
    let lines = incoming.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let is_clerks = |pair: &&str| {
        ["__client", "__session", "__clerk", "__refresh", "clerk_"].iter().any(|prefix| pair.starts_with(prefix))
    };
    let kept: Vec<_> = lines.flat_map(|line| line.split(';')).map(str::trim).filter(is_clerks).collect();
    if kept.is_empty() { None } else { HeaderValue::from_str(&kept.join("; ")).ok() }
}

fn response(app: &App, upstream: reqwest::Response) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = upstream.status();
    for (name, value) in upstream.headers() {
        if !NOT_RETURNED.contains(&name.as_str()) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    if let Some(location) = upstream.headers().get(header::LOCATION).and_then(|value| own_location(app, value)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if response.status() == StatusCode::OK && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    *response.body_mut() = Body::from_stream(upstream.bytes_stream());
    response
}

/// A redirect of the Frontend API to itself stays behind the proxy; others are left as they are.
fn own_location(app: &App, location: &HeaderValue) -> Option<HeaderValue> {
    let rest = location.to_str().ok()?.strip_prefix(app.clerk.fapi_url.as_str())?;
    if !(rest.is_empty() || rest.starts_with('/')) {
        return None;
    }
    HeaderValue::from_str(&format!("{}{PATH}{rest}", app.public_origin.as_str())).ok()
}
