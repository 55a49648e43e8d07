//! Sign-ins with a link: a sign-in token, an impersonation, or an invitation to an existing user.

use super::invitations::accept_invitation;
use super::second_factor::check_totp_if_enabled;
use super::sign_in_sessions::{NewSession, start_session};
use super::sign_ins::{finish_sign_in, pass_first_factor};
use super::tickets::{Resolved, resolve_ticket, use_ticket};
use crate::model::browser::Browser;
use crate::model::refused::Refused;
use crate::model::session::Session;
use crate::model::sign_in::SignIn;
use crate::model::state::State;
use crate::model::ticket::Ticket;

/// Signs in with a ticket. A sign-in token or actor token needs no other proof. An invitation only
/// proves the email address, which is the first factor.
pub(crate) fn create_ticket_sign_in(state: &mut State, browser: &Browser, token: &str) -> Result<SignIn, Refused> {
    let (user, invitation) = match resolve_ticket(state, token)? {
        Resolved::Ticket(ticket) => (ticket.user, None),
        Resolved::Invitation(invitation) => {
            let user = state.user_by_email(&invitation.email).ok_or_else(|| {
                let text = "No account exists for this email address. Sign up with the link.";
                Refused::new(422, "invitation_account_not_exists", text)
            })?;
            (user.id.clone(), Some(invitation.id))
        }
    };
    let email = state.user(&user).map(|user| user.email.clone()).unwrap_or_default();
    let sign_in = state.sign_ins.start(&browser.client, &email, state.now_ms);
    let sign_in = SignIn { first_factor: "ticket".to_owned(), invitation, ..sign_in };
    if sign_in.invitation.is_some() {
        return pass_first_factor(state, browser, sign_in, &user);
    }
    let ticket = use_ticket(state, token)?;
    finish_sign_in(state, sign_in, &session_of(ticket, browser.clone()))
}

/// As [`create_ticket_sign_in`], in one step. `code`: of the authenticator app, for an invitation to
/// a user who has one. `Ok(None)`: the invited user must sign up first.
pub(crate) fn sign_in_with_ticket(
    state: &mut State,
    browser: Browser,
    token: &str,
    code: &str,
) -> Result<Option<Session>, Refused> {
    let invitation = match resolve_ticket(state, token)? {
        Resolved::Ticket(_) => {
            let new = session_of(use_ticket(state, token)?, browser);
            return start_session(state, &new).map(Some);
        }
        Resolved::Invitation(invitation) => invitation,
    };
    let Some(user) = state.user_by_email(&invitation.email).cloned() else { return Ok(None) };
    user.may_sign_in()?;
    let second_factor = check_totp_if_enabled(state, &user.id, code)?;
    let _ = accept_invitation(state, &invitation.id, &user.id);
    let new = NewSession { user: user.id, browser, second_factor, ..NewSession::default() };
    start_session(state, &new).map(Some)
}

fn session_of(ticket: Ticket, browser: Browser) -> NewSession {
    NewSession {
        user: ticket.user,
        browser,
        second_factor: false,
        actor: ticket.actor,
        lifetime_s: ticket.session_lasts_s,
    }
}
