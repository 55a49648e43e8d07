//! Organizations and memberships.

use super::users::public_user;
use crate::model::details::{MembershipDetails, OrganizationDetails};
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

pub(crate) fn deleted_organization(id: &str, slug: &str) -> Value {
    let mut object = super::deleted("organization", id);
    object["slug"] = slug.into();
    object
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
