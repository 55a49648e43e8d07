//! `/__clerk/*`: forwards requests to Clerk's Frontend API, so that it is under our own origin.
//!
//! The proxy streams both ways and follows no redirect. Neither the gate nor the check of the
//! origin covers it, because Clerk authenticates these requests. `clerk::frontend_proxy` decides
//! about URLs and headers; this file moves the bytes and limits the requests of each address.

use crate::app_state::AppState;
use crate::{body, client_ip, layers};
use axum::Json;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clerk::frontend_proxy::ProxyError;
use gatehouse::limit::{Budget, Call, Limit, Requester};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// A page with Clerk's components sends about 20 requests, files included. Clerk itself limits
/// attempts to guess passwords and codes.
const REQUESTS: Limit<'_> = Limit::per_minute("frontend_api", 600);

/// The longest call of the Frontend API, without the time of a long upload.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn forward(State(app): State<AppState>, request: Request) -> Response {
    let address = client_ip::client_ip(&app, request.extensions(), request.headers());
    let now_ms = app.clock.now_ms();
    // During an outage of the rate limit store this process counts alone: people can still sign in,
    // and nobody floods Clerk.
    let call = Call::new(Requester::at(address), now_ms);
    let verdict = app.gate.services().limiter.take_or_local(REQUESTS, call).await;
    if !verdict.admitted {
        return too_many_requests(&Budget { limit: REQUESTS, verdict, now_ms });
    }
    let (head, upload) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let url = match app.frontend.upstream_url(target) {
        Ok(url) => url,
        Err(refused) => return refusal(&refused),
    };
    let mut headers = app.frontend.request_headers(&head.headers, address);
    copy_of_package(&url, header::ACCEPT_ENCODING, &head.headers, &mut headers);
    let changes_nothing = head.method.is_safe() && upload.is_end_stream();
    let upstream = app.proxy.request(head.method, url.clone()).headers(headers).timeout(time_limit(&head.headers));
    let answer = if changes_nothing {
        send_safe(upstream).await
    } else {
        upstream.body(reqwest::Body::wrap_stream(upload.into_data_stream())).send().await
    };
    match answer {
        Ok(answer) => {
            let mut headers = app.frontend.response_headers(&head.headers, &url, answer.headers());
            copy_of_package(&url, header::CONTENT_ENCODING, answer.headers(), &mut headers);
            response(answer, headers)
        }
        Err(error) => match body::limit(&error) {
            Some(status) => upload_ended(status),
            None => {
                tracing::warn!(error = %error.without_url(), "the Frontend API did not answer");
                refusal(&ProxyError::RequestFailed)
            }
        },
    }
}

/// The time of a call.
fn time_limit(headers: &HeaderMap) -> Duration {
    TIME_LIMIT + layers::upload_time(headers)
}

/// The client sent too much, or stopped sending.
fn upload_ended(status: StatusCode) -> Response {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        error(status, "request_body_too_large", "The file is too large. Choose a file of at most 10 MB.")
    } else {
        error(status, "request_body_timeout", "The upload stopped. Try again.")
    }
}

/// Copies a header for the files of Clerk's browser packages. They are large and the same for
/// everybody, so they pass compressed. `clerk::frontend_proxy` asks for the answers of the API as
/// they are.
fn copy_of_package(url: &Url, name: HeaderName, from: &HeaderMap, to: &mut HeaderMap) {
    if let Some(value) = from.get(&name).filter(|_| url.path().starts_with("/npm/")) {
        to.insert(name, value.clone());
    }
}

/// Sends the request, and once more if the connection breaks: Clerk may close an idle connection at
/// the moment the request goes out.
async fn send_safe(request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
    let again = request.try_clone();
    match (request.send().await, again) {
        (Err(error), Some(again)) if !error.is_timeout() && !error.is_connect() => again.send().await,
        (answer, _) => answer,
    }
}

fn response(upstream: reqwest::Response, mut headers: HeaderMap) -> Response {
    // The layer `security_headers` sets the policy of this server.
    headers.remove(header::CONTENT_SECURITY_POLICY);
    let status = upstream.status();
    if status == StatusCode::OK && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let mut response = Response::new(Body::from_stream(upstream.bytes_stream()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn too_many_requests(budget: &Budget) -> Response {
    let text = "Too many requests. Try again in a moment.";
    let mut response = error(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text);
    response.headers_mut().extend(budget.headers());
    response.headers_mut().insert(header::RETRY_AFTER, budget.verdict.retry_after_seconds().into());
    response
}

fn refusal(refused: &ProxyError) -> Response {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_GATEWAY);
    error(status, refused.code(), &refused.to_string())
}

/// An error in the JSON form that Clerk's clients read.
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = Json(json!({ "errors": [{ "code": code, "message": message }] }));
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response()
}
