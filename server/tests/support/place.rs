//! A town beside a Clerk that really runs: the Backend API over HTTP.

use super::{Answer, Person, Town, changed};
use domain::permission::Permission;
use http::StatusCode;
use local_clerk::{LocalClerk, Options};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A town beside its Clerk.
pub struct Place {
    pub town: Town,
    pub clerk: LocalClerk,
    clock_of_clerk: Arc<AtomicI64>,
    _folder: TempDir,
}

impl Place {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            data_dir: folder.path().to_owned(),
            public_origin: super::ORIGIN.to_owned(),
            // Nobody listens there: whatever the copy knows, it knows from the answers.
            webhook_url: "http://127.0.0.1:9/".to_owned(),
            ..Options::default()
        };
        let clock_of_clerk = Arc::clone(&options.clock_turned_by_ms);
        let clerk = local_clerk::start(options).await.unwrap();
        let api_url = clerk.api_url();
        let variables = [
            ("CLERK_API_URL", api_url.as_str()),
            ("CLERK_FAPI_URL", api_url.as_str()),
            ("CLERK_SECRET_KEY", clerk.secret_key()),
            ("OPERATORS_ORGANIZATION_ID", local_clerk::OPERATORS),
        ];
        Self { town: Town::with(&variables).await, clerk, clock_of_clerk, _folder: folder }
    }

    /// Turns both clocks forward.
    pub fn forward(&self, seconds: i64) {
        self.town.forward(seconds);
        self.clock_of_clerk.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub async fn call(&self, person: &Person, operation: &str, body: &str) -> Answer {
        self.town.call(person, operation, body).await
    }

    /// As [`Place::call`], by Ada; it must be done.
    pub async fn done(&self, operation: &str, body: &str) -> Value {
        let answer = self.call(&ada(), operation, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.body);
        answer.json()
    }

    /// What Clerk itself has.
    pub async fn at_clerk(&self, path: &str) -> Value {
        let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
        let url = format!("{}/v1/{path}", self.clerk.api_url());
        client.get(url).bearer_auth(self.clerk.secret_key()).send().await.unwrap().json().await.unwrap()
    }

    /// Makes trouble at Clerk; all of it at once.
    pub async fn faults(&self, faults: Value) {
        let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
        let request = client.put(format!("{}/_local/faults", self.clerk.api_url())).json(&faults);
        assert!(request.bearer_auth(self.clerk.secret_key()).send().await.unwrap().status().is_success(), "{faults}");
    }

    /// Fills the copy, as `server sync` does.
    pub async fn sync(&self) {
        let api = clerk::backend_api::BackendApi::new(&self.clerk.api_url(), self.clerk.secret_key().into()).unwrap();
        gatehouse::sync::sync(&self.town.app.gate.services().database, &api, |_| ()).await.unwrap();
    }

    pub async fn audit(&self) -> Vec<(String, String, String)> {
        let log = self.done("list_audit", "page=0").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| (text(&row["operation"]), text(&row["outcome"]), text(&row["change"]["to"]));
        log["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

fn of_engines(claims: &mut Value) {
    claims["sub"] = "user_local_ada".into();
    claims["o"]["id"] = local_clerk::OPERATORS.into();
}

pub fn ada() -> Person {
    changed(of_engines)
}

/// The same in an organization of a customer, where somebody gave her a role of the operators.
pub fn ada_elsewhere() -> Person {
    changed(|claims| {
        of_engines(claims);
        claims["o"]["id"] = "org_local_society".into();
    })
}

/// An administrator of the organization, and nothing beyond it.
pub fn ada_without(permission: Permission) -> Person {
    changed(|claims| {
        of_engines(claims);
        claims["o"]["fpm"] = super::masks_without(permission).into();
    })
}
