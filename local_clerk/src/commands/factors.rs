//! Verification factors: one-time codes by email, and authenticator apps.

use super::{sessions::update_session, users::update_user};
use crate::json::users::email as email_json;
use crate::model::{Mail, Refused, Result, State, ensure, totp};

/// How many emails the mailbox keeps.
const CAPACITY: usize = 100;

/// Puts an email into the mailbox, the log and a webhook.
pub(crate) fn send_email(state: &mut State, mail: Mail) {
    let (code, link) = (mail.code.as_deref().unwrap_or_default(), mail.link.as_deref().unwrap_or_default());
    tracing::info!(to = %mail.to, subject = %mail.subject, code, link, "email in /__clerk/hosted/mail");
    let object = email_json(&mail, state.user_by_email(&mail.to), &state.settings.application);
    state.record("email.created", object);
    state.mails.push(mail);
    let surplus = state.mails.len().saturating_sub(CAPACITY);
    state.mails.drain(..surplus);
}

/// Sends a one-time code, a limited number of times a minute to one address. `id`: of the sign-in,
/// sign-up or session that it verifies.
pub(crate) fn send_email_code(state: &mut State, id: &str, strategy: &str, email: &str) -> Result<()> {
    let (now_ms, subject) = (state.now_ms, format!("mail to {email}"));
    state.throttle.check(&subject)?;
    state.throttle.count(&subject, now_ms);
    let code = state.codes.issue(id, strategy, email, now_ms);
    send_email(state, Mail::with_code(email, strategy, code, now_ms));
    Ok(())
}

/// Uses up a one-time code. Wrong codes are limited like wrong passwords.
pub(crate) fn redeem_email_code(state: &mut State, id: &str, strategy: &str, email: &str, code: &str) -> Result<()> {
    state.limited(email, |state| state.codes.redeem(id, strategy, code))
}

/// A new secret for a user. It is unused until a code of it has been confirmed.
pub(crate) fn start_totp_enrolment(state: &mut State, user: &str) -> String {
    let secret = totp::new_secret();
    state.totp_enrolments.insert(user, secret.clone(), state.now_ms);
    secret
}

/// Confirms the first code of a new secret, which verifies the session's second factor too.
pub(crate) fn confirm_totp(state: &mut State, user: &str, session: &str, code: &str) -> Result<()> {
    let secret = state.limited(user, |state| {
        let is_right = |secret: &&String| totp::is_valid(secret, code, state.now_ms / 1000);
        state.totp_enrolments.get(user).filter(is_right).cloned().ok_or_else(Refused::incorrect_code)
    })?;
    state.totp_enrolments.remove(user);
    update_user(state, user, |user| user.totp = Some(secret))?;
    update_session(state, session, |session, now_ms| session.second_verified_at = Some(now_ms))?;
    Ok(())
}

pub(crate) fn remove_totp(state: &mut State, user: &str) -> Result<()> {
    update_user(state, user, |user| user.totp = None).map(|_| ())
}

/// Verifies a code of the user's authenticator app. Wrong codes are limited like wrong passwords.
pub(crate) fn check_totp(state: &mut State, user: &str, code: &str) -> Result<()> {
    state.limited(user, |state| {
        let secret = state.user(user).and_then(|user| user.totp.as_ref());
        let is_right = secret.is_some_and(|secret| totp::is_valid(secret, code, state.now_ms / 1000));
        ensure(is_right, Refused::incorrect_code())
    })
}

/// As [`check_totp`], but passes for a user without an authenticator app. Returns whether there is
/// one.
pub(crate) fn check_totp_if_enabled(state: &mut State, user: &str, code: &str) -> Result<bool> {
    let enabled = state.user(user).is_some_and(|user| user.totp.is_some());
    if enabled {
        check_totp(state, user, code)?;
    }
    Ok(enabled)
}
