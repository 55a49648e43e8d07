//! Tickets: links that sign a user in without a password, as sign-in tokens and actor tokens
//! (impersonation) do. A ticket works once, until it expires or is revoked.

use super::refused::{Refused, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) user: String,
    /// The impersonator; `None` for a sign-in token.
    pub(crate) actor: Option<Value>,
    /// Longest life of the session that it starts, where it differs from the default.
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
    /// Refuses a ticket that was used or revoked, or that has expired.
    pub(crate) fn check_usable(&self, now_ms: i64) -> Result<()> {
        let (code, message) = match (self.status, self.actor.is_some()) {
            (TicketStatus::Accepted, true) => ("actor_token_already_used_code", "This link was already used."),
            (TicketStatus::Accepted, false) => ("sign_in_token_already_used_code", "This link was already used."),
            (TicketStatus::Revoked, true) => ("actor_token_revoked_code", "This link was revoked."),
            (TicketStatus::Revoked, false) => ("sign_in_token_revoked_code", "This link was revoked."),
            (TicketStatus::Pending, _) if self.expires_at <= now_ms => {
                ("ticket_expired_code", "This link has expired.")
            }
            (TicketStatus::Pending, _) => return Ok(()),
        };
        Err(Refused::new(400, code, message))
    }
}

/// The address with a ticket's token: the application's sign-in page, or another page of it.
pub(crate) fn ticket_url(origin: &str, token: &str, status: Option<&str>, page: Option<&str>) -> String {
    let sign_in_page = format!("{origin}/sign-in");
    let Ok(mut url) = Url::parse(page.unwrap_or(&sign_in_page)) else { return sign_in_page };
    url.query_pairs_mut().append_pair("__clerk_ticket", token);
    if let Some(status) = status {
        url.query_pairs_mut().append_pair("__clerk_status", status);
    }
    url.into()
}

/// The absolute form of a return URL or path. `None`: it is not on the application's origin.
pub(crate) fn return_url(origin: &str, wanted: &str) -> Option<String> {
    let base = Url::parse(origin).ok()?;
    let resolved = base.join(wanted).ok()?;
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && resolved.origin() == base.origin() && resolved.username().is_empty()).then(|| resolved.into())
}
