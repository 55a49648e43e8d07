//! Sign-in and sign-up attempts, and the verifications of their factors.

use crate::model::{SignIn, SignUp, SignUpDetails, State, User, attempt::LIFETIME_MS, codes};
use serde_json::{Value, json};

pub(crate) fn sign_in(state: &State, sign_in: &SignIn) -> Value {
    let status = sign_in.status();
    let details = &sign_in.details;
    let user = state.user_by_email(&details.identifier);
    let is_verified = details.user.is_some() || sign_in.session.is_some();
    let first_factor = match (is_verified, details.first_factor.as_str()) {
        (_, "") => Value::Null,
        (true, strategy) => verified(strategy),
        (false, strategy) => code_sent(strategy, sign_in.begun_at),
    };
    let user_data = user.map(|user| {
        json!({
            "first_name": user.first_name, "last_name": user.last_name, "image_url": "", "has_image": false,
        })
    });
    json!({
        "object": "sign_in_attempt", "id": sign_in.id, "status": status, "supported_identifiers": ["email_address"],
        "supported_first_factors": user.map(|user| first_factors(user, true)).unwrap_or_default(),
        "supported_second_factors":
            if status == "needs_second_factor" { second_factors() } else { Value::Null },
        "first_factor_verification": first_factor, "second_factor_verification": null,
        "identifier": Some(&details.identifier).filter(|text| !text.is_empty()),
        "created_session_id": sign_in.session, "abandon_at": null, "user_data": user_data,
    })
}

pub(crate) fn sign_up(state: &State, sign_up: &SignUp) -> Value {
    let (draft, is_complete) = (&sign_up.details.draft, sign_up.session.is_some());
    let is_unverified = !sign_up.details.verified && !draft.email.is_empty();
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "object": "sign_up_attempt", "id": sign_up.id,
        "status": if is_complete { "complete" } else { "missing_requirements" },
        "required_fields": ["email_address", "password"], "optional_fields": ["first_name", "last_name"],
        "missing_fields": sign_up.missing_fields(),
        "unverified_fields": if is_unverified { json!(["email_address"]) } else { json!([]) },
        "verifications": {
            "email_address": verification(sign_up, state.now_ms), "phone_number": null, "web3_wallet": null,
            "external_account": null,
        },
        "username": null, "email_address": text(&draft.email), "phone_number": null, "web3_wallet": null,
        "password_enabled": draft.has_password(), "has_password": draft.has_password(),
        "first_name": text(&draft.first_name), "last_name": text(&draft.last_name),
        "unsafe_metadata": {}, "public_metadata": {}, "custom_action": false,
        "external_id": null, "created_session_id": sign_up.session,
        "created_user_id": is_complete.then_some(&draft.id), "abandon_at": sign_up.begun_at + LIFETIME_MS,
        "legal_accepted_at": null, "locale": null, "timezone": null,
    })
}

fn verification(sign_up: &SignUp, now_ms: i64) -> Option<Value> {
    let strategy = if sign_up.invitation.is_some() { "ticket" } else { "email_code" };
    let SignUpDetails { prepared, verified, .. } = sign_up.details;
    (prepared || verified).then(|| {
        json!({
            "object": "verification_otp", "status": if verified { "verified" } else { "unverified" },
            "strategy": strategy, "attempts": 0, "expire_at": now_ms + codes::LIFETIME_MS,
            "next_action": "needs_attempt", "supported_strategies": ["email_code"],
        })
    })
}

pub(crate) fn verified(strategy: &str) -> Value {
    json!({
        "object": format!("verification_{strategy}"), "status": "verified", "strategy": strategy, "attempts": 1,
        "expire_at": null,
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

pub(crate) fn second_factors() -> Value {
    json!([{ "strategy": "totp" }])
}

/// Enough of an address for its owner to recognise it.
fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", name.chars().next().unwrap_or('*'))
}
