//! Sign-in tokens and actor tokens.

use crate::model::ticket::Ticket;
use serde_json::{Value, json};

/// `url`: the address with the token; `None` hides both. Only the answer that creates a ticket shows
/// them.
pub(crate) fn ticket(ticket: &Ticket, url: Option<&str>) -> Value {
    let kind = if ticket.actor.is_some() { "actor_token" } else { "sign_in_token" };
    json!({
        "object": kind, "id": ticket.id, "status": ticket.status, "user_id": ticket.user,
        "actor": ticket.actor, "token": url.map(|_| &ticket.token), "url": url,
        "created_at": ticket.created_at, "updated_at": ticket.updated_at,
    })
}
