//! The current user, as far as a page needs to know. The page decides with it which links and
//! buttons it offers. It grants nothing: each operation checks its own policy.

use crate::appearance::Appearance;
use crate::operation::OrganizationView;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impersonator: Option<String>,
    /// The active organization.
    pub organization: Option<ActiveOrganization>,
    /// The names for the header.
    pub names: HeaderNames,
    /// The appearance that was chosen in this browser.
    #[serde(default, skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
    /// The kind of the instance, where it is not the one of production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
}

/// The names that the header shows. A name is `None` while the database does not answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderNames {
    /// The user; the address or the id where Clerk has reported no name.
    pub person: Option<String>,
    /// The active organization.
    pub organization: Option<String>,
    /// The impersonator, if an operator acts as this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impersonator: Option<String>,
}

/// An own organization, and whether it is the active one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnOrganization {
    /// Id and name.
    pub organization: OrganizationView,
    /// Whether it is the active one.
    pub is_active: bool,
}

/// The kind of an instance that is not for production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Environment {
    /// The Clerk that runs on this machine.
    LocalClerk,
    /// A development instance of Clerk.
    Development,
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
