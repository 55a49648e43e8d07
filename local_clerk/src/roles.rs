//! Roles of organizations and the permissions that they grant. The tokens and the memberships say what stands here.

use crate::identity::random_id;
use serde::{Deserialize, Serialize};

/// Permissions with this beginning are Clerk's own: they are never in a token, and nobody changes them.
const SYSTEM: &str = "org:sys_";
/// When the first ones were made: before everything else.
const BEGIN_MS: i64 = 1_704_067_200_000;
/// Id, key and name of the first ones: two of an application, and those that Clerk's own components ask about. Every role may see who is there.
const PERMISSIONS: [(&str, &str, &str); 7] = [
    ("access", "org:admin:access", "Use the dashboard"),
    ("users", "org:users:manage", "Manage people"),
    ("sys_profile", "org:sys_profile:manage", "Manage organization"),
    ("sys_memberships", "org:sys_memberships:manage", "Manage members"),
    ("sys_memberships_read", "org:sys_memberships:read", "Read members"),
    ("sys_domains_read", "org:sys_domains:read", "Read domains"),
    ("sys_domains", "org:sys_domains:manage", "Manage domains"),
];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    /// Without `org:`, as memberships name it.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Whether who makes an organization may get it.
    pub(crate) creator_eligible: bool,
    /// Ids of what it grants.
    pub(crate) permissions: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Permission {
    pub(crate) id: String,
    /// `org:<feature>:<action>`
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Permission {
    pub(crate) fn is_system(&self) -> bool {
        self.key.starts_with(SYSTEM)
    }
}

/// All of the instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Roles {
    pub(crate) roles: Vec<Role>,
    pub(crate) permissions: Vec<Permission>,
}

/// As they are at first start.
impl Default for Roles {
    fn default() -> Self {
        let permission = |(id, key, name): (&str, &str, &str)| Permission {
            id: format!("perm_local_{id}"),
            key: key.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            created_at: BEGIN_MS,
            updated_at: BEGIN_MS,
        };
        let permissions: Vec<_> = PERMISSIONS.map(permission).into();
        let role = |(key, name): (&str, &str)| Role {
            id: format!("role_local_{key}"),
            key: key.to_owned(),
            name: name.to_owned(),
            description: None,
            creator_eligible: key == "admin",
            permissions: permissions
                .iter()
                .filter(|granted| key == "admin" || granted.key == "org:sys_memberships:read")
                .map(|granted| granted.id.clone())
                .collect(),
            created_at: BEGIN_MS,
            updated_at: BEGIN_MS,
        };
        let names = [
            ("admin", "Admin"),
            ("editor", "Editor"),
            ("viewer", "Viewer"),
            ("billing", "Billing"),
            ("member", "Member"),
        ];
        let roles = names.map(role).into();
        Self { roles, permissions }
    }
}

impl Roles {
    /// By its id, or by its key with or without `org:`.
    pub(crate) fn role(&self, name: &str) -> Option<&Role> {
        let key = name.trim_start_matches("org:");
        self.roles.iter().find(|role| role.id == name || role.key == key)
    }

    pub(crate) fn permission(&self, name: &str) -> Option<&Permission> {
        self.permissions.iter().find(|permission| permission.id == name || permission.key == name)
    }

    /// Keys of what a role grants, in the order in which permissions were made.
    pub(crate) fn grants(&self, role: &str) -> Vec<&str> {
        let Some(role) = self.role(role) else { return Vec::new() };
        let granted = self.permissions.iter().filter(|permission| role.permissions.contains(&permission.id));
        granted.map(|permission| permission.key.as_str()).collect()
    }

    /// What of it a token says: feature and action.
    pub(crate) fn grants_in_token(&self, role: &str) -> Vec<(&str, &str)> {
        let own = self.grants(role).into_iter().filter(|key| !key.starts_with(SYSTEM));
        own.filter_map(|key| key.strip_prefix("org:")?.split_once(':')).collect()
    }

    /// The role of who makes an organization.
    pub(crate) fn of_creator(&self) -> Option<&Role> {
        self.roles.iter().find(|role| role.creator_eligible)
    }
}

/// A new id with the prefix of its kind.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", random_id())
}

/// Whether a text is a key of Clerk's: segments of small letters, digits and underscores after `org`.
pub(crate) fn is_key(text: &str, segments: usize) -> bool {
    let is_segment = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let parts: Vec<_> = text.split(':').collect();
    parts.len() == segments + 1 && parts.first() == Some(&"org") && parts.iter().all(|part| is_segment(part))
}
