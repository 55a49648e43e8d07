//! A small axum application whose users sign in with Clerk: it authenticates every request, answers
//! handshakes, protects one route, verifies webhooks and proxies the Frontend API.
//!
//! ```text
//! CLERK_PUBLISHABLE_KEY=pk_test_… CLERK_SECRET_KEY=sk_test_… CLERK_WEBHOOK_SIGNING_SECRET=whsec_… \
//!   cargo run -p clerk --example axum
//! ```
//!
//! With `CLERK_JWT_KEY`, the PEM of the dashboard, sessions are verified without a request to
//! Clerk.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use clerk::authenticate::{AuthConfig, AuthState, RequestHead};
use clerk::backend_api::BackendApi;
use clerk::claims::SessionClaims;
use clerk::frontend_proxy::{FrontendProxy, default_upstream};
use clerk::http_client::http_client;
use clerk::keys::{KeySource, VerifyingKey};
use clerk::lookups;
use clerk::publishable_key::PublishableKey;
use clerk::webhook::{self, Payload};
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// The settings of the example.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// `CLERK_PUBLISHABLE_KEY`
    pub(crate) publishable_key: String,
    /// `CLERK_SECRET_KEY`
    pub(crate) secret_key: String,
    /// `CLERK_JWT_KEY`, a PEM.
    pub(crate) jwt_key: Option<String>,
    /// `CLERK_WEBHOOK_SIGNING_SECRET`
    pub(crate) webhook_secret: Option<String>,
}

struct App {
    config: AuthConfig,
    keys: KeySource,
    backend_api: BackendApi,
    frontend: FrontendProxy,
    proxy: reqwest::Client,
    webhook_secrets: Vec<SecretString>,
}

/// The application for the origin under which browsers reach it.
///
/// # Errors
/// A setting cannot be used.
pub(crate) fn router(settings: Settings, origin: &str) -> Result<Router, Box<dyn Error>> {
    const API: &str = "https://api.clerk.com";
    let key = PublishableKey::parse(&settings.publishable_key)?;
    let secret = SecretString::from(settings.secret_key);
    let app = Arc::new(App {
        keys: match &settings.jwt_key {
            Some(pem) => KeySource::pem(VerifyingKey::from_pem(pem)?),
            None => KeySource::jwks(API, secret.clone())?,
        },
        backend_api: BackendApi::new(API, secret.clone())?,
        frontend: FrontendProxy::new("/__clerk", default_upstream(&key), secret, origin, false)?,
        proxy: http_client(Duration::from_secs(30))?,
        webhook_secrets: settings.webhook_secret.into_iter().map(SecretString::from).collect(),
        config: AuthConfig::new(key, origin),
    });
    let pages = Router::new().route("/", get(home)).route("/account", get(account));
    let pages = pages.layer(from_fn_with_state(Arc::clone(&app), authenticate));
    // A webhook has a signature, and the Frontend API has its own sessions: both stay outside.
    let others = Router::new().route("/webhooks/clerk", post(webhook)).route("/__clerk/{*path}", any(proxy));
    Ok(pages.merge(others).with_state(app))
}

/// The user of the request, if one is signed in.
#[derive(Clone)]
struct User(Option<Arc<SessionClaims>>);

async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let head = RequestHead { method: request.method(), target: &target, headers: request.headers() };
    let decision = lookups::authenticate(head, &app.config, &app.keys, &app.backend_api, now_ms()).await;
    let Ok(decision) = decision else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let mut response = if let Some(location) = decision.location {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
    } else {
        let user = match decision.state {
            AuthState::SignedIn(session) if !session.is_pending() => Some(Arc::from(session)),
            AuthState::SignedIn(_)
            | AuthState::SignedOut(_)
            | AuthState::Handshake(_)
            | AuthState::ForeignHandshake(_) => None,
        };
        request.extensions_mut().insert(User(user));
        next.run(request).await
    };
    for (name, value) in decision.headers {
        response.headers_mut().append(name, value);
    }
    response
}

async fn home() -> &'static str {
    "Hello. /account is for signed-in users."
}

async fn account(Extension(User(user)): Extension<User>) -> Response {
    match user {
        Some(session) => format!("You are {}.", session.user).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn webhook(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match webhook::verify(&app.webhook_secrets, &headers, &body, now_ms() / 1000) {
        Ok(event) => {
            if let Payload::UserDeleted(user) = event.payload() {
                eprintln!("{user} was deleted");
            }
            StatusCode::OK
        }
        Err(error) => {
            eprintln!("a webhook was refused: {error}");
            StatusCode::BAD_REQUEST
        }
    }
}

async fn proxy(State(app): State<Arc<App>>, request: Request) -> Result<Response, StatusCode> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let url = app.frontend.upstream_url(target).map_err(|_| StatusCode::BAD_REQUEST)?;
    // A server behind a proxy passes the client's address here.
    let headers = app.frontend.request_headers(&head.headers, None);
    let body = to_bytes(body, 1024 * 1024).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let request = app.proxy.request(head.method, url.clone()).headers(headers).body(body);
    let upstream = request.send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = upstream.status();
    *response.headers_mut() = app.frontend.response_headers(&head.headers, &url, upstream.headers());
    *response.body_mut() = Body::from_stream(upstream.bytes_stream());
    Ok(response)
}

#[expect(clippy::disallowed_methods, reason = "an example has no clock of its own")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of our time fit")]
fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64)
}

#[cfg_attr(test, expect(dead_code, reason = "the test starts the router itself"))]
#[expect(clippy::disallowed_methods, reason = "an example has no configuration of its own")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings {
        publishable_key: std::env::var("CLERK_PUBLISHABLE_KEY")?,
        secret_key: std::env::var("CLERK_SECRET_KEY")?,
        jwt_key: std::env::var("CLERK_JWT_KEY").ok(),
        webhook_secret: std::env::var("CLERK_WEBHOOK_SIGNING_SECRET").ok(),
    };
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, router(settings, "http://localhost:3000")?).await?;
    Ok(())
}
