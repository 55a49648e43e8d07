//! Queues denied calls of known users for the audit log.
//!
//! A denied call does not wait for a write: it is queued here, and `denial_writer` stores the queue
//! in batches. If the queue is full, the entry is dropped and the server's log says so.

use crate::actor::Actor;
use domain::operation::Declaration;
use domain::refusal::Refusal;
use tokio::sync::{mpsc, oneshot};

/// A denied call of a known user.
#[derive(Clone, Debug)]
pub struct DeniedCall {
    /// The caller.
    pub actor: Actor,
    /// Name of the operation.
    pub operation: &'static str,
    /// Code of the refusal.
    pub outcome: &'static str,
    /// Id of the request.
    pub request_id: String,
    /// When the request arrived, Unix milliseconds.
    pub at_ms: i64,
}

/// An item of the queue.
#[derive(Debug)]
pub(crate) enum Queued {
    Call(DeniedCall),
    /// The sender waits until everything before this is stored.
    Flush(oneshot::Sender<()>),
}

/// The sending end of the queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DenialLog(mpsc::Sender<Queued>);

const QUEUE: usize = 4096;

impl DenialLog {
    /// A queue, and its receiving end.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Queued>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }

    /// Queues a refused call. `at_ms` is when its request arrived, in Unix milliseconds.
    pub(crate) fn record(
        &self,
        actor: &Actor,
        declaration: &Declaration,
        refusal: &Refusal,
        request_id: &str,
        at_ms: i64,
    ) {
        let (actor, operation, outcome) = (actor.clone(), declaration.name, refusal.code());
        let call = DeniedCall { actor, operation, outcome, request_id: request_id.to_owned(), at_ms };
        if self.0.try_send(Queued::Call(call)).is_err() {
            tracing::warn!("a denied call was not written to the audit log: its queue is full");
        }
    }

    /// Waits until every call that is queued now is stored.
    pub(crate) async fn flush(&self) {
        let (stored, wait) = oneshot::channel();
        if self.0.send(Queued::Flush(stored)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_tokens::session;
    use domain::operation::OPERATIONS;

    #[tokio::test]
    async fn a_full_queue_drops_calls_and_does_not_grow() {
        let (log, mut queue) = DenialLog::channel();
        let actor = Actor::of(&session("user_1", "sess_1", "org_1", 0)).unwrap();
        for _ in 0..QUEUE + 1000 {
            log.record(&actor, OPERATIONS[0], &Refusal::Forbidden, "request", 0);
        }
        let mut kept = Vec::new();
        assert_eq!(queue.recv_many(&mut kept, 2 * QUEUE).await, QUEUE);
    }
}
