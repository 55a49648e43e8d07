#![doc = include_str!("../README.md")]

pub use clerk_types::{ids, reverification};

pub mod header_text;
pub mod http_client;
pub mod publishable_key;
pub mod claims;
pub mod keys;
pub mod token;
pub mod verified_tokens;
pub mod entitlements;
pub mod authenticate;
pub mod sign_in_urls;
pub mod frontend_proxy;
pub mod objects;
pub mod webhook;
pub mod backend_api;
pub mod lookups;
