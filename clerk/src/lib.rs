//! Clerk's protocol for any Rust server.
//!
//! The crate knows how Clerk's keys, tokens, cookies, webhooks and APIs work. It has no database, no
//! web framework and no authority: it tells who sent a request, and the application decides what
//! that person may do.

pub use clerk_types::{ids, reverification};

pub mod header_text;
pub mod http_client;
pub mod publishable_key;
pub mod claims;
pub mod keys;
pub mod token;
pub mod entitlements;
pub mod authenticate;
pub mod sign_in_urls;
pub mod frontend_proxy;
pub mod objects;
pub mod webhook;
pub mod backend_api;
