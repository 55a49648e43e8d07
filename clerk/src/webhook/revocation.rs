//! The end of a session, user, organization or membership, which tokens are compared with.

use crate::ids::{OrganizationId, SessionId, UserId};

/// Something that has ended. Tokens that name it are still signed and not yet expired, so an
/// application that must refuse them at once keeps a list of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// One session.
    Session(SessionId),
    /// A user, who was deleted: all sessions of the user.
    User(UserId),
    /// An organization, which was deleted: no session works for it any more.
    Organization(OrganizationId),
    /// A membership: the user's sessions do not work for the organization any more, unless the user
    /// joins it again.
    Membership(UserId, OrganizationId),
}

impl From<SessionId> for Revocation {
    fn from(session: SessionId) -> Self {
        Self::Session(session)
    }
}
