//! Refused calls on their way to the audit log.
//!
//! A refusal must stay cheap, or whoever is refused could keep the database busy. So refusals are handed over through a bounded queue and
//! written in batches; the store counts equal ones of the same minute in one row. When the queue is full they are dropped, and the log says so.

use crate::access::Actor;
use crate::store::{Store, audit};
use domain::operation::Declaration;
use domain::refusal::Refusal;
use std::time::Duration;
use tokio::sync::mpsc;

/// A call that was refused, of somebody who is known.
#[derive(Clone, Debug)]
pub struct DeniedCall {
    /// Who.
    pub actor: Actor,
    /// Name of the operation.
    pub operation: &'static str,
    /// Code of the refusal.
    pub outcome: &'static str,
    /// Id of the request.
    pub request_id: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
}

/// The queue's entrance. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DenialLog(mpsc::Sender<DeniedCall>);

const QUEUE: usize = 4096;
const BATCH: usize = 512;
const PAUSE: Duration = Duration::from_millis(50);

impl DenialLog {
    /// Starts the writer. It ends when the last entrance is dropped.
    #[must_use]
    pub fn recorded_in(store: Store) -> Self {
        let (entrance, exit) = mpsc::channel(QUEUE);
        tokio::spawn(write_batches(store, exit));
        Self(entrance)
    }

    /// An entrance behind which nobody writes.
    #[cfg(test)]
    pub(crate) fn to_nowhere() -> Self {
        Self(mpsc::channel(1).0)
    }

    /// Writes down that somebody was refused an operation, by a request that arrived at a time in Unix milliseconds.
    pub(crate) fn note(
        &self,
        actor: &Actor,
        declaration: &Declaration,
        refusal: &Refusal,
        request_id: &str,
        at_ms: i64,
    ) {
        let (actor, operation, outcome) = (actor.clone(), declaration.name, refusal.code());
        let call = DeniedCall { actor, operation, outcome, request_id: request_id.to_owned(), at_ms };
        if self.0.try_send(call).is_err() {
            tracing::warn!("a refused call was not written to the audit log: too many at once");
        }
    }
}

async fn write_batches(store: Store, mut exit: mpsc::Receiver<DeniedCall>) {
    let mut batch = Vec::new();
    while exit.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(error) = audit::record_refusals(&store, &batch).await {
            tracing::error!(%error, calls = batch.len(), "refused calls were not written to the audit log");
        }
        batch.clear();
        // A short rest lets a flood gather into one transaction.
        tokio::time::sleep(PAUSE).await;
    }
}
