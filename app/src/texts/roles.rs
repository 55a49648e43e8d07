//! The names of roles.

use super::audit_labels::operation_label;
use domain::operation::RoleView;

/// The name that Clerk reports for a role. Without it, the key in words: `billing_manager` is
/// "Billing manager".
pub(crate) fn role_name(roles: &[RoleView], key: &str) -> String {
    roles.iter().find(|role| role.key == key).map_or_else(|| operation_label(key), |role| role.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_the_name_that_clerk_reports_or_its_key_in_words() {
        let roles = [RoleView { key: "admin".to_owned(), name: "Owner".to_owned(), grants: Vec::new() }];
        assert_eq!(
            ["admin", "billing_manager", ""].map(|key| role_name(&roles, key)),
            ["Owner", "Billing manager", ""]
        );
    }
}
