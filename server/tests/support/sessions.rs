//! Callers whose session is as old as the test's clock says, and how the application answers them.

use super::{Caller, TestApp, TestResponse, caller_with};
use http::StatusCode;
use serde_json::Value;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// A caller whose token was issued at the current time of the application's clock.
pub fn caller_now(app: &TestApp, change: impl FnOnce(&mut Value)) -> Caller {
    caller_with(|claims| {
        let now = app.state.clock.now_ms() / 1000;
        (claims["iat"], claims["nbf"], claims["exp"]) = (now.into(), (now - 10).into(), (now + 60).into());
        change(claims);
    })
}

pub fn session_holder(app: &TestApp, session: &str) -> Caller {
    caller_now(app, |claims| claims["sid"] = session.into())
}

pub async fn call_dashboard(app: &TestApp, session: &str) -> (u16, String) {
    status_and_reason(&app.call(&session_holder(app, session), "show_dashboard", "").await)
}

/// The status and the reason of a response.
pub fn status_and_reason(response: &TestResponse) -> (u16, String) {
    let reason = if response.status == StatusCode::OK { String::new() } else { reason(response) };
    (response.status.as_u16(), reason)
}

pub fn reason(response: &TestResponse) -> String {
    let json = response.json();
    assert!(response.status != StatusCode::UNAUTHORIZED || json["error"] == "unauthenticated", "{json}");
    json["reason"].as_str().unwrap_or_default().to_owned()
}

pub fn accepted() -> (u16, String) {
    (200, String::new())
}

pub fn signed_out(rule: &str) -> (u16, String) {
    (401, rule.to_owned())
}
