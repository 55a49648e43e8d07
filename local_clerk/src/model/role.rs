//! Roles of organizations, and the permissions that they grant.

use serde::{Deserialize, Serialize};

/// Prefix of Clerk's system permissions. They are never in a token and cannot be changed.
const SYSTEM: &str = "org:sys_";
/// When the first roles and permissions were created: before everything else.
const BEGIN_MS: i64 = 1_704_067_200_000;
/// Id, key and name of the system permissions that Clerk's components ask about.
const SYSTEM_PERMISSIONS: [(&str, &str, &str); 5] = [
    ("sys_profile", "org:sys_profile:manage", "Manage organization"),
    ("sys_memberships", "org:sys_memberships:manage", "Manage members"),
    ("sys_memberships_read", READ_MEMBERS, "Read members"),
    ("sys_domains_read", "org:sys_domains:read", "Read domains"),
    ("sys_domains", "org:sys_domains:manage", "Manage domains"),
];
/// Every role grants this one.
const READ_MEMBERS: &str = "org:sys_memberships:read";
/// The demo role between administrator and member. It grants every declared permission except
/// [`ADMIN_ONLY`].
pub(crate) const MANAGER: &str = "manager";
/// Users of the whole instance are managed by administrators only.
const ADMIN_ONLY: &str = "org:users:manage";
/// The permissions that are declared by default.
pub(crate) const DEFAULT_PERMISSIONS: [&str; 2] = ["org:admin:access", ADMIN_ONLY];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: String,
    /// Without `org:`, as memberships name it.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Whether the creator of an organization gets it.
    pub(crate) creator_eligible: bool,
    /// Ids of the permissions that it grants.
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

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

impl Role {
    /// A demo role that grants nothing yet.
    pub(crate) fn new(key: &str, name: &str, created_at: i64) -> Self {
        Self {
            id: format!("role_local_{key}"),
            key: key.to_owned(),
            name: name.to_owned(),
            description: None,
            creator_eligible: key == "admin",
            permissions: Vec::new(),
            created_at,
            updated_at: created_at,
        }
    }
}

impl Permission {
    pub(crate) fn new(id: &str, key: &str, name: &str, created_at: i64) -> Self {
        Self {
            id: id.to_owned(),
            key: key.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            created_at,
            updated_at: created_at,
        }
    }

    pub(crate) fn is_system(&self) -> bool {
        self.key.starts_with(SYSTEM)
    }

    /// Whether a demo role grants it at first.
    fn is_granted_by(&self, role: &str) -> bool {
        let is_read = self.key == READ_MEMBERS;
        role == "admin" || is_read || (role == MANAGER && !self.is_system() && self.key != ADMIN_ONLY)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Roles {
    pub(crate) roles: Vec<Role>,
    pub(crate) permissions: Vec<Permission>,
}

/// The roles of a file that was saved without roles.
impl Default for Roles {
    fn default() -> Self {
        Self::new(&DEFAULT_PERMISSIONS.map(str::to_owned))
    }
}

impl Roles {
    /// The roles of a new instance whose application declares these permissions.
    pub(crate) fn new(declared: &[String]) -> Self {
        let names = ["admin", MANAGER, "editor", "viewer", "billing", "member"];
        let roles = names.map(|key| Role::new(key, &capitalized(key), BEGIN_MS)).into();
        let mut roles = Self { roles, permissions: Vec::new() };
        roles.declare(declared, BEGIN_MS);
        for (id, key, name) in SYSTEM_PERMISSIONS {
            roles.add(Permission::new(&format!("perm_local_{id}"), key, name, BEGIN_MS));
        }
        roles
    }

    /// Adds the permissions that are not known yet, and grants them to the demo roles. A permission
    /// that was withdrawn from a role stays withdrawn.
    pub(crate) fn declare(&mut self, declared: &[String], now_ms: i64) {
        for key in declared {
            if self.permission(key).is_some() {
                continue;
            }
            let Some((feature, action)) = key.strip_prefix("org:").and_then(|rest| rest.split_once(':')) else {
                tracing::warn!(%key, "not a permission: keys are org:<feature>:<permission>");
                continue;
            };
            let name = capitalized(&format!("{action} {feature}").replace('_', " "));
            self.add(Permission::new(&format!("perm_local_{feature}_{action}"), key, &name, now_ms));
        }
    }

    /// Adds a permission, and grants it to the demo roles.
    fn add(&mut self, permission: Permission) {
        for role in self.roles.iter_mut().filter(|role| permission.is_granted_by(&role.key)) {
            role.permissions.push(permission.id.clone());
            role.updated_at = permission.created_at;
        }
        self.permissions.push(permission);
    }

    /// Adds the demo role [`MANAGER`] to the roles of a file that was saved before it existed.
    ///
    /// `false`: it exists.
    pub(crate) fn add_manager(&mut self, now_ms: i64) -> bool {
        if self.role(MANAGER).is_some() {
            return false;
        }
        let granted = self.permissions.iter().filter(|permission| permission.is_granted_by(MANAGER));
        let permissions = granted.map(|permission| permission.id.clone()).collect();
        self.roles.push(Role { permissions, ..Role::new(MANAGER, "Manager", now_ms) });
        true
    }

    /// By its id, or by its key with or without `org:`.
    pub(crate) fn role(&self, name: &str) -> Option<&Role> {
        let key = name.trim_start_matches("org:");
        self.roles.iter().find(|role| role.id == name || role.key == key)
    }

    pub(crate) fn role_name(&self, key: &str) -> String {
        self.role(key).map_or_else(|| key.to_owned(), |role| role.name.clone())
    }

    pub(crate) fn permission(&self, name: &str) -> Option<&Permission> {
        self.permissions.iter().find(|permission| permission.id == name || permission.key == name)
    }

    /// Keys of the permissions that a role grants, in the order of their creation.
    pub(crate) fn permission_keys(&self, role: &str) -> Vec<&str> {
        let Some(role) = self.role(role) else { return Vec::new() };
        let granted = self.permissions.iter().filter(|permission| role.permissions.contains(&permission.id));
        granted.map(|permission| permission.key.as_str()).collect()
    }

    /// Feature and name of each permission of a role that a token carries.
    pub(crate) fn token_permissions(&self, role: &str) -> Vec<(&str, &str)> {
        let own = self.permission_keys(role).into_iter().filter(|key| !key.starts_with(SYSTEM));
        own.filter_map(|key| key.strip_prefix("org:")?.split_once(':')).collect()
    }

    pub(crate) fn creator_role(&self) -> Option<&Role> {
        self.roles.iter().find(|role| role.creator_eligible)
    }
}

/// Whether a text is `org` and so many segments of small letters, digits and underscores.
pub(crate) fn is_key(text: &str, segments: usize) -> bool {
    let is_segment = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let parts: Vec<_> = text.split(':').collect();
    parts.len() == segments + 1 && parts.first() == Some(&"org") && parts.iter().all(|part| is_segment(part))
}
