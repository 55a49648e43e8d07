//! The permissions that the application asks for.
//!
//! A closed set, so that a typing error is a compile error and a new permission is a decision. What a session actually holds is read
//! from its token (`claims`), where permissions of other features may stand as well.

use crate::closed_set::closed_set;
use serde::{Deserialize, Serialize};

closed_set! {
    /// A permission that somebody has in the active organization.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Permission;
    /// The key as it is configured in Clerk: `org:<feature>:<permission>`.
    fn key;
    /// Use the dashboard and everything in it that is about the organization.
    AdminAccess = "org:admin:access",
    /// Keep people out of the whole instance, whatever organization they belong to: for the staff of whoever runs it, in their own organization.
    ManageUsers = "org:users:manage",
}

impl Permission {
    /// Whether it reaches beyond the active organization. Such a permission counts in the organization of the operators and nowhere else: whoever
    /// manages the members of an organization gives every role of its role set in Clerk's own components, themselves included.
    #[must_use]
    pub fn is_instance_wide(self) -> bool {
        match self {
            Self::AdminAccess => false,
            Self::ManageUsers => true,
        }
    }

    /// How old a session may be that asks for it, in milliseconds; an older one ends, and the person signs in again. `None`: as old as any
    /// session. Unlike reverification this bounds how long a stolen session is of use, whatever its holder can confirm.
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
    fn each_permission_has_a_key_of_its_own_that_clerk_can_have() {
        for (index, permission) in Permission::ALL.into_iter().enumerate() {
            let parts: Vec<_> = permission.key().split(':').collect();
            let is_key = matches!(parts.as_slice(), ["org", feature, name] if !feature.is_empty() && !name.is_empty());
            assert!(is_key, "{permission:?}");
            let same = |other: &Permission| other.key() == permission.key();
            assert_eq!(Permission::ALL.iter().position(same), Some(index), "{permission:?} has the key of another");
        }
    }
}
