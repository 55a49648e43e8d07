//! The permissions of a session that apply in its active organization.

use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use domain::permission::Permission;

/// Whether a permission applies in the active organization. An instance-wide permission applies in
/// the operators' organization only.
pub(super) fn applies_here(permission: Permission, in_operator_organization: bool) -> bool {
    !permission.is_instance_wide() || in_operator_organization
}

/// Whether the token of a session has a permission.
pub(super) fn has_permission(session: &SessionClaims, permission: Permission) -> bool {
    satisfies(session, &Requirement::permission(permission.key()))
}
