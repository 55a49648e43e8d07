//! The whole application on a scratch database, and callers with signed session tokens. Nothing
//! runs behind the URLs of Clerk here; `app_with_clerk` adds a local Clerk.
#![allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "each test file uses a part of it")]
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a setup that fails ends the test")]

#[cfg(feature = "local-clerk")]
pub mod app_with_clerk;
pub mod binary;
pub mod caller;
pub mod captured_log;
#[cfg(feature = "local-clerk")]
pub mod clerk_options;
pub mod drill;
pub mod faulty_proxy;
#[path = "../../../tests/limit_common/free_port.rs"]
pub mod free_port;
pub mod holding_proxy;
#[path = "../../../domain/tests/support/inputs.rs"]
pub mod inputs;
#[cfg(feature = "local-clerk")]
pub mod rows;
pub mod server_process;
pub mod sessions;
#[cfg(feature = "local-clerk")]
pub mod sign_out;

pub use caller::{Caller, ISSUER, ORIGIN, admin_claims, caller_with, now_s, permission_mask_without};

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use caller::test_keys;
use gatehouse::config::{ClerkSource, Config};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use server::{app_state::AppState, start};
use std::sync::atomic::Ordering;
use std::time::Duration;
use svix::webhooks::Webhook;
use tower::ServiceExt;

pub const SECRET_KEY: &str = "sk_test_integrationTestsSecretKey";
pub const WEBHOOK_SECRET: &str = "whsec_aW50ZWdyYXRpb24tdGVzdHMtb2YtdGhlLXNlcnZlcg==";
/// The instance `clerk.example.com`, whose keys the tests have.
pub const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";

/// The application in this process, without a listener.
pub struct TestApp {
    pub router: Router,
    pub state: AppState,
    _folder: tempfile::TempDir,
}

/// A response with its whole body.
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl TestResponse {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The application with these variables in place of the defaults.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("test.db").display());
        let site = folder.path().join("site").display().to_string();
        let pem = test_keys()["public_key_spki_pem"].as_str().unwrap().to_owned();
        let defaults = [
            ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
            ("CLERK_SECRET_KEY", SECRET_KEY),
            ("CLERK_JWT_KEY", &pem),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
            ("CLERK_FAPI_URL", "http://127.0.0.1:9"),
            ("OPERATORS_ORGANIZATION_ID", "org_engines"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
            ("DATABASE_URL", &database),
            ("LEPTOS_SITE_ROOT", &site),
        ];
        let find = |name: &str| {
            let given = variables.iter().chain(&defaults).find(|(found, _)| *found == name);
            given.map(|(_, value)| (*value).to_owned())
        };
        let config = Config::read(&find, false).unwrap();
        assert!(matches!(config.clerk, ClerkSource::Instance(_)));
        let app = start::application(config, None).await.unwrap();
        Self { router: server::router(&app), state: app, _folder: folder }
    }

    /// Sends a request; one without a host goes to the public origin. The length of a body is
    /// declared, as browsers do.
    pub async fn send(&self, mut request: Request<Body>) -> TestResponse {
        let (_, host) = self.state.public_origin.as_str().split_once("://").unwrap();
        request.headers_mut().entry(header::HOST).or_insert_with(|| host.parse().unwrap());
        if let Some(length) = request.body().size_hint().exact().filter(|length| *length > 0) {
            request.headers_mut().entry(header::CONTENT_LENGTH).or_insert(length.into());
        }
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
        TestResponse { status: head.status, headers: head.headers, body }
    }

    /// Calls an operation as a program does: form-urlencoded, JSON back.
    pub async fn call(&self, caller: &Caller, operation: &str, body: &str) -> TestResponse {
        self.send(caller.post(&format!("/api/{operation}"), body)).await
    }

    /// Opens a page as a browser does.
    pub async fn open(&self, caller: &Caller, path: &str) -> TestResponse {
        let request = caller
            .with_cookies(Request::get(path))
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-dest", "document");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Moves the clock of the application forward.
    pub fn advance_clock(&self, seconds: i64) {
        self.state.clock.turned_by_ms().fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Moves the clock to the next minute if less than 10 seconds of this one are left: a test that
    /// fills a window of a rate limit must not run across its end. Earlier tokens stay valid.
    pub fn skip_to_fresh_window(&self) {
        let left_ms = 60_000 - self.state.clock.now_ms().rem_euclid(60_000);
        if left_ms < 10_000 {
            self.state.clock.turned_by_ms().fetch_add(left_ms + 50, Ordering::Relaxed);
        }
    }

    /// Waits until the refusals so far are in the audit log. The queue of refusals keeps their
    /// order, so a refusal for an organization of its own is queued now and awaited.
    pub async fn wait_for_refusals(&self) {
        let organization = format!("org_{}", gatehouse::random::Token::random().as_str());
        let caller = caller_with(|claims| claims["o"]["id"] = organization.as_str().into());
        self.call(&caller, "rename_organization", "name=").await;
        let written = async {
            while self.call(&caller, "list_audit", "page=0").await.json()["rows"] == json!([]) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), written).await.expect("refusals are written");
    }
}

/// Starts Upstash's HTTP interface in front of the Redis of the tests, if there is one.
pub async fn start_upstash(token: &str) -> Option<local_upstash::LocalUpstash> {
    #[expect(clippy::disallowed_methods, reason = "where the tests' Redis is")]
    let url = std::env::var("GATEHOUSE_TEST_REDIS_URL").ok()?;
    Some(local_upstash::start(&url, token, ([127, 0, 0, 1], 0).into()).await.unwrap())
}

/// Delivers a webhook that is signed now with this secret.
pub async fn deliver_webhook(app: &TestApp, id: &str, payload: &str, secret: &str) -> TestResponse {
    let timestamp = now_s();
    let signature = Webhook::new(secret).unwrap().sign(id, timestamp, payload.as_bytes()).unwrap();
    let request = Request::post("/api/webhooks/clerk")
        .header("svix-id", id)
        .header("svix-timestamp", timestamp.to_string())
        .header("svix-signature", signature);
    app.send(request.body(Body::from(payload.to_owned())).unwrap()).await
}

/// Creates a schema in the PostgreSQL of the tests, if there is one, and returns its URL. The
/// schema is deleted with that PostgreSQL.
pub async fn new_postgres_schema() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "where the tests' database is")]
    let url = std::env::var("GATEHOUSE_TEST_POSTGRES_URL").ok()?;
    let schema = format!("test_{}", gatehouse::random::Token::random().as_str().replace('-', "_").to_lowercase());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a schema has no parameter; its name is ours")]
    let statement = sqlx::AssertSqlSafe(format!("create schema \"{schema}\""));
    sqlx::Executor::execute(&pool, statement).await.unwrap();
    Some(format!("{url}?options=-c%20search_path%3D{schema}"))
}
