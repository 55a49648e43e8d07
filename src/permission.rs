//! The permissions that the application asks for.
//!
//! A closed set, so that a typing error is a compile error and a new permission is a decision. What a session actually holds is read
//! from its token (`claims`), where permissions of other features may stand as well.

/// A permission of the active organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Use the dashboard and everything in it that is about the organization.
    AdminAccess,
    /// Keep people out of the whole instance, whatever organization they belong to: for the staff of whoever runs it.
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
}
