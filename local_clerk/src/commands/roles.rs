//! Roles and permissions: create, update, grant, withdraw, delete.

use crate::json::{deleted, organizations::permission as permission_json, organizations::role as role_json};
use crate::model::{Permission, Refused, Result, Role, Roles, State, ensure};
use crate::{model::role::is_key, random::new_id};
use serde::Deserialize;
use serde_json::Value;

/// Parameters of a role or permission; absent ones stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct RoleParams {
    name: Option<String>,
    key: Option<String>,
    description: Option<String>,
    /// Ids, of a role.
    permissions: Option<Vec<String>>,
}

impl RoleParams {
    /// A new role or permission has a name and a key.
    fn check_complete(&self) -> Result<()> {
        let missing = Refused::missing("key", "A name and a key are required.");
        ensure(self.name.is_some() && self.key.is_some(), missing)
    }

    fn check_role(&self, roles: &Roles, own_id: &str) -> Result<()> {
        if let Some(key) = &self.key {
            let text = "A key is org: and lowercase letters, numbers and underscores.";
            ensure(is_key(key, 1), Refused::invalid_format("key", text))?;
            let is_free = roles.role(key).is_none_or(|role| role.id == own_id);
            ensure(is_free, Refused::param("duplicate_record", "key", "Another role has this key."))?;
        }
        let is_known = |id: &String| roles.permissions.iter().any(|permission| permission.id == *id);
        let unknown = Refused::invalid_value("permissions", "The permission does not exist.");
        ensure(self.permissions.iter().flatten().all(is_known), unknown)
    }

    fn check_permission(&self, roles: &Roles, own_id: &str) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        let text = "A key is org:feature:permission in lowercase letters, numbers and underscores. \
                    Keys with org:sys_ are reserved.";
        ensure(is_key(key, 2) && !key.starts_with("org:sys_"), Refused::invalid_format("key", text))?;
        let is_free = roles.permission(key).is_none_or(|permission| permission.id == own_id);
        ensure(is_free, Refused::param("duplicate_record", "key", "Another permission has this key."))
    }

    fn apply_to_role(self, role: &mut Role) {
        role.name = self.name.unwrap_or_else(|| role.name.clone());
        role.key = self.key.map_or_else(|| role.key.clone(), |key| key.trim_start_matches("org:").to_owned());
        role.description = self.description.or(role.description.take());
        role.permissions = self.permissions.unwrap_or_else(|| role.permissions.clone());
    }

    fn apply_to_permission(self, permission: &mut Permission) {
        permission.name = self.name.unwrap_or_else(|| permission.name.clone());
        permission.key = self.key.unwrap_or_else(|| permission.key.clone());
        permission.description = self.description.unwrap_or_else(|| permission.description.clone());
    }
}

pub(crate) fn create_role(state: &mut State, params: RoleParams) -> Result<Value> {
    params.check_complete()?;
    params.check_role(&state.roles, "")?;
    let mut role = Role { id: new_id("role"), ..Role::new("", "", state.now_ms) };
    params.apply_to_role(&mut role);
    state.roles.roles.push(role.clone());
    let object = role_json(state, &role);
    Ok(state.record("role.created", object))
}

pub(crate) fn update_role(state: &mut State, id: &str, params: RoleParams) -> Result<Value> {
    change(state, id, |role, roles| {
        params.check_role(roles, &role.id)?;
        params.apply_to_role(role);
        Ok(())
    })
}

/// `permission`: id or key.
pub(crate) fn grant_permission(state: &mut State, id: &str, permission: &str) -> Result<Value> {
    change(state, id, |role, roles| {
        let granted = roles.permission(permission).ok_or_else(Refused::not_found)?;
        if !role.permissions.contains(&granted.id) {
            role.permissions.push(granted.id.clone());
        }
        Ok(())
    })
}

/// `permission`: id.
pub(crate) fn withdraw_permission(state: &mut State, id: &str, permission: &str) -> Result<Value> {
    change(state, id, |role, _| {
        let before = role.permissions.len();
        role.permissions.retain(|granted| granted != permission);
        ensure(role.permissions.len() < before, Refused::not_found())
    })
}

/// Changes a role. A new key reaches every member with the role.
fn change(state: &mut State, id: &str, change: impl FnOnce(&mut Role, &Roles) -> Result<()>) -> Result<Value> {
    let before = state.roles.roles.iter().find(|role| role.id == id).cloned().ok_or_else(Refused::not_found)?;
    let mut role = before.clone();
    change(&mut role, &state.roles)?;
    role.updated_at = state.now_ms;
    for membership in state.memberships.iter_mut().filter(|membership| membership.role == before.key) {
        membership.role.clone_from(&role.key);
    }
    state.roles.roles.iter_mut().filter(|kept| kept.id == id).for_each(|kept| kept.clone_from(&role));
    let object = role_json(state, &role);
    Ok(state.record("role.updated", object))
}

/// Deletes a role that no member has, no pending invitation gives and no creator gets.
pub(crate) fn delete_role(state: &mut State, id: &str) -> Result<Value> {
    let role = state.roles.roles.iter().find(|role| role.id == id).ok_or_else(Refused::not_found)?;
    let is_given = state.memberships.iter().any(|found| found.role == role.key)
        || state.invitations.iter().any(|found| found.is_pending(state.now_ms) && found.role == role.key);
    ensure(!role.creator_eligible && !is_given, Refused::invalid_value("role", "The role is in use."))?;
    state.roles.roles.retain(|role| role.id != id);
    Ok(state.record("role.deleted", deleted("role", id)))
}

pub(crate) fn create_permission(state: &mut State, params: RoleParams) -> Result<Value> {
    params.check_complete()?;
    params.check_permission(&state.roles, "")?;
    let mut permission = Permission::new(&new_id("perm"), "", "", state.now_ms);
    params.apply_to_permission(&mut permission);
    let object = permission_json(&permission);
    state.roles.permissions.push(permission);
    Ok(state.record("permission.created", object))
}

pub(crate) fn update_permission(state: &mut State, id: &str, params: RoleParams) -> Result<Value> {
    params.check_permission(&state.roles, id)?;
    let now_ms = state.now_ms;
    let permission = custom_permission(state, id)?;
    params.apply_to_permission(permission);
    permission.updated_at = now_ms;
    let object = permission_json(permission);
    Ok(state.record("permission.updated", object))
}

/// Deletes a permission and withdraws it from all roles.
pub(crate) fn delete_permission(state: &mut State, id: &str) -> Result<Value> {
    custom_permission(state, id)?;
    state.roles.permissions.retain(|permission| permission.id != id);
    state.roles.roles.iter_mut().for_each(|role| role.permissions.retain(|granted| *granted != id));
    Ok(state.record("permission.deleted", deleted("permission", id)))
}

fn custom_permission<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Permission> {
    let found = state.roles.permissions.iter_mut().find(|permission| permission.id == id);
    let permission = found.ok_or_else(Refused::not_found)?;
    let system = Refused::new(403, "organization_permission_system", "System permissions cannot be changed.");
    ensure(!permission.is_system(), system)?;
    Ok(permission)
}
