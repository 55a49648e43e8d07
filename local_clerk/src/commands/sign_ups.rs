//! Sign-ups, step by step: the user's details, the code that verifies the address, the session.

use super::factors::{redeem_email_code, send_email_code};
use super::sign_in_sessions::{NewSession, start_session};
use super::tickets::{Resolved, resolve_ticket};
use super::users::{add_user, check_address, check_address_is_free};
use super::{invitations::accept_invitation, sign_ins::unsupported_strategy};
use crate::model::{Browser, Refused, Result, SignUp, SignUpDetails, State, StepParams, User, ensure};
use crate::{model::user::check_password_length, random::new_id};

/// Starts a sign-up. The link of an invitation verifies the address that it was sent to.
pub(crate) fn create_sign_up(state: &mut State, browser: &Browser, params: &StepParams) -> Result<SignUp> {
    let draft = User::new(&new_id("user"), ("", ""), "", None, state.now_ms);
    let details = SignUpDetails { draft, verified: false, prepared: false };
    let sign_up = state.sign_ups.start(new_id("sua"), browser, details, state.now_ms);
    update_sign_up(state, sign_up, params)
}

pub(crate) fn prepare_verification(state: &mut State, mut sign_up: SignUp, params: &StepParams) -> Result<SignUp> {
    let email = &sign_up.details.draft.email;
    ensure(params.strategy == "email_code" && !email.is_empty(), unsupported_strategy())?;
    send_email_code(state, &sign_up.id, "email_code", email)?;
    sign_up.details.prepared = true;
    state.sign_ups.update(&sign_up);
    Ok(sign_up)
}

pub(crate) fn attempt_verification(state: &mut State, mut sign_up: SignUp, params: &StepParams) -> Result<SignUp> {
    ensure(params.strategy == "email_code", unsupported_strategy())?;
    redeem_email_code(state, &sign_up.id, "email_code", &sign_up.details.draft.email, &params.code)?;
    sign_up.details.verified = true;
    finish(state, sign_up)
}

pub(crate) fn update_sign_up(state: &mut State, mut sign_up: SignUp, params: &StepParams) -> Result<SignUp> {
    if params.strategy == "ticket" && !params.ticket.is_empty() {
        use_invitation(state, &mut sign_up, &params.ticket)?;
    }
    let (email, details) = (params.email_address.trim().to_lowercase(), &mut sign_up.details);
    if !email.is_empty() && email != details.draft.email {
        check_address(&email)?;
        check_address_is_free(state, &email)?;
        (details.draft.email, details.verified, details.prepared) = (email, false, false);
        sign_up.invitation = None;
    }
    if !params.password.is_empty() {
        check_password_length(&params.password, "password")?;
        details.draft.set_password(&params.password);
    }
    let (first, last) = (&mut details.draft.first_name, &mut details.draft.last_name);
    for (text, name) in [(&params.first_name, first), (&params.last_name, last)] {
        let text: String = text.trim().chars().take(100).collect();
        if !text.is_empty() {
            *name = text;
        }
    }
    finish(state, sign_up)
}

fn use_invitation(state: &State, sign_up: &mut SignUp, token: &str) -> Result<()> {
    let Resolved::Invitation(invitation) = resolve_ticket(state, token)? else {
        let text = "This link is for an existing account. Sign in with it.";
        return Err(Refused::param("ticket_invalid_code", "ticket", text));
    };
    check_address_is_free(state, &invitation.email)?;
    (sign_up.details.draft.email, sign_up.details.verified) = (invitation.email, true);
    sign_up.invitation = Some(invitation.id);
    Ok(())
}

/// Creates the user and the session of a sign-up that is ready; keeps it otherwise.
fn finish(state: &mut State, mut sign_up: SignUp) -> Result<SignUp> {
    if !sign_up.is_ready() {
        state.sign_ups.update(&sign_up);
        return Ok(sign_up);
    }
    let draft = &mut sign_up.details.draft;
    check_address_is_free(state, &draft.email)?;
    (draft.created_at, draft.updated_at) = (state.now_ms, state.now_ms);
    add_user(state, draft.clone());
    state.sign_ups.remove(&sign_up.browser.client);
    if let Some(invitation) = &sign_up.invitation {
        let _ = accept_invitation(state, invitation, &draft.id);
    }
    let (user, browser) = (draft.id.clone(), sign_up.browser.clone());
    let session = start_session(state, &NewSession { user, browser, ..NewSession::default() })?;
    (sign_up.session, sign_up.browser.client) = (Some(session.id), session.client);
    Ok(sign_up)
}
