//! Tickets: create, revoke, resolve, and sign in with a link: a sign-in token, an impersonation, or
//! an invitation to an existing user.

use super::sign_in_sessions::NewSession;
use super::sign_ins::{attempt_second_factor, create_sign_in, finish_sign_in, pass_first_factor, start_sign_in};
use crate::json::sessions::ticket as ticket_json;
use crate::model::{
    Browser, Invitation, Refused, Result, Session, SignIn, State, StepParams, Ticket, TicketStatus, ensure,
};
use crate::{model::ticket::ticket_url, random::new_id, random::random_id};
use serde::Deserialize;
use serde_json::Value;

const MONTH_S: i64 = 30 * 86_400;
const HOUR_S: i64 = 3600;
const HALF_HOUR_S: i64 = 1800;
/// Clerk's code for an invited person who has no account yet.
const WITHOUT_ACCOUNT: &str = "invitation_account_not_exists";
/// Longest lifetime: ten years.
const LONGEST_S: i64 = 10 * 365 * 86_400;

/// The object that a token belongs to.
#[derive(Clone, Debug)]
pub(crate) enum Resolved {
    Ticket(Ticket),
    Invitation(Invitation),
}

#[derive(Deserialize)]
pub(crate) struct TicketParams {
    #[serde(default)]
    user_id: String,
    /// The impersonator, of an actor token.
    actor: Option<Value>,
    expires_in_seconds: Option<i64>,
    session_max_duration_in_seconds: Option<i64>,
}

pub(crate) fn create_sign_in_token(state: &mut State, params: TicketParams) -> Result<Value> {
    add_ticket(state, "sit", TicketParams { actor: None, session_max_duration_in_seconds: None, ..params }, MONTH_S)
}

pub(crate) fn create_actor_token(state: &mut State, params: TicketParams) -> Result<Value> {
    let sub = params.actor.as_ref().and_then(|actor| actor["sub"].as_str()).unwrap_or_default();
    ensure(!sub.is_empty(), Refused::missing("actor", "The actor must have a sub."))?;
    let session_lasts_s = params.session_max_duration_in_seconds.or(Some(HALF_HOUR_S));
    add_ticket(state, "act", TicketParams { session_max_duration_in_seconds: session_lasts_s, ..params }, HOUR_S)
}

fn add_ticket(state: &mut State, prefix: &str, params: TicketParams, lifetime_s: i64) -> Result<Value> {
    state.user(&params.user_id).ok_or_else(Refused::not_found)?;
    let lifetime_s = params.expires_in_seconds.unwrap_or(lifetime_s).clamp(1, LONGEST_S);
    let ticket = Ticket {
        id: new_id(prefix),
        token: random_id(),
        user: params.user_id,
        actor: params.actor,
        session_lasts_s: params.session_max_duration_in_seconds.map(|seconds| seconds.clamp(1, LONGEST_S)),
        status: TicketStatus::Pending,
        created_at: state.now_ms,
        updated_at: state.now_ms,
        expires_at: state.now_ms + lifetime_s * 1000,
    };
    let mut object = ticket_json(&ticket);
    object["url"] = ticket_url(&state.settings.public_origin, &ticket.token, None, None).into();
    object["token"] = ticket.token.as_str().into();
    state.tickets.push(ticket);
    Ok(object)
}

pub(crate) fn revoke_sign_in_token(state: &mut State, id: &str) -> Result<Value> {
    revoke(state, id, false, "sign_in_token_cannot_be_revoked_code")
}

pub(crate) fn revoke_actor_token(state: &mut State, id: &str) -> Result<Value> {
    revoke(state, id, true, "actor_token_cannot_be_revoked_code")
}

fn revoke(state: &mut State, id: &str, has_actor: bool, refusal: &'static str) -> Result<Value> {
    let now_ms = state.now_ms;
    let is_it = |found: &&mut Ticket| found.id == id && found.actor.is_some() == has_actor;
    let ticket = state.tickets.iter_mut().find(is_it).ok_or_else(Refused::not_found)?;
    ensure(ticket.status == TicketStatus::Pending, Refused::new(400, refusal, "The token is not pending."))?;
    (ticket.status, ticket.updated_at) = (TicketStatus::Revoked, now_ms);
    Ok(ticket_json(ticket))
}

fn invalid_ticket() -> Refused {
    Refused::new(400, "ticket_invalid_code", "This link is invalid.")
}

/// Finds the usable ticket or pending invitation with this token.
pub(crate) fn resolve_ticket(state: &State, token: &str) -> Result<Resolved> {
    ensure(!token.is_empty(), invalid_ticket())?;
    if let Some(ticket) = state.tickets.iter().find(|ticket| ticket.token == token) {
        return ticket.check_usable(state.now_ms).map(|()| Resolved::Ticket(ticket.clone()));
    }
    let invitation = state.invitations.iter().find(|invitation| invitation.token == token);
    let invitation = invitation.ok_or_else(invalid_ticket)?;
    invitation.check_pending(state.now_ms).map(|()| Resolved::Invitation(invitation.clone()))
}

/// Uses a ticket up. A ticket of a user who may not sign in stays unused.
fn use_ticket(state: &mut State, token: &str) -> Result<Ticket> {
    let Resolved::Ticket(ticket) = resolve_ticket(state, token)? else { return Err(invalid_ticket()) };
    state.user(&ticket.user).ok_or_else(invalid_ticket)?.may_sign_in()?;
    let now_ms = state.now_ms;
    if let Some(kept) = state.tickets.iter_mut().find(|kept| kept.id == ticket.id) {
        (kept.status, kept.updated_at) = (TicketStatus::Accepted, now_ms);
    }
    Ok(ticket)
}

/// Starts a sign-in with a ticket or with another strategy.
pub(crate) fn create_any_sign_in(state: &mut State, browser: &Browser, params: &StepParams) -> Result<SignIn> {
    match params.strategy.as_str() {
        "ticket" => create_ticket_sign_in(state, browser, &params.ticket),
        _ => create_sign_in(state, browser, params),
    }
}

/// Signs in with a ticket. A sign-in token or actor token needs no other proof. An invitation only
/// proves the email address, which is the first factor.
fn create_ticket_sign_in(state: &mut State, browser: &Browser, token: &str) -> Result<SignIn> {
    let (user, invitation) = match resolve_ticket(state, token)? {
        Resolved::Ticket(ticket) => (ticket.user, None),
        Resolved::Invitation(invitation) => {
            let user = state.user_by_email(&invitation.email).ok_or_else(|| {
                let text = "No account exists for this email address. Sign up with the link.";
                Refused::new(422, WITHOUT_ACCOUNT, text)
            })?;
            (user.id.clone(), Some(invitation.id))
        }
    };
    let email = state.user(&user).map(|user| user.email.clone()).unwrap_or_default();
    let mut sign_in = start_sign_in(state, browser, &email);
    "ticket".clone_into(&mut sign_in.details.first_factor);
    sign_in.invitation = invitation;
    if sign_in.invitation.is_some() {
        return pass_first_factor(state, sign_in, &user);
    }
    let ticket = use_ticket(state, token)?;
    finish_sign_in(state, sign_in, &session_of(ticket, browser.clone()))
}

/// As [`create_ticket_sign_in`], in one step. `code`: of the authenticator app, for an invitation
/// to a user who has one. `Ok(None)`: the invited user must sign up first.
pub(crate) fn sign_in_with_ticket(
    state: &mut State,
    browser: &Browser,
    token: &str,
    code: &str,
) -> Result<Option<Session>> {
    let mut sign_in = match create_ticket_sign_in(state, browser, token) {
        Err(refused) if refused.code == WITHOUT_ACCOUNT => return Ok(None),
        created => created?,
    };
    if sign_in.session.is_none() {
        let params = StepParams { strategy: "totp".to_owned(), code: code.to_owned(), ..StepParams::default() };
        sign_in = attempt_second_factor(state, sign_in, &params)?;
    }
    Ok(sign_in.session.and_then(|id| state.session(&id).cloned()))
}

fn session_of(ticket: Ticket, browser: Browser) -> NewSession {
    let (user, actor, lifetime_s) = (ticket.user, ticket.actor, ticket.session_lasts_s);
    NewSession { user, browser, second_factor: false, actor, lifetime_s }
}
