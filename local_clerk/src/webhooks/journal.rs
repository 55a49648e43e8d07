//! The last webhook messages, with their attempts and outcomes. In memory, with the bodies, so that
//! a message can be sent again.

use crate::clock::now_ms;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many messages are kept, beside those that are pending.
const CAPACITY: usize = 500;

/// A message to the application.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) body: String,
    /// Faults do not apply to a replay.
    pub(crate) is_replay: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Not delivered yet; another attempt follows.
    Pending,
    /// Answered with any 2xx.
    Delivered,
    /// The last attempt failed.
    GivenUp,
    /// Not sent because of the fault `webhooks: drop`.
    Dropped,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    /// Unix milliseconds.
    at: i64,
    /// `None` without an answer.
    status: Option<u16>,
    error: Option<String>,
}

struct Entry {
    message: Message,
    attempts: Vec<Attempt>,
    outcome: Outcome,
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<VecDeque<Entry>>>);

fn find<'a>(entries: &'a mut VecDeque<Entry>, id: &str) -> Option<&'a mut Entry> {
    entries.iter_mut().rev().find(|entry| entry.message.id == id)
}

impl Journal {
    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a message that is about to be sent, or sent again.
    pub(crate) fn record(&self, message: &Message, outcome: Outcome) {
        let mut entries = self.entries();
        if let Some(entry) = find(&mut entries, &message.id) {
            entry.outcome = outcome;
            return;
        }
        let ended = entries.iter().position(|entry| entry.outcome != Outcome::Pending);
        if let Some(oldest) = ended.filter(|_| entries.len() >= CAPACITY) {
            entries.remove(oldest);
        }
        entries.push_back(Entry { message: message.clone(), attempts: Vec::new(), outcome });
    }

    /// Records an attempt. `answered`: the status, or why there is no answer.
    pub(crate) fn record_attempt(&self, id: &str, answered: Result<u16, String>, outcome: Outcome) {
        let mut entries = self.entries();
        let Some(entry) = find(&mut entries, id) else { return };
        let (status, error) = (answered.as_ref().ok().copied(), answered.err());
        entry.attempts.push(Attempt { at: now_ms(), status, error });
        // A duplicate that fails does not undo a delivery.
        if entry.outcome != Outcome::Delivered {
            entry.outcome = outcome;
        }
    }

    /// All messages as JSON, newest first.
    pub(crate) fn list(&self) -> Vec<Value> {
        self.entries().iter().rev().map(Entry::to_json).collect()
    }

    /// Marks a message as pending again, and returns it with its entry as JSON.
    pub(crate) fn replay(&self, id: &str) -> Option<(Message, Value)> {
        let mut entries = self.entries();
        let entry = find(&mut entries, id)?;
        entry.outcome = Outcome::Pending;
        Some((Message { is_replay: true, ..entry.message.clone() }, entry.to_json()))
    }
}

impl Entry {
    fn to_json(&self) -> Value {
        json!({
            "id": self.message.id, "type": self.message.kind, "outcome": self.outcome, "attempts": self.attempts,
            "payload": serde_json::from_str::<Value>(&self.message.body).unwrap_or_default(),
        })
    }
}
