//! Verifications of a factor, and the factors of an account.

use crate::model::codes;
use crate::model::user::User;
use serde_json::{Value, json};

pub(crate) fn verified(strategy: &str) -> Value {
    json!({
        "object": format!("verification_{strategy}"), "status": "verified", "strategy": strategy,
        "attempts": 1, "expire_at": null,
    })
}

/// A code was sent and is expected back.
pub(crate) fn code_sent(strategy: &str, sent_at: i64) -> Value {
    json!({
        "object": "verification_otp", "status": "unverified", "strategy": strategy, "attempts": 0,
        "expire_at": sent_at + codes::LIFETIME_MS,
    })
}

/// The first factors of an account: its password, and codes to its address.
pub(crate) fn first_factors(user: &User, with_reset: bool) -> Vec<Value> {
    let by_email = |strategy: &str| {
        json!({
            "strategy": strategy, "email_address_id": user.email_id(), "safe_identifier": masked(&user.email),
            "primary": true,
        })
    };
    let password = user.has_password().then(|| json!({ "strategy": "password", "primary": true }));
    let reset = (with_reset && user.has_password()).then(|| by_email("reset_password_email_code"));
    password.into_iter().chain([by_email("email_code")]).chain(reset).collect()
}

/// The second factors of an account that has an authenticator app.
pub(crate) fn second_factors() -> Value {
    json!([{ "strategy": "totp" }])
}

/// Enough of an address for its owner to recognise it.
fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", name.chars().next().unwrap_or('*'))
}
