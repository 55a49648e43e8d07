//! Organizations and memberships.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Changes of an organization; absent members stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrganizationParams {
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
    /// Id of the user who creates the organization and becomes a member.
    pub(crate) created_by: Option<String>,
}

/// Small letters, digits and hyphens.
pub(crate) fn slugify(name: &str) -> String {
    let plain = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let parts: Vec<_> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "organization".to_owned() } else { parts.join("-") }
}

pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

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
