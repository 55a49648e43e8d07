//! Authenticator apps as the second factor: enrol, confirm, verify, remove.

use super::sessions::update_session;
use super::users::update_user;
use crate::model::refused::Refused;
use crate::model::state::State;
use crate::model::totp;
use crate::model::user::User;

fn incorrect_code() -> Refused {
    Refused::param("form_code_incorrect", "code", "Incorrect code.")
}

/// A new secret for a user. It is unused until a code of it has been confirmed.
pub(crate) fn start_totp_enrolment(state: &mut State, user: &str) -> String {
    let secret = totp::new_secret();
    state.totp_enrolments.start(user, &secret, state.now_ms);
    secret
}

/// Confirms the first code of a new secret, which verifies the session's second factor too.
pub(crate) fn confirm_totp(state: &mut State, user: &str, session: &str, code: &str) -> Result<(), Refused> {
    let now_ms = state.now_ms;
    state.throttle.check(user, now_ms)?;
    let secret = state.totp_enrolments.secret(user).filter(|secret| totp::is_valid(secret, code, now_ms / 1000));
    let Some(secret) = secret.map(str::to_owned) else {
        state.throttle.count(user, now_ms);
        return Err(incorrect_code());
    };
    state.totp_enrolments.end(user);
    update_user(state, user, |user| user.totp = Some(secret))?;
    update_session(state, session, |session, now_ms| session.second_verified_at = Some(now_ms))?;
    Ok(())
}

pub(crate) fn remove_totp(state: &mut State, user: &str) -> Result<User, Refused> {
    update_user(state, user, |user| user.totp = None)
}

/// Verifies a code of the user's authenticator app. Wrong codes are limited like wrong passwords.
pub(crate) fn check_totp(state: &mut State, user: &str, code: &str) -> Result<(), Refused> {
    let now_ms = state.now_ms;
    state.throttle.check(user, now_ms)?;
    let secret = state.user(user).and_then(|user| user.totp.as_ref());
    if secret.is_some_and(|secret| totp::is_valid(secret, code, now_ms / 1000)) {
        return Ok(());
    }
    state.throttle.count(user, now_ms);
    Err(incorrect_code())
}

/// As [`check_totp`], but passes for a user without an authenticator app. Returns whether there is one.
pub(crate) fn check_totp_if_enabled(state: &mut State, user: &str, code: &str) -> Result<bool, Refused> {
    let enabled = state.user(user).is_some_and(|user| user.totp.is_some());
    if enabled {
        check_totp(state, user, code)?;
    }
    Ok(enabled)
}
