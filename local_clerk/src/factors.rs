//! The ways in which an account can prove who somebody is, and how far they have come.

use crate::flows::SignIn;
use crate::objects::{email_id, verified};
use crate::state::{State, User};
use serde_json::{Value, json};

/// First factors of an account: its password and codes to its address.
pub(crate) fn first_factors(user: &User, resets: bool) -> Vec<Value> {
    let by_mail = |strategy: &str| json!({ "strategy": strategy, "email_address_id": email_id(user), "safe_identifier": masked(&user.email), "primary": true });
    let password = user.can_use_password().then(|| json!({ "strategy": "password", "primary": true }));
    let reset = (resets && user.can_use_password()).then(|| by_mail("reset_password_email_code"));
    password.into_iter().chain([by_mail("email_code")]).chain(reset).collect()
}

/// So much of an address that its owner knows which one is meant.
fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", name.chars().next().unwrap_or('*'))
}

pub(crate) fn sent(strategy: &str, now_ms: i64) -> Value {
    json!({
        "object": "verification_otp", "status": "unverified", "strategy": strategy, "attempts": 0,
        "expire_at": now_ms + crate::codes::PATIENCE_MS,
    })
}

impl SignIn {
    fn status(&self) -> &'static str {
        match (&self.session, &self.user) {
            (Some(_), _) => "complete",
            (None, Some(_)) if self.resets => "needs_new_password",
            (None, Some(_)) => "needs_second_factor",
            (None, None) if self.identifier.is_empty() => "needs_identifier",
            (None, None) => "needs_first_factor",
        }
    }

    pub(crate) fn object(&self, state: &State) -> Value {
        let status = self.status();
        let known = state.users.iter().find(|user| user.email == self.identifier);
        let proved = self.user.is_some() || self.session.is_some();
        let first = match (proved, self.first.as_str()) {
            (_, "") => Value::Null,
            (true, strategy) => verified(strategy),
            (false, strategy) => sent(strategy, self.begun_at),
        };
        json!({
            "object": "sign_in_attempt", "id": self.id, "status": status, "supported_identifiers": ["email_address"],
            "supported_first_factors": known.map(|user| first_factors(user, true)).unwrap_or_default(),
            "supported_second_factors": if status == "needs_second_factor" { json!([{ "strategy": "totp" }]) } else { Value::Null },
            "first_factor_verification": first, "second_factor_verification": null,
            "identifier": if self.identifier.is_empty() { Value::Null } else { self.identifier.as_str().into() },
            "created_session_id": self.session, "abandon_at": null,
            "user_data": known.map(|user| json!({ "first_name": user.first_name, "last_name": user.last_name, "image_url": "", "has_image": false })),
        })
    }
}
