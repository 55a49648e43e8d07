//! The current user, as far as a page needs to know. The page decides with it which links and
//! buttons it offers. It grants nothing: each operation checks its own policy.

use crate::permission::Permission;
use serde::{Deserialize, Serialize};

/// The user that a page is rendered for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// How far the sign-in has come.
    pub state: SignInState,
    /// The permissions that apply in the active organization.
    pub permissions: Vec<Permission>,
    /// Clerk's id of the impersonator, if an operator acts as this user.
    pub impersonator: Option<String>,
    /// The active organization.
    pub organization: Option<ActiveOrganization>,
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInState {
    /// Nobody is signed in.
    #[default]
    SignedOut,
    /// Clerk demands a task after the sign-in, for example to choose an organization.
    Pending,
    /// A user is signed in.
    SignedIn,
}

/// The organization that is active in the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveOrganization {
    /// Clerk's id.
    pub id: String,
    /// The name of the organization in URLs; `None` if the instance has no slugs.
    pub slug: Option<String>,
}

impl CurrentUser {
    /// Whether the user has the permission in the active organization.
    #[must_use]
    pub fn has_permission(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
