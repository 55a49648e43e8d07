//! One decision that a store is asked for.

use super::window::{Counters, Keys, Mode, Verdict, Window};

/// The store of the limiter does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rate limiter is unavailable")]
pub struct LimiterDown;

/// One decision that is asked for, with what every store needs to know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take<'a> {
    pub(super) keys: &'a Keys,
    pub(super) window: Window,
    pub(super) cost: i64,
    pub(super) now_ms: i64,
    pub(super) mode: Mode,
}

impl Take<'_> {
    /// The answer, for whether the store counted the call and its counters afterwards.
    pub(super) fn verdict(self, (counted, counters): (bool, Counters)) -> Verdict {
        self.window.verdict(counted, counters, self.cost, self.now_ms)
    }
}
