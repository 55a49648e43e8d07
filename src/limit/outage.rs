//! Detects outages of the store, and reports each beginning and each end once, whatever the number
//! of concurrent calls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Number of calls that have started.
    started: AtomicU64,
    state: Mutex<State>,
    /// Callback for each change, in addition to the log.
    listener: OnceLock<fn(bool)>,
}

#[derive(Debug, Default)]
struct State {
    unavailable: bool,
    /// Number of calls that had begun at the last change.
    since: u64,
}

/// The number of a call to the store.
#[derive(Clone, Copy)]
pub(super) struct Call(u64);

impl Outage {
    pub(super) fn set_listener(&self, listener: fn(bool)) {
        listener(false);
        // The first callback stays; the server sets only one.
        let _ = self.listener.set(listener);
    }

    pub(super) fn begin(&self) -> Call {
        Call(self.started.fetch_add(1, Ordering::SeqCst))
    }

    pub(super) fn answered(&self, call: Call) {
        if self.is_change(call, false) {
            tracing::warn!("the rate limit store is available again");
            self.listener.get().inspect(|listener| listener(false));
        }
    }

    pub(super) fn failed(&self, call: Call, reason: &str) {
        if self.is_change(call, true) {
            tracing::error!(
                reason,
                "the rate limit store is unavailable: until it answers, each limit refuses, admits or counts in this process"
            );
            self.listener.get().inspect(|listener| listener(true));
        }
    }

    /// Whether this call changes the state. A call that began before the last change is ignored,
    /// because concurrent calls end in any order.
    fn is_change(&self, call: Call, unavailable: bool) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.unavailable == unavailable || call.0 < state.since {
            return false;
        }
        *state = State { unavailable, since: self.started.load(Ordering::SeqCst) };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CHANGES: Mutex<Vec<bool>> = Mutex::new(Vec::new());

    #[test]
    fn concurrent_calls_report_one_change() {
        let outage = Outage::default();
        outage.set_listener(|unavailable| CHANGES.lock().unwrap().push(unavailable));
        let calls: Vec<_> = (0..8).map(|_| outage.begin()).collect();
        for (number, call) in calls.into_iter().enumerate() {
            // Every second call fails.
            if number % 2 == 0 { outage.answered(call) } else { outage.failed(call, "lost") }
        }
        assert_eq!(*CHANGES.lock().unwrap(), [false, true]);
        let (early, late) = (outage.begin(), outage.begin());
        outage.answered(late);
        outage.failed(early, "late");
        outage.failed(outage.begin(), "lost again");
        assert_eq!(*CHANGES.lock().unwrap(), [false, true, false, true]);
    }
}
