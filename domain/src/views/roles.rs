//! Roles of the instance.

use serde::{Deserialize, Serialize};

/// A role and its permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// Key without the leading `org:`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Names of its permissions; the key of a permission that Clerk has not named.
    pub grants: Vec<String>,
}
