//! Permissions: create, update, delete.

use crate::model::event::{Change, Event};
use crate::model::refused::Refused;
use crate::model::role::{Permission, Roles, is_key};
use crate::model::state::State;
use crate::random::new_id;
use serde::Deserialize;

/// Parameters of a permission; absent ones stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct PermissionParams {
    name: Option<String>,
    key: Option<String>,
    description: Option<String>,
}

impl PermissionParams {
    fn check(&self, roles: &Roles, own_id: &str) -> Result<(), Refused> {
        let Some(key) = &self.key else { return Ok(()) };
        if !is_key(key, 2) || key.starts_with("org:sys_") {
            let text = "A key is org:feature:permission in lowercase letters, numbers and underscores. \
                        Keys with org:sys_ are reserved.";
            return Err(Refused::param("form_param_format_invalid", "key", text));
        }
        if roles.permission(key).is_some_and(|permission| permission.id != own_id) {
            return Err(Refused::param("duplicate_record", "key", "Another permission has this key."));
        }
        Ok(())
    }

    fn apply(self, permission: &mut Permission) {
        permission.name = self.name.unwrap_or_else(|| permission.name.clone());
        permission.key = self.key.unwrap_or_else(|| permission.key.clone());
        permission.description = self.description.unwrap_or_else(|| permission.description.clone());
    }
}

pub(crate) fn create_permission(state: &mut State, params: PermissionParams) -> Result<Permission, Refused> {
    if params.name.is_none() || params.key.is_none() {
        return Err(Refused::param("form_param_missing", "key", "A name and a key are required."));
    }
    params.check(&state.roles, "")?;
    let mut permission = Permission::new(&new_id("perm"), "", "", state.now_ms);
    params.apply(&mut permission);
    state.roles.permissions.push(permission.clone());
    state.record(Event::Permission(Change::Created, permission.clone()));
    Ok(permission)
}

pub(crate) fn update_permission(state: &mut State, id: &str, params: PermissionParams) -> Result<Permission, Refused> {
    params.check(&state.roles, id)?;
    let now_ms = state.now_ms;
    let permission = custom_permission(state, id)?;
    params.apply(permission);
    permission.updated_at = now_ms;
    let permission = permission.clone();
    state.record(Event::Permission(Change::Updated, permission.clone()));
    Ok(permission)
}

/// Deletes a permission and withdraws it from all roles.
pub(crate) fn delete_permission(state: &mut State, id: &str) -> Result<(), Refused> {
    custom_permission(state, id)?;
    state.roles.permissions.retain(|permission| permission.id != id);
    state.roles.roles.iter_mut().for_each(|role| role.permissions.retain(|granted| *granted != id));
    state.record(Event::PermissionDeleted(id.to_owned()));
    Ok(())
}

fn custom_permission<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Permission, Refused> {
    let found = state.roles.permissions.iter_mut().find(|permission| permission.id == id);
    let permission = found.ok_or_else(Refused::not_found)?;
    if permission.is_system() {
        let text = "System permissions cannot be changed.";
        return Err(Refused::new(403, "organization_permission_system", text));
    }
    Ok(permission)
}
