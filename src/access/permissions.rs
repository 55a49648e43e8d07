//! The permissions of a session that apply in its active organization, and its features and plans.

use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use domain::operation::Entitlement;
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

/// Whether the token of a session has a feature or a plan.
pub(super) fn has_entitlement(session: &SessionClaims, needed: Entitlement) -> bool {
    let requirement = match needed {
        Entitlement::Feature(slug) => Requirement { feature: Some(slug), ..Requirement::default() },
        Entitlement::Plan(slug) => Requirement { plan: Some(slug), ..Requirement::default() },
    };
    satisfies(session, &requirement)
}
