//! Memberships of users in organizations.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) organization: String,
    pub(crate) user: String,
    /// Without `org:`.
    pub(crate) role: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Membership {
    pub(crate) fn new(organization: &str, user: &str, role: &str, created_at: i64) -> Self {
        Self {
            organization: organization.to_owned(),
            user: user.to_owned(),
            role: role.to_owned(),
            created_at,
            updated_at: created_at,
        }
    }

    pub(crate) fn is_of(&self, organization: &str, user: &str) -> bool {
        self.organization == organization && self.user == user
    }
}
