//! Clerk's Backend API: the calls of a server with its secret key.
//!
//! The client covers users, sessions, organizations with their memberships, invitations, roles,
//! permissions and role sets. It has no authority: the caller decides who may make a call. Clerk's
//! own texts stay in the error, so the caller learns whether a parameter was wrong, whether the
//! object does not exist, or whether Clerk cannot be reached.

mod client;
mod commands;
mod error;
mod instance;
mod invitations;
mod lists;
mod memberships;
mod sessions;
mod setup;
mod users;
#[cfg(test)]
mod tests;

pub use client::BackendApi;
pub use commands::{CommandRecord, Commands};
pub use error::{BackendApiError, ErrorDetail};
pub use invitations::NewInvitation;
pub use lists::{ListPage, MAX_PAGES};
pub use setup::{NewRoleSet, RoleSet};
