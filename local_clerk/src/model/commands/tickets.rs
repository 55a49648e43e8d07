//! Sign-in tokens and actor tokens: create, revoke, resolve, use.

use crate::model::invitation::Invitation;
use crate::model::refused::Refused;
use crate::model::state::State;
use crate::model::ticket::{NewTicket, Ticket, TicketStatus};

/// The object that a token belongs to.
#[derive(Clone, Debug)]
pub(crate) enum Resolved {
    Ticket(Ticket),
    Invitation(Invitation),
}

pub(crate) fn create_ticket(state: &mut State, new: NewTicket) -> Result<Ticket, Refused> {
    state.user(&new.user).ok_or_else(Refused::not_found)?;
    let ticket = Ticket::new(new, state.now_ms);
    state.tickets.push(ticket.clone());
    Ok(ticket)
}

pub(crate) fn revoke_sign_in_token(state: &mut State, id: &str) -> Result<Ticket, Refused> {
    revoke(state, id, false, "sign_in_token_cannot_be_revoked_code")
}

pub(crate) fn revoke_actor_token(state: &mut State, id: &str) -> Result<Ticket, Refused> {
    revoke(state, id, true, "actor_token_cannot_be_revoked_code")
}

fn revoke(state: &mut State, id: &str, has_actor: bool, refusal: &'static str) -> Result<Ticket, Refused> {
    let now_ms = state.now_ms;
    let is_it = |found: &&mut Ticket| found.id == id && found.actor.is_some() == has_actor;
    let ticket = state.tickets.iter_mut().find(is_it).ok_or_else(Refused::not_found)?;
    if ticket.status != TicketStatus::Pending {
        return Err(Refused::new(400, refusal, "The token is not pending."));
    }
    (ticket.status, ticket.updated_at) = (TicketStatus::Revoked, now_ms);
    Ok(ticket.clone())
}

pub(crate) fn invalid_ticket() -> Refused {
    Refused::new(400, "ticket_invalid_code", "This link is invalid.")
}

/// Finds the usable ticket or pending invitation with this token.
pub(crate) fn resolve_ticket(state: &State, token: &str) -> Result<Resolved, Refused> {
    if token.is_empty() {
        return Err(invalid_ticket());
    }
    if let Some(ticket) = state.tickets.iter().find(|ticket| ticket.token == token) {
        return ticket.check_usable(state.now_ms).map(|()| Resolved::Ticket(ticket.clone()));
    }
    let invitation = state.invitations.iter().find(|invitation| invitation.token == token);
    let invitation = invitation.ok_or_else(invalid_ticket)?;
    invitation.check_pending(state.now_ms).map(|()| Resolved::Invitation(invitation.clone()))
}

/// Uses a ticket up. A ticket of a user who may not sign in stays unused.
pub(crate) fn use_ticket(state: &mut State, token: &str) -> Result<Ticket, Refused> {
    let Resolved::Ticket(ticket) = resolve_ticket(state, token)? else { return Err(invalid_ticket()) };
    state.user(&ticket.user).ok_or_else(invalid_ticket)?.may_sign_in()?;
    let now_ms = state.now_ms;
    if let Some(kept) = state.tickets.iter_mut().find(|kept| kept.id == ticket.id) {
        (kept.status, kept.updated_at) = (TicketStatus::Accepted, now_ms);
    }
    Ok(ticket)
}
