//! The permissions that the application checks.
//!
//! The set is closed, so a typing error is a compile error and a new permission is a decision. A
//! token may hold other permissions as well; `clerk::claims` reads them, and this application
//! ignores them.

use crate::closed_set::closed_set;
use serde::{Deserialize, Serialize};

closed_set! {
    /// A permission of a user in the active organization.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Permission;
    /// The key as it is configured in Clerk: `org:<feature>:<permission>`.
    fn key;
    /// Use the dashboard and every operation on the active organization.
    AdminAccess = "org:admin:access",
    /// Ban and lock users of the whole instance, whatever organization they belong to. The
    /// permission is for the staff that runs the instance, in their own organization.
    ManageUsers = "org:users:manage",
}

impl Permission {
    /// Whether the permission reaches beyond the active organization.
    ///
    /// Such a permission applies in the operators' organization only. In every other organization a
    /// member manager could assign themselves the role in Clerk's own components.
    #[must_use]
    pub fn is_instance_wide(self) -> bool {
        match self {
            Self::AdminAccess => false,
            Self::ManageUsers => true,
        }
    }

    /// A sentence about its use, for the people who assign roles in Clerk's dashboard.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::AdminAccess => "Use the dashboard for the own organization.",
            Self::ManageUsers => "Manage all users of all organizations. Only for the people who run the instance.",
        }
    }

    /// The maximum age of a session that uses the permission, in milliseconds. An older session
    /// ends, and the user signs in again. `None`: no limit.
    ///
    /// Reverification asks the holder of a session for a credential. This limit works without it:
    /// it bounds how long a stolen session is useful.
    #[must_use]
    pub const fn max_session_age_ms(self) -> Option<i64> {
        match self {
            Self::AdminAccess => None,
            // A working day.
            Self::ManageUsers => Some(12 * 3_600_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Permission;

    #[test]
    fn each_permission_has_a_unique_valid_key() {
        for (index, permission) in Permission::ALL.into_iter().enumerate() {
            let parts: Vec<_> = permission.key().split(':').collect();
            let is_key = matches!(parts.as_slice(), ["org", feature, name] if !feature.is_empty() && !name.is_empty());
            assert!(is_key, "{permission:?}");
            let same = |other: &Permission| other.key() == permission.key();
            assert_eq!(Permission::ALL.iter().position(same), Some(index), "{permission:?} has the key of another");
        }
    }
}
