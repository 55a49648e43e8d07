//! Commands: functions that check, change the state and record events. One file per noun.
//!
//! Nothing in here knows HTTP. A command returns the object that it changed, or a
//! [`crate::model::Refused`].

pub(crate) mod factors;
pub(crate) mod invitations;
pub(crate) mod memberships;
pub(crate) mod organizations;
pub(crate) mod reverification;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod sign_in_sessions;
pub(crate) mod sign_ins;
pub(crate) mod sign_ups;
pub(crate) mod tickets;
pub(crate) mod users;
