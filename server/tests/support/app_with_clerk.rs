//! The application beside a running local Clerk, which serves Clerk's APIs over HTTP.

use super::clerk_options::without_webhooks;
use super::{Caller, TestApp, TestResponse, caller_with};
use domain::permission::Permission;
use gatehouse::commands::Reconciliation;
use http::StatusCode;
use local_clerk::LocalClerk;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// The application and its Clerk.
pub struct AppWithClerk {
    pub app: TestApp,
    pub clerk: LocalClerk,
    clerk_clock_offset_ms: Arc<AtomicI64>,
    client: reqwest::Client,
    _folder: TempDir,
}

impl AppWithClerk {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The application with these variables in place of the defaults.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = without_webhooks(folder.path());
        let clerk_clock_offset_ms = Arc::clone(&options.clock_turned_by_ms);
        let clerk = local_clerk::start(options).await.unwrap();
        let api_url = clerk.api_url();
        let defaults = [
            ("CLERK_API_URL", api_url.as_str()),
            ("CLERK_FAPI_URL", api_url.as_str()),
            ("CLERK_SECRET_KEY", clerk.secret_key()),
            ("OPERATORS_ORGANIZATION_ID", local_clerk::OPERATORS),
        ];
        Self {
            app: TestApp::with(&[variables, &defaults].concat()).await,
            clerk,
            clerk_clock_offset_ms,
            client: clerk::http_client::http_client(Duration::from_secs(5)).unwrap(),
            _folder: folder,
        }
    }

    /// Moves both clocks forward.
    pub fn advance_clock(&self, seconds: i64) {
        self.app.advance_clock(seconds);
        self.clerk_clock_offset_ms.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub async fn call(&self, caller: &Caller, operation: &str, body: &str) -> TestResponse {
        self.app.call(caller, operation, body).await
    }

    /// Calls an operation as Ada; it must succeed.
    pub async fn call_ok(&self, operation: &str, body: &str) -> Value {
        let response = self.call(&ada(), operation, body).await;
        assert_eq!(response.status, StatusCode::OK, "{operation}: {}", response.body);
        response.json()
    }

    /// Reads a path of the Backend API.
    pub async fn fetch_from_clerk(&self, path: &str) -> Value {
        self.fetch(&format!("/v1/{path}")).await
    }

    /// Posts to a path of the Backend API, as somebody else might do.
    pub async fn post_to_clerk(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/v1/{path}", self.clerk.api_url())).json(&body);
        let answer = request.bearer_auth(self.clerk.secret_key()).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// The failures that Clerk simulates still.
    pub async fn clerk_faults(&self) -> Value {
        self.fetch("/_local/faults").await
    }

    async fn fetch(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.clerk.api_url());
        self.client.get(url).bearer_auth(self.clerk.secret_key()).send().await.unwrap().json().await.unwrap()
    }

    /// Replaces the failures that Clerk simulates.
    pub async fn set_clerk_faults(&self, faults: Value) {
        let request = self.client.put(format!("{}/_local/faults", self.clerk.api_url())).json(&faults);
        assert!(request.bearer_auth(self.clerk.secret_key()).send().await.unwrap().status().is_success(), "{faults}");
    }

    /// Fills the local copy, as `server sync` does.
    pub async fn sync(&self) {
        let api = clerk::backend_api::BackendApi::new(&self.clerk.api_url(), self.clerk.secret_key().into()).unwrap();
        gatehouse::sync::sync(&self.app.state.gate.services().database, &api, |_| ()).await.unwrap();
    }

    /// Looks up the outcome of every open command, as the server does in the background, and
    /// returns how many have ended. It happens `after_s` seconds from now.
    pub async fn settle_commands(&self, after_s: i64) -> usize {
        let (services, clock) = (self.app.state.gate.services(), self.app.state.clock.clone());
        clock.turned_by_ms().fetch_add(after_s * 1000, Ordering::Relaxed);
        let ended = Reconciliation::of(services, clock.clone()).settle_open().await.unwrap();
        clock.turned_by_ms().fetch_sub(after_s * 1000, Ordering::Relaxed);
        ended
    }

    pub async fn audit_log(&self) -> Vec<(String, String, String)> {
        let log = self.call_ok("list_audit", "page=0").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| (text(&row["operation"]), text(&row["outcome"]), text(&row["change"]["to"]));
        log["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

fn set_operators_admin(claims: &mut Value) {
    claims["sub"] = "user_local_ada".into();
    claims["o"]["id"] = local_clerk::OPERATORS.into();
}

pub fn ada() -> Caller {
    caller_with(set_operators_admin)
}

/// Ada in a customer's organization, with a role that grants the permissions of the operators.
pub fn ada_in_customer_organization() -> Caller {
    caller_with(|claims| {
        set_operators_admin(claims);
        claims["o"]["id"] = "org_local_society".into();
    })
}

/// Ada without this permission.
pub fn ada_without(permission: Permission) -> Caller {
    caller_with(|claims| {
        set_operators_admin(claims);
        claims["o"]["fpm"] = super::permission_mask_without(permission).into();
    })
}
