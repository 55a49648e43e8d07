//! A limit, a call against it, and the input of one decision, which every store understands.

use super::requester::Requester;
use super::window::{Counters, Keys, Mode, Verdict, Window};

/// The store of the limiter does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rate limiter is unavailable")]
pub struct LimiterDown;

/// How much each requester may take in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'a> {
    /// Part of the keys, and the name of the policy in response headers.
    pub name: &'a str,
    /// Units in a window, one for each request. With 0 every call is refused.
    pub requests: u64,
    /// Length of the window in milliseconds. 0 counts as 1, and more than ten years as ten years.
    pub window_ms: u64,
}

impl Limit<'static> {
    /// A limit for each minute.
    #[must_use]
    pub const fn per_minute(name: &'static str, requests: u64) -> Self {
        Self { name, requests, window_ms: 60_000 }
    }
}

impl Limit<'_> {
    pub(super) fn window(self) -> Window {
        Window { limit: self.requests, length_ms: self.window_ms }
    }
}

/// A call that counts against a limit.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The party whose budget pays.
    pub requester: Requester<'a>,
    /// Units that the call takes. A negative number refunds units.
    pub cost: i64,
    /// The time of the call, Unix milliseconds.
    pub now_ms: i64,
}

impl<'a> Call<'a> {
    /// A call that takes one unit.
    #[must_use]
    pub fn new(requester: Requester<'a>, now_ms: i64) -> Self {
        Self { requester, cost: 1, now_ms }
    }
}

/// The input of one decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take<'a> {
    pub(super) keys: &'a Keys,
    pub(super) window: Window,
    pub(super) cost: i64,
    pub(super) now_ms: i64,
    pub(super) mode: Mode,
    /// Whether the requester is an address. Addresses have a memory of their own.
    pub(super) is_address: bool,
}

impl<'a> Take<'a> {
    pub(super) fn new(keys: &'a Keys, window: Window, call: Call<'_>, mode: Mode) -> Self {
        let Call { requester, cost, now_ms } = call;
        Self { keys, window, cost, now_ms, mode, is_address: requester.is_address() }
    }

    /// The verdict, from the store's answer: whether the call counted, and the counters afterwards.
    pub(super) fn verdict(self, (counted, counters): (bool, Counters)) -> Verdict {
        self.window.verdict(counted, counters, self.cost, self.now_ms)
    }
}
