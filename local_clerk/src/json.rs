//! The objects of Clerk's APIs and webhooks as JSON. Pure functions of the model.

pub(crate) mod client;
pub(crate) mod emails;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod invitations;
pub(crate) mod organizations;
pub(crate) mod reverification;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod sign_ups;
pub(crate) mod tickets;
pub(crate) mod users;
pub(crate) mod verifications;

use serde_json::{Value, json};

/// A deleted object.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}

/// A list, or the part of it that was asked for, and how many there are in all.
pub(crate) fn list(data: &[Value], total: usize) -> Value {
    json!({ "data": data, "total_count": total })
}
