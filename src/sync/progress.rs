//! The kinds of objects that a sync copies, and their numbers.

use std::fmt;

/// The kind of objects that is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Permissions that roles can grant.
    Permissions,
    /// Roles.
    Roles,
    /// Users.
    Users,
    /// Organizations.
    Organizations,
    /// Memberships of users in organizations.
    Memberships,
    /// Pending invitations to organizations.
    Invitations,
    /// Running sessions of members.
    Sessions,
}

/// Progress of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The kind of objects that is copied.
    pub kind: Kind,
    /// Number of objects copied so far.
    pub done: u64,
    /// Total number of objects, if Clerk states it.
    pub total: Option<u64>,
}

/// Numbers of copied objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Users.
    pub users: u64,
    /// Organizations.
    pub organizations: u64,
    /// Memberships.
    pub memberships: u64,
    /// Pending invitations.
    pub invitations: u64,
    /// Roles.
    pub roles: u64,
    /// Running sessions.
    pub sessions: u64,
    /// Objects that no longer exist or have ended at Clerk, and that are deleted or ended here.
    pub gone: u64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, organizations, memberships, invitations, roles, sessions, gone } = self;
        write!(
            f,
            "{users} users, {organizations} organizations, {memberships} memberships, {invitations} invitations, \
             {roles} roles and {sessions} sessions are up to date; {gone} that Clerk no longer has are deleted"
        )
    }
}
