//! The heart of Gatehouse: everything that decides. No axum, no Leptos.
//!
//! Without features the crate is the vocabulary that browser and server share. Feature `server` adds the rest, listed in the order in
//! which a request meets it: who is asking ([`gate`]), what may they do ([`access`]), what do they get ([`store`]).

// The vocabulary.
pub mod calendar;
mod closed_set;
pub mod ids;
pub mod input;
pub mod operation;
pub mod permission;
pub mod places;
pub mod refusal;
pub mod reverification;
pub mod signed_out;
pub mod returned;
pub mod text;

// Start: the environment, the time, calls to others.
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod http_client;
#[cfg(feature = "server")]
pub mod instance;

// Who is asking: headers -> Visitor.
#[cfg(feature = "server")]
pub mod headers;
#[cfg(feature = "server")]
mod header_text;
#[cfg(feature = "server")]
pub mod token;
#[cfg(feature = "server")]
pub mod claims;
#[cfg(feature = "server")]
pub mod keys;
#[cfg(feature = "server")]
pub mod request;
#[cfg(feature = "server")]
pub mod client_address;
#[cfg(feature = "server")]
pub mod origins;
#[cfg(feature = "server")]
pub mod sign_in_pages;
#[cfg(feature = "server")]
pub mod ended;
#[cfg(feature = "server")]
pub mod lifetimes;
#[cfg(feature = "server")]
pub mod gate;

// What may they do: Visitor -> Granted.
#[cfg(feature = "server")]
pub mod has;
#[cfg(feature = "server")]
pub mod limit;
#[cfg(feature = "server")]
pub mod access;
#[cfg(feature = "server")]
pub mod refused_calls;

// What do they get: Granted -> rows, and changes at Clerk.
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod clerk_objects;
#[cfg(feature = "server")]
pub mod clerk_api;
#[cfg(feature = "server")]
pub mod changes;
#[cfg(feature = "server")]
pub mod sign_out;

// Work without a user.
#[cfg(feature = "server")]
pub mod webhook;
#[cfg(feature = "server")]
pub mod reports;
#[cfg(feature = "server")]
pub mod frontend_proxy;
#[cfg(feature = "server")]
pub mod sync;
