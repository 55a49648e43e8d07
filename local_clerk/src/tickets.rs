//! Links that let somebody in without a password: one-time sign-in links, and those by which somebody acts in the name of another.
//!
//! A link is good once, until it expires or is revoked. Its token is random and says nothing.

use crate::invitations::Invitation;
use crate::state::{PasswordError, State};
use crate::{Clerk, answer, identity, now_ms};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) user: String,
    /// Who acts in the user's name; none for a plain sign-in link.
    pub(crate) actor: Option<Value>,
    pub(crate) session_lasts_s: Option<i64>,
    pub(crate) status: TicketStatus,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) expires_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TicketStatus {
    Pending,
    Accepted,
    Revoked,
}

impl Ticket {
    pub(crate) fn new(user: &str, actor: Option<Value>, lasts_s: i64, session_lasts_s: Option<i64>) -> Self {
        let (now_ms, prefix) = (now_ms(), if actor.is_some() { "act" } else { "sit" });
        Self {
            id: format!("{prefix}_{}", identity::random_id()),
            token: identity::random_id(),
            user: user.to_owned(),
            actor,
            session_lasts_s,
            status: TicketStatus::Pending,
            created_at: now_ms,
            updated_at: now_ms,
            expires_at: now_ms + lasts_s * 1000,
        }
    }

    /// As the Backend API shows it; the token stands only in the answer that made it.
    pub(crate) fn object(&self, clerk: &Clerk, with_token: bool) -> Value {
        let kind = if self.actor.is_some() { "actor_token" } else { "sign_in_token" };
        let (token, url) = (self.token.as_str(), clerk.ticket_url(&self.token, None, None));
        json!({
            "object": kind, "id": self.id, "status": self.status, "user_id": self.user, "actor": self.actor,
            "token": with_token.then_some(token), "url": with_token.then_some(url), "created_at": self.created_at, "updated_at": self.updated_at,
        })
    }
}

/// What a token leads to.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Ticket(Ticket),
    Invitation(Invitation),
}

/// Why a token leads nowhere, in Clerk's word and in words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TicketError(pub(crate) &'static str, pub(crate) &'static str);

impl TicketError {
    const INVALID: Self = Self("ticket_invalid_code", "This link is not valid.");
    const EXPIRED: Self = Self("ticket_expired_code", "This link has expired.");

    pub(crate) fn answer(self) -> Response {
        answer::error(StatusCode::BAD_REQUEST, self.0, self.1)
    }
}

impl State {
    /// Where a token leads now.
    pub(crate) fn way(&self, token: &str) -> Result<Way, TicketError> {
        if token.is_empty() {
            return Err(TicketError::INVALID);
        }
        if let Some(ticket) = self.tickets.iter().find(|ticket| ticket.token == token) {
            return still_good(ticket).map(|()| Way::Ticket(ticket.clone()));
        }
        let invitation = self.invitations.iter().find(|invitation| invitation.token == token);
        let invitation = invitation.ok_or(TicketError::INVALID)?;
        invitation.still_good().map(|()| Way::Invitation(invitation.clone()))
    }
}

fn still_good(ticket: &Ticket) -> Result<(), TicketError> {
    match (ticket.status, ticket.actor.is_some()) {
        (TicketStatus::Accepted, true) => {
            Err(TicketError("actor_token_already_used_code", "This link was used before."))
        }
        (TicketStatus::Accepted, false) => {
            Err(TicketError("sign_in_token_already_used_code", "This link was used before."))
        }
        (TicketStatus::Revoked, true) => Err(TicketError("actor_token_revoked_code", "This link was revoked.")),
        (TicketStatus::Revoked, false) => Err(TicketError("sign_in_token_revoked_code", "This link was revoked.")),
        (TicketStatus::Pending, _) if ticket.expires_at <= now_ms() => Err(TicketError::EXPIRED),
        (TicketStatus::Pending, _) => Ok(()),
    }
}

/// Why nobody came in by a ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    Ticket(TicketError),
    Person(PasswordError),
}

impl Clerk {
    /// The address that a ticket goes out with: the application's sign-in page, or a page of the application that was asked for.
    pub(crate) fn ticket_url(&self, token: &str, status: Option<&str>, page: Option<&str>) -> String {
        let usual = format!("{}/sign-in", self.options.public_origin);
        let page = page.unwrap_or(&usual);
        let Ok(mut url) = url::Url::parse(page) else { return usual };
        url.query_pairs_mut().append_pair("__clerk_ticket", token);
        if let Some(status) = status {
            url.query_pairs_mut().append_pair("__clerk_status", status);
        }
        url.into()
    }

    /// Uses a ticket up. One whose user may not come in stays as it is.
    pub(crate) fn take_ticket(&self, token: &str) -> Result<Ticket, Refusal> {
        let mut state = self.state();
        let Way::Ticket(ticket) = state.way(token).map_err(Refusal::Ticket)? else {
            return Err(Refusal::Ticket(TicketError::INVALID));
        };
        let user = state.user(&ticket.user).ok_or(Refusal::Ticket(TicketError::INVALID))?;
        user.may_come_in().map_err(Refusal::Person)?;
        if let Some(kept) = state.tickets.iter_mut().find(|kept| kept.id == ticket.id) {
            (kept.status, kept.updated_at) = (TicketStatus::Accepted, now_ms());
        }
        Ok(ticket)
    }
}
