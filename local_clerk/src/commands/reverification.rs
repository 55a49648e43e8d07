//! Reverification: the user of a running session proves again who they are.

use super::factors::{check_totp, check_totp_if_enabled, redeem_email_code, send_email_code};
use super::sessions::{end_sessions_of, update_session};
use super::sign_ins::unsupported_strategy;
use super::users::{check_credentials, set_password};
use crate::model::{Refused, Result, Reverification, Session, State, Status, StepParams, ensure};
use serde::Deserialize;

/// The result of a step.
type Step = Result<Reverification>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewPasswordParams {
    current_password: String,
    new_password: String,
    sign_out_of_other_sessions: bool,
}

/// Starts a reverification. A level above the first factor falls back to it for users who have no
/// second factor (Clerk behaviour).
pub(crate) fn start_reverification(state: &mut State, session: &Session, params: &StepParams) -> Step {
    let level = params.level.as_str();
    let has_second = state.user(&session.user).is_some_and(|user| user.totp.is_some());
    let status = if level == "second_factor" && has_second { "needs_second_factor" } else { "needs_first_factor" };
    let level = if has_second && !level.is_empty() { level } else { "first_factor" };
    state.reverifications.insert(session.id.clone(), level.to_owned());
    Ok(continued(state, session.clone(), status))
}

/// Sends a code for the first factor.
pub(crate) fn prepare_first_factor(state: &mut State, session: &Session, params: &StepParams) -> Step {
    let strategy = params.strategy.as_str();
    ensure(strategy == "email_code", unsupported_strategy())?;
    let email = address_of(state, session)?;
    send_email_code(state, &session.id, strategy, &email)?;
    let code_sent = Some(strategy.to_owned());
    Ok(Reverification { code_sent, ..continued(state, session.clone(), "needs_first_factor") })
}

pub(crate) fn attempt_first_factor(state: &mut State, session: &Session, params: &StepParams) -> Step {
    let session = match params.strategy.as_str() {
        "password" => verify_password(state, session, &params.password)?,
        "email_code" => {
            let email = address_of(state, session)?;
            redeem_email_code(state, &session.id, "email_code", &email, &params.code)?;
            update_session(state, &session.id, |session, now_ms| session.verified_at = now_ms)?
        }
        _ => return Err(unsupported_strategy()),
    };
    let passed = continued(state, session, "complete");
    let status = if passed.level == "multi_factor" { "needs_second_factor" } else { passed.status };
    Ok(Reverification { status, ..passed })
}

pub(crate) fn attempt_second_factor(state: &mut State, session: &Session, params: &StepParams) -> Step {
    ensure(params.strategy == "totp", unsupported_strategy())?;
    check_totp(state, &session.user, &params.code)?;
    let verified = update_session(state, &session.id, |session, now_ms| session.second_verified_at = Some(now_ms))?;
    Ok(continued(state, verified, "complete"))
}

/// Verifies the password, and the code where the user has an authenticator app.
pub(crate) fn verify_all_factors(state: &mut State, session: &Session, password: &str, code: &str) -> Result<Session> {
    let second = check_totp_if_enabled(state, &session.user, code)?;
    verify_password(state, session, password)?;
    update_session(state, &session.id, |session, now_ms| session.second_verified_at = second.then_some(now_ms))
}

/// Changes the password of the session's user, who gives the current one.
pub(crate) fn change_password(state: &mut State, session: &Session, params: &NewPasswordParams) -> Result<()> {
    verify_password(state, session, &params.current_password)?;
    set_password(state, &session.user, &params.new_password, "new_password")?;
    if params.sign_out_of_other_sessions {
        end_sessions_of(state, &session.user, Some(&session.id), Status::Revoked)?;
    }
    Ok(())
}

fn verify_password(state: &mut State, session: &Session, password: &str) -> Result<Session> {
    let email = address_of(state, session)?;
    check_credentials(state, &email, password).map_err(|refused| match refused.code {
        "form_password_incorrect" => Refused { message: "Password is incorrect. Try again.".into(), ..refused },
        _ => refused,
    })?;
    update_session(state, &session.id, |session, now_ms| session.verified_at = now_ms)
}

fn address_of(state: &State, session: &Session) -> Result<String> {
    state.user(&session.user).map(|user| user.email.clone()).ok_or_else(Refused::not_found)
}

fn continued(state: &State, session: Session, status: &'static str) -> Reverification {
    let level = state.reverifications.get(&session.id).map_or("first_factor", String::as_str).to_owned();
    Reverification { session, status, level, code_sent: None }
}
