//! Reverifications of a session.

use super::client::{Mint, own_session};
use super::verifications::{first_factors, second_factors, verified};
use crate::model::commands::reverification::Reverification;
use crate::model::state::State;
use serde_json::{Value, json};

pub(crate) fn reverification(state: &State, current: &Reverification, mint: Mint<'_>) -> Value {
    let user = state.user(&current.session.user);
    let has_second = user.is_some_and(|user| user.totp.is_some());
    let first = if current.status == "needs_first_factor" { Value::Null } else { verified("password") };
    json!({
        "object": "session_reverification", "status": current.status, "level": current.level,
        "session": own_session(state, &current.session, mint),
        "supported_first_factors": user.map(|user| first_factors(user, false)).unwrap_or_default(),
        "supported_second_factors": if has_second { second_factors() } else { Value::Null },
        "first_factor_verification": first, "second_factor_verification": null,
    })
}
