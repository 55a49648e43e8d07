//! Invitations, to organizations and to the application.

use super::users::public_user;
use crate::model::details::InvitationDetails;
use crate::model::invitation::InvitationStatus;
use serde_json::{Value, json};

pub(crate) fn invitation(details: &InvitationDetails) -> Value {
    let invitation = &details.invitation;
    let mut object = json!({
        "object": "invitation", "id": invitation.id, "email_address": invitation.email,
        "status": details.status.as_str(), "public_metadata": invitation.public_metadata,
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
