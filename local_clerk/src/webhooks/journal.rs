//! What was sent lately, how often it was tried, and how that ended. Kept in memory; the bodies too, so that a message can be sent again.

use crate::{Clerk, answer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// So many messages are remembered, and all that are on their way.
const KEPT: usize = 500;

/// A message on its way.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) body: String,
    /// Somebody asked for it, so no fault keeps it back.
    pub(crate) is_replay: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Not tried, or not taken yet; then it comes again.
    Pending,
    /// Answered with any 2xx.
    Delivered,
    /// Given up after the last attempt.
    GivenUp,
    /// Kept back by the fault `webhooks: drop`.
    Dropped,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    /// Unix milliseconds.
    at: i64,
    /// `None`: there was no answer.
    status: Option<u16>,
    error: Option<String>,
}

struct Entry {
    message: Message,
    attempts: Vec<Attempt>,
    outcome: Outcome,
}

#[derive(Default)]
pub(crate) struct Journal(VecDeque<Entry>);

impl Journal {
    fn find(&mut self, id: &str) -> Option<&mut Entry> {
        self.0.iter_mut().rev().find(|entry| entry.message.id == id)
    }

    /// Begins a message, or begins it again.
    pub(crate) fn begin(&mut self, message: &Message, outcome: Outcome) {
        match self.find(&message.id) {
            Some(entry) => entry.outcome = outcome,
            None => {
                let ended = self.0.iter().position(|entry| entry.outcome != Outcome::Pending);
                if let Some(oldest) = ended.filter(|_| self.0.len() >= KEPT) {
                    self.0.remove(oldest);
                }
                self.0.push_back(Entry { message: message.clone(), attempts: Vec::new(), outcome });
            }
        }
    }

    pub(crate) fn attempted(&mut self, id: &str, answered: Result<u16, String>, outcome: Outcome) {
        let Some(entry) = self.find(id) else { return };
        let (status, error) = (answered.as_ref().ok().copied(), answered.err());
        entry.attempts.push(Attempt { at: crate::now_ms(), status, error });
        // A duplicate that fails does not undo what was delivered.
        if entry.outcome != Outcome::Delivered {
            entry.outcome = outcome;
        }
    }

    fn shown(entry: &Entry) -> Value {
        json!({
            "id": entry.message.id, "type": entry.message.kind, "outcome": entry.outcome, "attempts": entry.attempts,
            "payload": serde_json::from_str::<Value>(&entry.message.body).unwrap_or_default(),
        })
    }
}

/// `GET /_local/webhooks`, newest first.
pub(crate) async fn list(State(clerk): State<Clerk>) -> Response {
    let journal = clerk.journal();
    let list: Vec<_> = journal.0.iter().rev().map(Journal::shown).collect();
    Json(json!({ "total_count": list.len(), "data": list })).into_response()
}

/// `POST /_local/webhooks/{id}/replay`: once more under the same id, from the first attempt on.
pub(crate) async fn replay(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let found = clerk.journal().find(&id).map(|entry| {
        entry.outcome = Outcome::Pending;
        (Message { is_replay: true, ..entry.message.clone() }, Journal::shown(entry))
    });
    let Some((message, shown)) = found else { return answer::not_found() };
    clerk.webhooks.send(message);
    (StatusCode::ACCEPTED, Json(shown)).into_response()
}
