//! Sign-ups, step by step: the user's details, the code that verifies the address, the session.

use super::factors::{redeem_email_code, send_email_code};
use super::sign_in_sessions::{NewSession, start_session};
use super::tickets::{Resolved, resolve_ticket};
use super::users::{add_user, check_address, check_address_is_free};
use super::{invitations::accept_invitation, sign_ins::unsupported_strategy};
use crate::model::user::check_password_length;
use crate::model::{Browser, Refused, Result, SignUp, SignUpParams, State};

/// Starts a sign-up. The link of an invitation verifies the address that it was sent to.
pub(crate) fn create_sign_up(state: &mut State, browser: &Browser, params: &SignUpParams) -> Result<SignUp> {
    let sign_up = state.sign_ups.start(&browser.client, state.now_ms);
    fill_in(state, browser, sign_up, params)
}

pub(crate) fn find_sign_up(state: &State, browser: &Browser, id: &str) -> Result<SignUp> {
    let found = state.sign_ups.of_client(&browser.client).filter(|found| found.id == id);
    found.cloned().ok_or_else(Refused::not_found)
}

pub(crate) fn update_sign_up(state: &mut State, browser: &Browser, id: &str, params: &SignUpParams) -> Result<SignUp> {
    let sign_up = find_sign_up(state, browser, id)?;
    fill_in(state, browser, sign_up, params)
}

/// Sends the code that verifies the address.
pub(crate) fn prepare_verification(
    state: &mut State,
    browser: &Browser,
    id: &str,
    params: &SignUpParams,
) -> Result<SignUp> {
    let mut sign_up = find_sign_up(state, browser, id)?;
    if params.strategy != "email_code" || sign_up.draft.email.is_empty() {
        return Err(unsupported_strategy());
    }
    send_email_code(state, &sign_up.id, "email_code", &sign_up.draft.email)?;
    sign_up.prepared = true;
    state.sign_ups.update(&sign_up);
    Ok(sign_up)
}

pub(crate) fn attempt_verification(
    state: &mut State,
    browser: &Browser,
    id: &str,
    params: &SignUpParams,
) -> Result<SignUp> {
    let mut sign_up = find_sign_up(state, browser, id)?;
    if params.strategy != "email_code" {
        return Err(unsupported_strategy());
    }
    redeem_email_code(state, &sign_up.id, "email_code", &sign_up.draft.email, &params.code)?;
    sign_up.verified = true;
    finish(state, browser, sign_up)
}

fn fill_in(state: &mut State, browser: &Browser, mut sign_up: SignUp, params: &SignUpParams) -> Result<SignUp> {
    if params.strategy == "ticket" && !params.ticket.is_empty() {
        use_invitation(state, &mut sign_up, &params.ticket)?;
    }
    let email = params.email_address.trim().to_lowercase();
    if !email.is_empty() && email != sign_up.draft.email {
        check_address(&email)?;
        check_address_is_free(state, &email)?;
        (sign_up.draft.email, sign_up.verified, sign_up.prepared) = (email, false, false);
        sign_up.invitation = None;
    }
    if !params.password.is_empty() {
        check_password_length(&params.password, "password")?;
        sign_up.draft.set_password(&params.password);
    }
    let (first, last) = (&mut sign_up.draft.first_name, &mut sign_up.draft.last_name);
    for (text, name) in [(&params.first_name, first), (&params.last_name, last)] {
        let text: String = text.trim().chars().take(100).collect();
        if !text.is_empty() {
            *name = text;
        }
    }
    finish(state, browser, sign_up)
}

fn use_invitation(state: &State, sign_up: &mut SignUp, token: &str) -> Result<()> {
    let Resolved::Invitation(invitation) = resolve_ticket(state, token)? else {
        let text = "This link is for an existing account. Sign in with it.";
        return Err(Refused::param("ticket_invalid_code", "ticket", text));
    };
    check_address_is_free(state, &invitation.email)?;
    (sign_up.draft.email, sign_up.invitation, sign_up.verified) = (invitation.email, Some(invitation.id), true);
    Ok(())
}

/// Creates the user and the session of a sign-up that is ready; keeps it otherwise.
fn finish(state: &mut State, browser: &Browser, mut sign_up: SignUp) -> Result<SignUp> {
    if !sign_up.is_ready() {
        state.sign_ups.update(&sign_up);
        return Ok(sign_up);
    }
    check_address_is_free(state, &sign_up.draft.email)?;
    (sign_up.draft.created_at, sign_up.draft.updated_at) = (state.now_ms, state.now_ms);
    add_user(state, sign_up.draft.clone());
    state.sign_ups.end(&sign_up.id);
    if let Some(invitation) = &sign_up.invitation {
        let _ = accept_invitation(state, invitation, &sign_up.draft.id);
    }
    let user = sign_up.draft.id.clone();
    let session = start_session(state, &NewSession { user, browser: browser.clone(), ..NewSession::default() })?;
    (sign_up.session, sign_up.client) = (Some(session.id), session.client);
    Ok(sign_up)
}
