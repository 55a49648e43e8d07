//! Operations on invitations to the active organization.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{EMAIL_ADDRESS, IDENTIFIER, REASON, ROLE, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the pending invitations to the active organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListInvitations {}

impl Operation for ListInvitations {
    const DECLARATION: Declaration = Declaration::read("list_invitations");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Invites a person to the active organization by email.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct InviteMember {
    /// The email address of the person.
    #[garde(custom(follows(EMAIL_ADDRESS)))]
    pub email_address: String,
    /// Role without the leading `org:`.
    #[garde(custom(follows(ROLE)))]
    pub role: String,
}

impl Operation for InviteMember {
    const DECLARATION: Declaration = Declaration::sensitive_change("invite_member", 10);
    const TEXT_FIELDS: TextFields = &[("email_address", EMAIL_ADDRESS), ("role", ROLE)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { email_address: self.email_address.trim().to_owned(), ..self }
    }
}

/// Revokes an invitation to the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevokeInvitation {
    /// The invitation.
    #[garde(custom(follows(IDENTIFIER)))]
    pub invitation_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for RevokeInvitation {
    const DECLARATION: Declaration = Declaration::sensitive_change("revoke_invitation", 30);
    const TEXT_FIELDS: TextFields = &[("invitation_id", IDENTIFIER), ("reason", REASON)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Sends a pending invitation to the active organization again. Clerk has no such call, so the
/// invitation is revoked and a new one with the same address and role takes its place.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ResendInvitation {
    /// The invitation.
    #[garde(custom(follows(IDENTIFIER)))]
    pub invitation_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for ResendInvitation {
    const DECLARATION: Declaration = Declaration::sensitive_change("resend_invitation", 10);
    const TEXT_FIELDS: TextFields = &[("invitation_id", IDENTIFIER), ("reason", REASON)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// A pending invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Clerk's id.
    pub id: String,
    /// The invited email address.
    pub email: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// When it was sent, Unix milliseconds.
    pub since_ms: i64,
}
