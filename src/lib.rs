//! The heart of Gatehouse: everything that decides. No axum, no Leptos.
//!
//! Without features the crate is the vocabulary that browser and server share. Feature `server` adds the rest, listed in the order in
//! which a request meets it: who is asking (`gate`), what may they do (`access`), what do they get (`store`).

// The vocabulary.
pub mod ids;
pub mod input;
pub mod operation;
pub mod permission;
pub mod places;
pub mod refusal;
pub mod reverification;

// The server, in the order of a request.
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod http_client;
#[cfg(feature = "server")]
pub mod access;
#[cfg(feature = "server")]
pub mod store;
