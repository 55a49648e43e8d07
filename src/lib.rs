//! The core of Gatehouse: everything that decides. It knows neither axum nor Leptos.
//!
//! The modules stand in the order in which a request meets them: who is asking ([`gate`]), what may
//! they do ([`access`]), what do they get ([`store`]).

// Start: the environment, the time, calls to others.
pub mod config;
pub mod clock;
pub mod http_client;
pub mod instance;

// Who is asking: headers -> Visitor.
pub mod headers;
mod header_text;
pub mod token;
pub mod claims;
pub mod keys;
pub mod request;
pub mod client_address;
pub mod origins;
pub mod sign_in_pages;
pub mod ended;
pub mod lifetimes;
pub mod gate;

// What may they do: Visitor -> Granted.
pub mod has;
pub mod limit;
pub mod access;
pub mod refused_calls;

// What do they get: Granted -> rows, and changes at Clerk.
pub mod store;
pub mod clerk_objects;
pub mod clerk_api;
pub mod changes;
pub mod sign_out;

// Work without a user.
pub mod webhook;
pub mod reports;
pub mod frontend_proxy;
pub mod sync;
