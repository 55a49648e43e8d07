//! The core of Gatehouse: authentication, policy, data access and the work without a user. It uses
//! neither axum nor Leptos.
//!
//! The modules stand in the order in which a request uses them: authentication ([`gate`]), policy
//! ([`access`]), data ([`store`]).

// The basis: configuration, time, randomness and the database.
pub mod public_origin;
pub mod config;
pub mod clock;
pub mod random;
mod readiness;
pub mod db;

// Authentication: headers -> Visitor.
pub mod headers;
pub mod client_address;
pub mod origins;
pub mod revoked_sessions;
pub mod lifetimes;
pub mod actor;
pub mod denial_log;
pub mod instance_status;
pub mod gate;

// Policy: Visitor -> Granted.
pub mod limit;
pub mod access;
pub mod page_access;

// Data: Granted -> rows, and changes at Clerk.
pub mod store;
pub mod denial_writer;
pub mod own_organizations;
pub mod security_overview;
pub mod user_directory; // example:line users
pub mod commands;
pub mod sign_out;
pub mod sign_in_redirect;
pub mod sign_in_page;

// Work without a user.
pub mod reports;
pub mod webhooks;
pub mod sync;
pub mod retention;
pub mod personal_data;
pub mod jobs;

// Work before the first user.
pub mod setup;

#[cfg(test)]
mod test_tokens;
