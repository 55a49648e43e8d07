//! Invitations, to an organization or to the application. They are sent by email with a link.

use super::refused::{Refused, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const LIFETIME_MS: i64 = 30 * 86_400_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) token: String,
    /// `None`: to the application only.
    pub(crate) organization: Option<String>,
    pub(crate) email: String,
    /// Without `org:`.
    pub(crate) role: String,
    pub(crate) inviter: Option<String>,
    /// Where the link leads instead of the sign-in page; on the application's origin.
    pub(crate) redirect_url: Option<String>,
    pub(crate) public_metadata: Value,
    pub(crate) status: InvitationStatus,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InvitationStatus {
    Pending,
    Accepted,
    Revoked,
    Expired,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct InvitationParams {
    pub(crate) email_address: String,
    pub(crate) role: String,
    pub(crate) inviter_user_id: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) public_metadata: Option<Map<String, Value>>,
    /// Whether the email is sent; the default is yes.
    pub(crate) notify: Option<bool>,
}

impl Invitation {
    pub(crate) fn expires_at(&self) -> i64 {
        self.created_at + LIFETIME_MS
    }

    pub(crate) fn status_at(&self, now_ms: i64) -> InvitationStatus {
        let is_expired = self.status == InvitationStatus::Pending && self.expires_at() <= now_ms;
        if is_expired { InvitationStatus::Expired } else { self.status }
    }

    pub(crate) fn is_pending(&self, now_ms: i64) -> bool {
        self.status_at(now_ms) == InvitationStatus::Pending
    }

    /// Refuses an invitation that can no longer be accepted.
    pub(crate) fn check_pending(&self, now_ms: i64) -> Result<()> {
        let (code, message) = match self.status_at(now_ms) {
            InvitationStatus::Pending => return Ok(()),
            InvitationStatus::Accepted => {
                ("organization_invitation_already_accepted", "This invitation was already accepted.")
            }
            InvitationStatus::Revoked => ("organization_invitation_revoked", "This invitation was revoked."),
            InvitationStatus::Expired => ("ticket_expired_code", "This invitation has expired."),
        };
        Err(Refused::new(400, code, message))
    }
}
