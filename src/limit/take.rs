//! The input of one decision, which every store understands.

use super::window::{Counters, Keys, Mode, Verdict, Window};

/// The store of the limiter does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rate limiter is unavailable")]
pub struct LimiterDown;

/// The input of one decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take<'a> {
    pub(super) keys: &'a Keys,
    pub(super) window: Window,
    pub(super) cost: i64,
    pub(super) now_ms: i64,
    pub(super) mode: Mode,
}

impl Take<'_> {
    /// The verdict, from the store's answer: whether the call counted, and the counters afterwards.
    pub(super) fn verdict(self, (counted, counters): (bool, Counters)) -> Verdict {
        self.window.verdict(counted, counters, self.cost, self.now_ms)
    }
}
