//! Sessions.

use crate::model::session::{Session, Status};
use serde_json::{Value, json};

const ABANDONED_AFTER_MS: i64 = 30 * 86_400_000;

/// A session as the Backend API and webhooks show it.
pub(crate) fn session(session: &Session) -> Value {
    json!({
        "object": "session", "id": session.id, "client_id": session.client, "user_id": session.user,
        "status": session.status.as_str(), "last_active_organization_id": session.organization,
        "last_active_at": session.updated_at, "created_at": session.created_at,
        "updated_at": session.updated_at, "expire_at": session.expires_at(),
        "abandon_at": session.created_at + ABANDONED_AFTER_MS, "actor": session.actor,
        "tasks": tasks(session.status),
        "latest_activity": {
            "object": "session_activity", "id": "", "browser_name": session.browser, "device_type": "Linux",
            "is_mobile": false,
        },
    })
}

/// What is left to do before the session is active.
fn tasks(status: Status) -> Value {
    match status {
        Status::Pending => json!([{ "key": "choose-organization" }]),
        Status::Active => Value::Null,
        Status::Ended | Status::Revoked | Status::Expired => json!([]),
    }
}

/// Claim `fva`: minutes since each factor was verified, -1 for never.
pub(crate) fn factor_verification_age(session: &Session, now_ms: i64) -> Value {
    let second = session.second_verified_at.map_or(-1, |at| (now_ms - at) / 60_000);
    json!([(now_ms - session.verified_at) / 60_000, second])
}

pub(crate) fn token(jwt: &str) -> Value {
    json!({ "object": "token", "jwt": jwt })
}
