//! Sign-in attempts.

use super::verifications::{code_sent, first_factors, second_factors, verified};
use crate::model::sign_in::SignIn;
use crate::model::state::State;
use serde_json::{Value, json};

pub(crate) fn sign_in(state: &State, sign_in: &SignIn) -> Value {
    let status = sign_in.status();
    let user = state.user_by_email(&sign_in.identifier);
    let is_verified = sign_in.user.is_some() || sign_in.session.is_some();
    let first_factor = match (is_verified, sign_in.first_factor.as_str()) {
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
        "object": "sign_in_attempt", "id": sign_in.id, "status": status,
        "supported_identifiers": ["email_address"],
        "supported_first_factors": user.map(|user| first_factors(user, true)).unwrap_or_default(),
        "supported_second_factors":
            if status == "needs_second_factor" { second_factors() } else { Value::Null },
        "first_factor_verification": first_factor, "second_factor_verification": null,
        "identifier": Some(&sign_in.identifier).filter(|text| !text.is_empty()),
        "created_session_id": sign_in.session, "abandon_at": null, "user_data": user_data,
    })
}
