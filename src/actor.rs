//! The caller of an operation and the active organization. It names nobody without a verified
//! session.

use clerk::claims::SessionClaims;
use domain::ids::{OrganizationId, SessionId, UserId};

/// The caller of an operation and the active organization, from the verified session and no other
/// source.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The signed-in user.
    pub user: UserId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The active organization.
    pub organization: OrganizationId,
    /// Clerk's id of the impersonator, if an operator acts as this user.
    pub impersonator: Option<String>,
}

impl Actor {
    /// The actor of a session; `None` without an active organization.
    pub(crate) fn of(session: &SessionClaims) -> Option<Self> {
        let organization = session.organization.as_ref()?;
        Some(Self {
            user: session.user.clone(),
            session: session.id.clone(),
            organization: organization.id.clone(),
            impersonator: session.impersonator(),
        })
    }
}
