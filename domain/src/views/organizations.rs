//! Organizations of the caller.

use serde::{Deserialize, Serialize};

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// Clerk's id.
    pub id: String,
    /// The display name that was given here, else Clerk's name, the slug or the id: the first that
    /// has a visible character.
    pub name: String,
}

/// The organizations of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationsView {
    /// The active one.
    pub active: OrganizationView,
    /// The others.
    pub others: Vec<OrganizationView>,
}
