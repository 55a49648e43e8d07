//! The current user, as far as a page needs to know. It decides what a page offers, and never what
//! is allowed: that is the grant of each operation.

use crate::permission::Permission;
use serde::{Deserialize, Serialize};

/// The user that a page is rendered for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// Whether anybody is signed in.
    pub state: SignInState,
    /// The permissions that apply in the active organization.
    pub permissions: Vec<Permission>,
    /// Clerk's id of the impersonator, who acts as this user.
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
    /// Clerk demands more after the sign-in, for example to choose an organization.
    Pending,
    /// Somebody is signed in.
    SignedIn,
}

/// The organization that is active in the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveOrganization {
    /// Clerk's id.
    pub id: String,
    /// Its name in URLs, where it has one.
    pub slug: Option<String>,
}

impl CurrentUser {
    /// Whether the user has the permission in the active organization.
    #[must_use]
    pub fn has_permission(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
