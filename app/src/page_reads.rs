//! Reads that fail while a page is open: the page keeps its content, shows a notice, and reads
//! again on "Retry".
//!
//! `navigator.onLine` is often true without a connection, so only failed calls count as a failure.
//! The event `online` is reliable and counts as a "Retry".

use crate::call_error::CallError;
use crate::leptos_response::IS_SERVER;
use domain::refusal::Refusal;
use futures_channel::oneshot;
use leptos::prelude::*;

/// The reads of the page in a frame.
#[derive(Clone, Copy)]
pub(crate) struct PageReads {
    /// Ids of the reads that failed.
    failed: RwSignal<Vec<u32>>,
    last_id: StoredValue<u32>,
    /// Number of retries. A read runs again when it changes.
    attempts: RwSignal<u32>,
    waiting: StoredValue<Vec<oneshot::Sender<()>>>,
    /// Number of answers to the forms of the page.
    answers: StoredValue<u32>,
}

impl PageReads {
    pub(crate) fn new() -> Self {
        Self {
            failed: RwSignal::new(Vec::new()),
            last_id: StoredValue::new(0),
            attempts: RwSignal::new(0),
            waiting: StoredValue::new(Vec::new()),
            answers: StoredValue::new(0),
        }
    }

    /// Counts an answer to a form of the page: what a read is told now may differ from before.
    pub(crate) fn count_answer(self) {
        self.answers.try_update_value(|answers| *answers += 1);
    }

    /// Whether the page may be out of date.
    pub(crate) fn have_failed(self) -> bool {
        !self.failed.read().is_empty()
    }

    /// Reads everything again, because another tab has changed something.
    pub(crate) fn refresh(self) {
        self.attempts.update(|attempts| *attempts += 1);
    }

    /// Reads again, if any read has failed.
    pub(crate) fn retry(self) {
        if self.failed.with_untracked(Vec::is_empty) {
            return;
        }
        for read in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            // The waiting read may have ended with its page.
            let _ = read.send(());
        }
        self.refresh();
    }
}

/// One read of a page.
#[derive(Clone, Copy)]
pub(crate) struct PageRead {
    reads: PageReads,
    id: u32,
    /// Disposed of together with the part of the page that made the read.
    alive: StoredValue<()>,
}

impl PageRead {
    /// A new read, or `None` outside of a frame. On the server there is none either: nobody can
    /// press "Retry" there, and the request would wait until it times out.
    pub(crate) fn new() -> Option<Self> {
        let reads = use_context::<PageReads>().filter(|_| !IS_SERVER)?;
        let id = reads.last_id.try_update_value(|last| {
            *last += 1;
            *last
        })?;
        let read = Self { reads, id, alive: StoredValue::new(()) };
        on_cleanup(move || read.set_failed(false));
        Some(read)
    }

    /// Number of attempts; within a reactive scope it follows.
    pub(crate) fn attempts(self) -> u32 {
        self.reads.attempts.get()
    }

    /// Records an answer, and returns whether another attempt may succeed.
    pub(crate) fn record<T>(self, answer: &Result<T, CallError>) -> bool {
        let has_failed =
            matches!(answer, Err(CallError(Refusal::Unavailable | Refusal::Internal | Refusal::RateLimited { .. })))
                && self.is_alive();
        self.set_failed(has_failed);
        has_failed
    }

    /// Number of answers to the forms of the page; `None` once the part with the read is gone.
    pub(crate) fn answers(self) -> Option<u32> {
        self.reads.answers.try_get_value().filter(|_| self.is_alive())
    }

    /// Whether the part of the page that made the read is still there.
    pub(crate) fn is_alive(self) -> bool {
        !self.alive.is_disposed()
    }

    /// Waits until "Retry" is pressed.
    pub(crate) async fn wait_for_retry(self) {
        let (retry, retried) = oneshot::channel();
        self.reads.waiting.update_value(|waiting| waiting.push(retry));
        // The sender is dropped when the user leaves the page.
        let _ = retried.await;
    }

    fn set_failed(self, has_failed: bool) {
        let known = self.reads.failed.try_with_untracked(|failed| failed.contains(&self.id)) == Some(true);
        if known != has_failed {
            self.reads.failed.try_update(|failed| {
                failed.retain(|id| *id != self.id);
                failed.extend(has_failed.then_some(self.id));
            });
        }
    }
}
