//! Webhooks: events are signed as Svix signs them, and sent until they are delivered or given up.
//!
//! Each start sends an event for every object under the same message ids. An application with a new
//! database catches up; any other sees duplicates.

pub(crate) mod delivery;
pub(crate) mod journal;
pub(crate) mod queue;
