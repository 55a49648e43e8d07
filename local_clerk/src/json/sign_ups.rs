//! Sign-up attempts.

use crate::model::codes;
use crate::model::sign_up::{LIFETIME_MS, SignUp};
use serde_json::{Value, json};

pub(crate) fn sign_up(sign_up: &SignUp, now_ms: i64) -> Value {
    let (draft, is_complete) = (&sign_up.draft, sign_up.session.is_some());
    let is_unverified = !sign_up.verified && !draft.email.is_empty();
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "object": "sign_up_attempt", "id": sign_up.id,
        "status": if is_complete { "complete" } else { "missing_requirements" },
        "required_fields": ["email_address", "password"], "optional_fields": ["first_name", "last_name"],
        "missing_fields": sign_up.missing_fields(),
        "unverified_fields": if is_unverified { json!(["email_address"]) } else { json!([]) },
        "verifications": {
            "email_address": verification(sign_up, now_ms), "phone_number": null, "web3_wallet": null,
            "external_account": null,
        },
        "username": null, "email_address": text(&draft.email), "phone_number": null, "web3_wallet": null,
        "password_enabled": draft.has_password(), "has_password": draft.has_password(),
        "first_name": text(&draft.first_name), "last_name": text(&draft.last_name),
        "unsafe_metadata": sign_up.unsafe_metadata, "public_metadata": {}, "custom_action": false,
        "external_id": null, "created_session_id": sign_up.session,
        "created_user_id": is_complete.then_some(&draft.id), "abandon_at": sign_up.begun_at + LIFETIME_MS,
        "legal_accepted_at": null, "locale": null, "timezone": null,
    })
}

fn verification(sign_up: &SignUp, now_ms: i64) -> Option<Value> {
    let strategy = if sign_up.invitation.is_some() { "ticket" } else { "email_code" };
    (sign_up.prepared || sign_up.verified).then(|| {
        json!({
            "object": "verification_otp", "status": if sign_up.verified { "verified" } else { "unverified" },
            "strategy": strategy, "attempts": 0, "expire_at": now_ms + codes::LIFETIME_MS,
            "next_action": "needs_attempt", "supported_strategies": ["email_code"],
        })
    })
}
