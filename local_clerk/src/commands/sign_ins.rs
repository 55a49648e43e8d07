//! Sign-ins, step by step: identifier, first factor, second factor or new password.

use super::factors::{check_totp, check_totp_if_enabled, redeem_email_code, send_email_code};
use super::sign_in_sessions::{NewSession, start_session};
use super::users::{check_credentials, set_password};
use super::{invitations::accept_invitation, sessions::end_sessions_of};
use crate::model::{Browser, Refused, Result, Session, SignIn, SignInDetails, State, Status, StepParams, ensure};
use crate::random::new_id;
use serde_json::json;

pub(crate) fn unsupported_strategy() -> Refused {
    Refused::new(422, "strategy_for_user_invalid", "The verification strategy is not valid for this account.")
}

/// Starts a sign-in without any check. It replaces an earlier one of the browser.
pub(super) fn start_sign_in(state: &mut State, browser: &Browser, identifier: &str) -> SignIn {
    let details = SignInDetails { identifier: identifier.to_owned(), ..SignInDetails::default() };
    state.sign_ins.start(new_id("sia"), browser, details, state.now_ms)
}

/// Starts a sign-in. It takes one step where the password comes with the identifier.
pub(crate) fn create_sign_in(state: &mut State, browser: &Browser, params: &StepParams) -> Result<SignIn> {
    ensure(matches!(params.strategy.as_str(), "" | "password" | "email_code"), unsupported_strategy())?;
    let identifier = params.identifier.trim().to_lowercase();
    check_identifier(state, &browser.client, &identifier)?;
    let sign_in = start_sign_in(state, browser, &identifier);
    match (params.password.is_empty(), params.strategy == "email_code") {
        (false, _) => attempt_password(state, sign_in, &params.password),
        (true, true) => send_code(state, sign_in, "email_code"),
        (true, false) => Ok(sign_in),
    }
}

/// Refuses an unknown address (Clerk behaviour without its protection against enumeration), and a
/// user who is signed in already.
fn check_identifier(state: &State, client: &str, email: &str) -> Result<()> {
    let Some(user) = state.user_by_email(email) else {
        let text = "Couldn't find your account.";
        let unknown = Refused::param("form_identifier_not_found", "identifier", text);
        return if email.is_empty() { Ok(()) } else { Err(unknown) };
    };
    let own = state.sessions_of_client(client).find(|found| found.user == user.id && found.actor.is_none());
    own.map_or(Ok(()), |session| {
        let refused = Refused::new(400, "identifier_already_signed_in", "You're already signed in to this account.");
        Err(refused.with_meta("session_id", json!(session.id)))
    })
}

/// Sends a code for the first factor.
pub(crate) fn prepare_first_factor(state: &mut State, sign_in: SignIn, params: &StepParams) -> Result<SignIn> {
    ensure(is_by_email(&params.strategy), unsupported_strategy())?;
    let own_id = state.user_by_email(&sign_in.details.identifier).map(|user| user.email_id());
    let is_own = params.email_address_id.is_empty() || own_id.as_deref() == Some(&params.email_address_id);
    ensure(is_own, Refused::not_found())?;
    send_code(state, sign_in, &params.strategy)
}

pub(crate) fn attempt_first_factor(state: &mut State, mut sign_in: SignIn, params: &StepParams) -> Result<SignIn> {
    if params.strategy == "password" {
        return attempt_password(state, sign_in, &params.password);
    }
    ensure(is_by_email(&params.strategy), unsupported_strategy())?;
    let email = &sign_in.details.identifier;
    redeem_email_code(state, &sign_in.id, &params.strategy, email, &params.code)?;
    let user = state.user_by_email(email).map(|user| user.id.clone()).unwrap_or_default();
    sign_in.details.first_factor.clone_from(&params.strategy);
    sign_in.details.needs_new_password = params.strategy == "reset_password_email_code";
    pass_first_factor(state, sign_in, &user)
}

pub(crate) fn attempt_second_factor(state: &mut State, sign_in: SignIn, params: &StepParams) -> Result<SignIn> {
    let is_expected = params.strategy == "totp" && !sign_in.details.needs_new_password;
    let user = sign_in.details.user.clone().filter(|_| is_expected).ok_or_else(unsupported_strategy)?;
    check_totp(state, &user, &params.code)?;
    let browser = sign_in.browser.clone();
    finish_sign_in(state, sign_in, &NewSession { user, browser, second_factor: true, ..NewSession::default() })
}

/// Sets a new password after the code for a forgotten one.
pub(crate) fn reset_password(state: &mut State, mut sign_in: SignIn, params: &StepParams) -> Result<SignIn> {
    let user = sign_in.details.user.clone().filter(|_| sign_in.details.needs_new_password);
    let user = user.ok_or_else(unsupported_strategy)?;
    set_password(state, &user, &params.password, "password")?;
    if params.sign_out_of_other_sessions {
        end_sessions_of(state, &user, None, Status::Ended)?;
    }
    sign_in.details.needs_new_password = false;
    pass_first_factor(state, sign_in, &user)
}

fn is_by_email(strategy: &str) -> bool {
    matches!(strategy, "email_code" | "reset_password_email_code")
}

fn send_code(state: &mut State, mut sign_in: SignIn, strategy: &str) -> Result<SignIn> {
    ensure(!sign_in.details.identifier.is_empty(), unsupported_strategy())?;
    send_email_code(state, &sign_in.id, strategy, &sign_in.details.identifier)?;
    strategy.clone_into(&mut sign_in.details.first_factor);
    state.sign_ins.update(&sign_in);
    Ok(sign_in)
}

fn attempt_password(state: &mut State, mut sign_in: SignIn, password: &str) -> Result<SignIn> {
    let user = check_credentials(state, &sign_in.details.identifier, password)?.id;
    "password".clone_into(&mut sign_in.details.first_factor);
    pass_first_factor(state, sign_in, &user)
}

/// Continues after the first factor: with a new password, the second factor, or the session.
pub(super) fn pass_first_factor(state: &mut State, mut sign_in: SignIn, user: &str) -> Result<SignIn> {
    let found = state.user(user).ok_or_else(Refused::not_found)?;
    found.may_sign_in()?;
    if sign_in.details.needs_new_password || found.totp.is_some() {
        sign_in.details.user = Some(user.to_owned());
        state.sign_ins.update(&sign_in);
        return Ok(sign_in);
    }
    let (user, browser) = (user.to_owned(), sign_in.browser.clone());
    finish_sign_in(state, sign_in, &NewSession { user, browser, ..NewSession::default() })
}

/// Ends a sign-in with a session. The browser has a new client id afterwards.
pub(super) fn finish_sign_in(state: &mut State, mut sign_in: SignIn, new: &NewSession) -> Result<SignIn> {
    if let Some(invitation) = &sign_in.invitation {
        let _ = accept_invitation(state, invitation, &new.user);
    }
    state.sign_ins.remove(&sign_in.browser.client);
    let session = start_session(state, new)?;
    (sign_in.session, sign_in.browser.client) = (Some(session.id), session.client);
    Ok(sign_in)
}

/// Signs in with everything at once: email address, password, and a code where the user has an
/// authenticator app.
pub(crate) fn sign_in_at_once(state: &mut State, browser: Browser, form: (&str, &str, &str)) -> Result<Session> {
    let (email, password, code) = form;
    let user = check_credentials(state, email, password)?.id;
    let second_factor = check_totp_if_enabled(state, &user, code)?;
    start_session(state, &NewSession { user, browser, second_factor, ..NewSession::default() })
}
