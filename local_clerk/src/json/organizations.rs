//! Organizations, memberships, roles, permissions and invitations.

use super::users::public_user;
use crate::model::ticket::ticket_url;
use crate::model::{Invitation, InvitationStatus, Membership, Organization, Permission, Role, State};
use serde_json::{Value, json};

pub(crate) fn organization(state: &State, found: &Organization) -> Value {
    let members = state.memberships.iter().filter(|member| member.organization == found.id);
    let invitations = state.invitations.iter().filter(|invitation| invitation.organization.as_ref() == Some(&found.id));
    json!({
        "object": "organization", "id": found.id, "name": found.name, "slug": found.slug, "image_url": "",
        "has_image": false, "members_count": members.count(),
        "pending_invitations_count": invitations.filter(|invitation| invitation.is_pending(state.now_ms)).count(),
        "max_allowed_memberships": 100, "admin_delete_enabled": false, "public_metadata": {}, "private_metadata": {},
        "created_by": null, "created_at": found.created_at, "updated_at": found.updated_at,
    })
}

/// Null for a membership whose user or organization does not exist.
pub(crate) fn membership(state: &State, found: &Membership) -> Value {
    let (Some(user), Some(of)) = (state.user(&found.user), state.organization(&found.organization)) else {
        return Value::Null;
    };
    let organization_id = found.organization.trim_start_matches("org_");
    json!({
        "object": "organization_membership",
        "id": format!("orgmem_{}_{organization_id}", user.id.trim_start_matches("user_")),
        "role": format!("org:{}", found.role), "role_name": state.roles.role_name(&found.role),
        "permissions": state.roles.permission_keys(&found.role), "public_metadata": {}, "private_metadata": {},
        "organization": organization(state, of), "public_user_data": public_user(user),
        "created_at": found.created_at, "updated_at": found.updated_at,
    })
}

pub(crate) fn permission(permission: &Permission) -> Value {
    json!({
        "object": "permission", "id": permission.id, "key": permission.key, "name": permission.name,
        "description": permission.description, "type": if permission.is_system() { "system" } else { "custom" },
        "created_at": permission.created_at, "updated_at": permission.updated_at,
    })
}

pub(crate) fn role(state: &State, role: &Role) -> Value {
    let granted = state.roles.permissions.iter().filter(|found| role.permissions.contains(&found.id));
    json!({
        "object": "role", "id": role.id, "key": format!("org:{}", role.key), "name": role.name,
        "description": role.description, "is_creator_eligible": role.creator_eligible,
        "permissions": granted.map(permission).collect::<Vec<_>>(), "created_at": role.created_at,
        "updated_at": role.updated_at,
    })
}

pub(crate) fn invitation(state: &State, invitation: &Invitation) -> Value {
    let mut object = json!({
        "object": "invitation", "id": invitation.id, "email_address": invitation.email,
        "status": invitation.status_at(state.now_ms), "public_metadata": invitation.public_metadata,
        "revoked": invitation.status == InvitationStatus::Revoked, "created_at": invitation.created_at,
        "updated_at": invitation.updated_at, "expires_at": invitation.expires_at(), "url": null,
    });
    let Some(organization) = invitation.organization.as_deref().and_then(|id| state.organization(id)) else {
        return object;
    };
    let user = state.user_by_email(&invitation.email).map(|user| &user.id);
    let inviter = invitation.inviter.as_deref().and_then(|id| state.user(id));
    object["object"] = "organization_invitation".into();
    object["role"] = format!("org:{}", invitation.role).into();
    object["role_name"] = state.roles.role_name(&invitation.role).into();
    object["organization_id"] = organization.id.as_str().into();
    object["inviter_id"] = json!(invitation.inviter);
    object["private_metadata"] = json!({});
    object["user_id"] = json!(user.filter(|_| invitation.status == InvitationStatus::Accepted));
    object["public_inviter_data"] = json!(inviter.map(public_user));
    object["public_organization_data"] = json!({
        "id": organization.id, "name": organization.name, "slug": organization.slug, "image_url": "",
        "has_image": false,
    });
    object
}

/// The address that the email of an invitation links to.
pub(crate) fn invitation_url(state: &State, invitation: &Invitation) -> String {
    let status = if state.user_by_email(&invitation.email).is_some() { "sign_in" } else { "sign_up" };
    let (origin, page) = (&state.settings.public_origin, invitation.redirect_url.as_deref());
    ticket_url(origin, &invitation.token, Some(status), page)
}
