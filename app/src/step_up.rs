//! State of the step-up dialog, and the call that waits for it.
//!
//! The dialog asks for nothing before Clerk has named a factor.

use crate::browser::{attempt_verification, start_verification};
use crate::factor::Factor;
use futures_channel::oneshot;
use leptos::prelude::*;

/// The page's step-up dialog. A call waits in [`StepUp::confirm`] until the person has confirmed or
/// cancelled.
#[derive(Clone, Copy)]
pub(crate) struct StepUp {
    level: RwSignal<Option<String>>,
    /// The factor that is asked for; `None` until Clerk has named one.
    pub(crate) factor: RwSignal<Option<Factor>>,
    /// The message of the last failure, for the person.
    pub(crate) error: RwSignal<String>,
    /// Whether an answer is awaited.
    pub(crate) busy: RwSignal<bool>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
    /// Counts how often the dialog was opened: an answer to an earlier opening is ignored.
    opening: StoredValue<u32>,
}

impl StepUp {
    pub(crate) fn new() -> Self {
        Self {
            level: RwSignal::new(None),
            factor: RwSignal::new(None),
            error: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
            waiting: StoredValue::new(None),
            opening: StoredValue::new(0),
        }
    }

    /// Whether the dialog is open; within a reactive scope it follows.
    pub(crate) fn is_open(self) -> bool {
        self.level.read().is_some()
    }

    /// Opens the dialog, and returns whether the person confirmed. A second call while it is open
    /// takes its place, and the first is cancelled.
    pub(crate) async fn confirm(self, level: String) -> bool {
        let (answer, answered) = oneshot::channel();
        self.finish(false);
        self.waiting.set_value(Some(answer));
        self.opening.update_value(|opening| *opening += 1);
        self.level.set(Some(level));
        self.start();
        answered.await.unwrap_or(false)
    }

    /// Closes the dialog.
    pub(crate) fn finish(self, confirmed: bool) {
        self.level.set(None);
        self.factor.set(None);
        self.error.set(String::new());
        self.busy.set(false);
        if let Some(answer) = self.waiting.try_update_value(Option::take).flatten() {
            // The waiting call may have ended with its page.
            let _ = answer.send(confirmed);
        }
    }

    /// Asks Clerk for the first factor.
    pub(crate) fn start(self) {
        if let Some(level) = self.level.get_untracked() {
            self.wait_for(start_verification(level));
        }
    }

    /// Sends the value of the factor to Clerk.
    pub(crate) fn submit(self, value: String) {
        if let Some(factor) = self.factor.get_untracked() {
            self.wait_for(attempt_verification(factor, value));
        }
    }

    /// Shows the factor that Clerk asks for next, or closes the dialog when there is none.
    fn wait_for(self, answer: impl Future<Output = Result<Option<Factor>, String>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(String::new());
        let opening = self.opening.get_value();
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            if self.opening.get_value() != opening || self.level.with_untracked(Option::is_none) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(None) => self.finish(true),
                Ok(next) => self.factor.set(next),
                Err(text) => self.error.set(text),
            }
        });
    }
}
