//! Organizations, memberships, roles, permissions and invitations; and tickets.

use super::users::public_user;
use crate::model::{
    InvitationDetails, InvitationStatus, MembershipDetails, OrganizationDetails, Permission, RoleDetails, Ticket,
    commands::tickets::CreatedTicket,
};
use serde_json::{Value, json};

pub(crate) fn organization(details: &OrganizationDetails) -> Value {
    let found = &details.organization;
    json!({
        "object": "organization", "id": found.id, "name": found.name, "slug": found.slug, "image_url": "",
        "has_image": false, "members_count": details.members,
        "pending_invitations_count": details.pending_invitations, "max_allowed_memberships": 100,
        "admin_delete_enabled": false, "public_metadata": {}, "private_metadata": {}, "created_by": null,
        "created_at": found.created_at, "updated_at": found.updated_at,
    })
}

pub(crate) fn membership(details: &MembershipDetails) -> Value {
    let (membership, user) = (&details.membership, &details.user);
    let organization_id = membership.organization.trim_start_matches("org_");
    json!({
        "object": "organization_membership",
        "id": format!("orgmem_{}_{organization_id}", user.id.trim_start_matches("user_")),
        "role": format!("org:{}", membership.role), "role_name": details.role_name,
        "permissions": details.permissions, "public_metadata": {}, "private_metadata": {},
        "organization": organization(&details.organization), "public_user_data": public_user(user),
        "created_at": membership.created_at, "updated_at": membership.updated_at,
    })
}

pub(crate) fn permission(permission: &Permission) -> Value {
    json!({
        "object": "permission", "id": permission.id, "key": permission.key, "name": permission.name,
        "description": permission.description, "type": if permission.is_system() { "system" } else { "custom" },
        "created_at": permission.created_at, "updated_at": permission.updated_at,
    })
}

pub(crate) fn role(details: &RoleDetails) -> Value {
    let role = &details.role;
    json!({
        "object": "role", "id": role.id, "key": format!("org:{}", role.key), "name": role.name,
        "description": role.description, "is_creator_eligible": role.creator_eligible,
        "permissions": details.permissions.iter().map(permission).collect::<Vec<_>>(), "created_at": role.created_at,
        "updated_at": role.updated_at,
    })
}

pub(crate) fn invitation(details: &InvitationDetails) -> Value {
    let invitation = &details.invitation;
    let mut object = json!({
        "object": "invitation", "id": invitation.id, "email_address": invitation.email,
        "status": details.status, "public_metadata": invitation.public_metadata,
        "revoked": invitation.status == InvitationStatus::Revoked, "created_at": invitation.created_at,
        "updated_at": invitation.updated_at, "expires_at": invitation.expires_at(), "url": null,
    });
    let Some(organization) = details.organization.as_ref().map(|details| &details.organization) else {
        return object;
    };
    let user = details.user.as_ref().filter(|_| invitation.status == InvitationStatus::Accepted);
    object["object"] = "organization_invitation".into();
    object["role"] = format!("org:{}", invitation.role).into();
    object["role_name"] = details.role_name.as_str().into();
    object["organization_id"] = organization.id.as_str().into();
    object["inviter_id"] = json!(invitation.inviter);
    object["private_metadata"] = json!({});
    object["user_id"] = json!(user);
    object["public_inviter_data"] = json!(details.inviter.as_ref().map(public_user));
    object["public_organization_data"] = json!({
        "id": organization.id, "name": organization.name, "slug": organization.slug, "image_url": "",
        "has_image": false,
    });
    object
}

/// With the address that the email links to. Only the answer that creates an invitation has it.
pub(crate) fn created_invitation(details: &InvitationDetails) -> Value {
    let mut object = invitation(details);
    object["url"] = details.url.as_str().into();
    object
}

pub(crate) fn ticket(ticket: &Ticket) -> Value {
    let kind = if ticket.actor.is_some() { "actor_token" } else { "sign_in_token" };
    json!({
        "object": kind, "id": ticket.id, "status": ticket.status, "user_id": ticket.user, "actor": ticket.actor,
        "token": null, "url": null, "created_at": ticket.created_at, "updated_at": ticket.updated_at,
    })
}

/// With the token, and the address that has it. Only the answer that creates a ticket shows them.
pub(crate) fn created_ticket(created: &CreatedTicket) -> Value {
    let mut object = ticket(&created.ticket);
    object["token"] = created.ticket.token.as_str().into();
    object["url"] = created.url.as_str().into();
    object
}
