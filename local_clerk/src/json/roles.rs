//! Roles and permissions.

use crate::model::details::RoleDetails;
use crate::model::role::Permission;
use serde_json::{Value, json};

pub(crate) fn permission(permission: &Permission) -> Value {
    json!({
        "object": "permission", "id": permission.id, "key": permission.key, "name": permission.name,
        "description": permission.description,
        "type": if permission.is_system() { "system" } else { "custom" },
        "created_at": permission.created_at, "updated_at": permission.updated_at,
    })
}

pub(crate) fn role(details: &RoleDetails) -> Value {
    let role = &details.role;
    json!({
        "object": "role", "id": role.id, "key": format!("org:{}", role.key), "name": role.name,
        "description": role.description, "is_creator_eligible": role.creator_eligible,
        "permissions": details.permissions.iter().map(permission).collect::<Vec<_>>(),
        "created_at": role.created_at, "updated_at": role.updated_at,
    })
}
