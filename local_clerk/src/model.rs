//! The state of the instance and the commands that change it.
//!
//! Nothing in here knows HTTP: a command checks, changes the state, records events for the webhooks,
//! and returns an object or a [`refused::Refused`]. Time is `State::now_ms`, set when the state is
//! locked.

pub(crate) mod browser;
pub(crate) mod codes;
pub(crate) mod commands;
pub(crate) mod describe;
pub(crate) mod details;
pub(crate) mod dev_browser;
pub(crate) mod event;
pub(crate) mod invitation;
pub(crate) mod mail;
pub(crate) mod membership;
pub(crate) mod metadata;
pub(crate) mod organization;
pub(crate) mod password;
pub(crate) mod prune;
pub(crate) mod refresh_token;
pub(crate) mod refused;
pub(crate) mod return_url;
pub(crate) mod role;
pub(crate) mod seed;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod state;
pub(crate) mod storage;
pub(crate) mod throttle;
pub(crate) mod ticket;
pub(crate) mod totp;
pub(crate) mod transient;
pub(crate) mod user;
