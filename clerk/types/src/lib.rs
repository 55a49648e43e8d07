//! Clerk's ids and reverification levels.
//!
//! They are a crate of their own because browser and server both name them, and a browser must not
//! load the rest of the `clerk` crate, which depends on an HTTP client and on cryptography.

pub mod ids;
pub mod reverification;
