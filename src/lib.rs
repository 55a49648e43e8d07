//! The core of Gatehouse: everything that decides. It knows neither axum nor Leptos.
//!
//! The modules stand in the order in which a request meets them: who is asking ([`gate`]), what may
//! they do ([`access`]), what do they get ([`store`]).

// Start: the environment, the time, calls to others.
pub mod public_origin;
pub mod config;
pub mod clock;
pub mod db;

// Who is asking: headers -> Visitor.
pub mod headers;
pub mod client_address;
pub mod origins;
pub mod revoked_sessions;
pub mod lifetimes;
pub mod actor;
pub mod denial_log;
pub mod gate;

// What may they do: Visitor -> Granted.
pub mod limit;
pub mod access;

// What do they get: Granted -> rows, and changes at Clerk.
pub mod store;
pub mod denial_writer;
pub mod user_directory;
pub mod commands;
pub mod sign_out;

// Work without a user.
pub mod reports;
pub mod sync;

#[cfg(test)]
mod test_tokens;
