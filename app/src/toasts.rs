//! The messages about finished changes that stand at the edge of the page for some seconds.
//!
//! They belong to the frame, so a message outlives the page whose change it is about.

use crate::operation_action::OperationAction;
use leptos::prelude::*;

/// More would cover the page.
const MAX_SHOWN: usize = 3;
/// Seconds until a message leaves: enough to read it twice. The audit log keeps every change.
const SECONDS: u32 = 8;

/// The change that takes another one back.
#[derive(Clone)]
pub(crate) struct Undo {
    action: OperationAction,
    fields: Vec<(String, String)>,
}

impl Undo {
    /// `fields`: the input of the action.
    pub(crate) fn new(action: OperationAction, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { action, fields: fields.collect() }
    }

    /// Sends the change, like a form.
    pub(crate) fn send(self) {
        self.action.take_back(self.fields);
    }
}

/// One message.
#[derive(Clone)]
pub(crate) struct Toast {
    /// Different for each message.
    pub(crate) id: u32,
    /// The message.
    pub(crate) text: String,
    /// Takes the change back, where that is possible.
    pub(crate) undo: Option<Undo>,
    /// The name of the operation that it is about.
    operation: &'static str,
    seconds_left: u32,
}

/// The messages of a frame.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u32>,
    is_held: StoredValue<bool>,
}

impl Toasts {
    pub(crate) fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), last_id: StoredValue::new(0), is_held: StoredValue::new(false) }
    }

    /// The messages, the oldest first; within a reactive scope it follows.
    pub(crate) fn shown(self) -> Vec<Toast> {
        self.shown.get()
    }

    /// Shows a message about an operation.
    pub(crate) fn show(self, operation: &'static str, text: String, undo: Option<Undo>) {
        let id = self.last_id.get_value() + 1;
        self.last_id.set_value(id);
        self.shown.update(|shown| {
            if shown.len() == MAX_SHOWN {
                shown.remove(0);
            }
            shown.push(Toast { id, text, undo, operation, seconds_left: SECONDS });
        });
    }

    /// Removes a message.
    pub(crate) fn dismiss(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
        self.hold(false);
    }

    /// Removes the messages about an operation, which was refused since: a success beside a refusal
    /// looks like the answer to the same attempt.
    pub(crate) fn withdraw(self, operation: &str) {
        self.shown.update(|shown| shown.retain(|toast| toast.operation != operation));
        self.hold(false);
    }

    /// The page is left, and its actions with it, so nothing can be taken back any more.
    pub(crate) fn leave_page(self) {
        if self.shown.with_untracked(|shown| shown.iter().any(|toast| toast.undo.is_some())) {
            self.shown.update(|shown| {
                for toast in shown {
                    toast.undo = None;
                }
            });
        }
    }

    /// Stops or continues the time, for somebody who points at a message or has the focus in it.
    pub(crate) fn hold(self, is_held: bool) {
        self.is_held.set_value(is_held);
    }

    /// Counts a second, and removes the messages whose time is over.
    pub(crate) fn count_second(self) {
        if self.is_held.get_value() {
            return;
        }
        let is_over = self.shown.try_update_untracked(|shown| {
            shown.iter_mut().for_each(|toast| toast.seconds_left = toast.seconds_left.saturating_sub(1));
            shown.iter().any(|toast| toast.seconds_left == 0)
        });
        if is_over == Some(true) {
            self.shown.update(|shown| shown.retain(|toast| toast.seconds_left > 0));
        }
    }
}
