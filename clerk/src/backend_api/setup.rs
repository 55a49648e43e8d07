//! Permissions, roles and role sets of the instance, for programs that set an instance up.

use super::client::BackendApi;
use super::commands::Commands;
use super::error::BackendApiError;
use crate::objects::{ClerkObject, Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

/// A role set: the roles that an organization can give to its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSet {
    /// The key, `role_set:…`.
    pub key: String,
}

impl ClerkObject for RoleSet {
    fn read(data: &Value) -> Option<Self> {
        Some(Self { key: data.get("key")?.as_str()?.to_owned() })
    }
}

/// A role set that does not exist yet. Roles are named by their keys, without the leading `org:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRoleSet<'a> {
    /// The key, which begins with `role_set:`.
    pub key: &'a str,
    /// The display name.
    pub name: &'a str,
    /// A sentence about its use.
    pub description: &'a str,
    /// One to ten roles (Clerk behaviour).
    pub roles: &'a [&'a str],
    /// The role of a new member; one of `roles`.
    pub default_role: &'a str,
    /// The role of the creator of an organization; one of `roles`.
    pub creator_role: &'a str,
}

impl BackendApi {
    /// All permissions of the instance.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn all_permissions(&self) -> Result<Vec<Permission>, BackendApiError> {
        self.all(&["organization_permissions"], &[]).await
    }

    /// All roles of the instance.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn all_roles(&self) -> Result<Vec<Role>, BackendApiError> {
        self.all(&["organization_roles"], &[]).await
    }

    /// All role sets of the instance.
    ///
    /// # Errors
    /// The instance has no role sets ([`BackendApiError::NotFound`]), or Clerk cannot be reached.
    pub async fn all_role_sets(&self) -> Result<Vec<RoleSet>, BackendApiError> {
        self.all(&["role_sets"], &[]).await
    }
}

impl Commands<'_> {
    /// Creates a permission, and its feature where the instance does not have it.
    ///
    /// # Errors
    /// Clerk rejects the key, because the plan allows no more permissions for example, or cannot be
    /// reached.
    pub async fn create_permission(
        &self,
        key: &str,
        name: &str,
        description: &str,
    ) -> Result<Permission, BackendApiError> {
        let body = json!({ "key": key, "name": name, "description": description });
        self.api.change(Method::POST, &["organization_permissions"], Some(body)).await
    }

    /// Creates a role that grants nothing yet. `key`: without the leading `org:`.
    ///
    /// # Errors
    /// As [`Commands::create_permission`].
    pub async fn create_role(&self, key: &str, name: &str, description: &str) -> Result<Role, BackendApiError> {
        let body = json!({ "key": format!("org:{key}"), "name": name, "description": description });
        self.api.change(Method::POST, &["organization_roles"], Some(body)).await
    }

    /// Adds a permission to a role, both by their ids.
    ///
    /// # Errors
    /// Clerk does not have the role or the permission, or cannot be reached.
    pub async fn grant_permission(&self, role_id: &str, permission_id: &str) -> Result<Role, BackendApiError> {
        let path = ["organization_roles", role_id, "permissions", permission_id];
        self.api.change(Method::POST, &path, None).await
    }

    /// Creates a role set.
    ///
    /// # Errors
    /// As [`Commands::create_permission`].
    pub async fn create_role_set(&self, new: NewRoleSet<'_>) -> Result<RoleSet, BackendApiError> {
        let NewRoleSet { key, name, description, roles, default_role, creator_role } = new;
        let roles: Vec<_> = roles.iter().map(|role| format!("org:{role}")).collect();
        let body = json!({
            "key": key, "name": name, "description": description, "type": "custom", "roles": roles,
            "default_role_key": format!("org:{default_role}"), "creator_role_key": format!("org:{creator_role}"),
        });
        self.api.change(Method::POST, &["role_sets"], Some(body)).await
    }
}
