//! Who acts, and for which organization.

use clerk::claims::SessionClaims;
use domain::ids::{OrganizationId, SessionId, UserId};

/// Who acts, and for which organization: taken from the verified session and from nowhere else.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The signed-in user.
    pub user: UserId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The active organization.
    pub organization: OrganizationId,
    /// Who impersonates the user, if anybody does.
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
