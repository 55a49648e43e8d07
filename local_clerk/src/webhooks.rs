//! Webhooks: events are signed as Svix signs them, and sent until they are delivered or given up.
//!
//! Each start sends an event for every object under the same message ids. An application with a new
//! database catches up; any other sees duplicates.

pub(crate) mod delivery;
pub(crate) mod journal;

use crate::{clock::now_ms, model::Event};
use journal::{Journal, Message, Outcome};
use serde_json::json;
use tokio::sync::mpsc;

#[derive(Clone)]
pub(crate) struct Queue {
    entrance: mpsc::UnboundedSender<Message>,
    pub(crate) journal: Journal,
}

impl Queue {
    /// Sends an event. The id of its message follows from the object and its time, so that a
    /// repeated event is recognised as a duplicate.
    pub(crate) fn push(&self, Event { kind, object: data }: Event) {
        let changed_at = data["updated_at"].as_i64().filter(|_| !kind.ends_with(".deleted"));
        let changed_at = changed_at.unwrap_or_else(now_ms);
        let id = format!("msg_{}_{}_{changed_at}", kind.replace('.', "_"), data["id"].as_str().unwrap_or_default());
        let body = json!({
            "object": "event", "type": kind, "timestamp": changed_at, "instance_id": "ins_local", "data": data,
        });
        self.send(Message { id, kind, body: body.to_string(), is_replay: false });
    }

    /// Sends a message, or sends it again.
    pub(crate) fn send(&self, message: Message) {
        // Recorded at once: a journal without pending messages means that everything was sent.
        self.journal.record(&message, Outcome::Pending);
        // The receiver lives as long as the process.
        let _ = self.entrance.send(message);
    }
}
