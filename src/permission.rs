//! The permissions that the application asks for.
//!
//! A closed set, so that a typing error is a compile error and a new permission is a decision. What a session actually holds is read
//! from its token (`claims`), where permissions of other features may stand as well.

/// A permission that somebody has in the active organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Use the dashboard and everything in it that is about the organization.
    AdminAccess,
    /// Keep people out of the whole instance, whatever organization they belong to: for the staff of whoever runs it, in their own organization.
    ManageUsers,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AdminAccess, Self::ManageUsers];

    /// The key as it is configured in Clerk: `org:<feature>:<permission>`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AdminAccess => "org:admin:access",
            Self::ManageUsers => "org:users:manage",
        }
    }

    /// Whether it reaches beyond the active organization. Such a permission counts in the organization of the operators and nowhere else: whoever
    /// manages the members of an organization gives every role of its role set in Clerk's own components, themselves included.
    #[must_use]
    pub fn is_instance_wide(self) -> bool {
        match self {
            Self::AdminAccess => false,
            Self::ManageUsers => true,
        }
    }
}
