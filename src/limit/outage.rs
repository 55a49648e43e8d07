//! Whether the store is away: told once when an outage begins and once when it ends, however many
//! calls there are.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Outage {
    /// How many calls have begun.
    begun: AtomicU64,
    state: Mutex<State>,
    /// Who is told of each change beside the log.
    told: OnceLock<fn(bool)>,
}

#[derive(Debug, Default)]
struct State {
    away: bool,
    /// How many calls had begun when that changed.
    since: u64,
}

/// One call to the store, by its number.
#[derive(Clone, Copy)]
pub(super) struct Call(u64);

impl Outage {
    pub(super) fn tell(&self, told: fn(bool)) {
        told(false);
        // Whoever is told first stays; there is one.
        let _ = self.told.set(told);
    }

    pub(super) fn begin(&self) -> Call {
        Call(self.begun.fetch_add(1, Ordering::SeqCst))
    }

    pub(super) fn answered(&self, call: Call) {
        if self.changes(call, false) {
            tracing::warn!("the store of rate limits is back");
            self.told.get().inspect(|told| told(false));
        }
    }

    pub(super) fn failed(&self, call: Call, reason: &str) {
        if self.changes(call, true) {
            tracing::error!(
                reason,
                "the store of rate limits is away: until it is back each limit refuses, allows or counts in this process"
            );
            self.told.get().inspect(|told| told(true));
        }
    }

    /// Whether this call shows a change. One that had begun before the last change tells nothing new: calls that were on their
    /// way together end in any order.
    fn changes(&self, call: Call, away: bool) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.away == away || call.0 < state.since {
            return false;
        }
        *state = State { away, since: self.begun.load(Ordering::SeqCst) };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CHANGES: Mutex<Vec<bool>> = Mutex::new(Vec::new());

    #[test]
    fn calls_that_were_on_their_way_together_tell_of_one_change() {
        let outage = Outage::default();
        outage.tell(|away| CHANGES.lock().unwrap().push(away));
        let calls: Vec<_> = (0..8).map(|_| outage.begin()).collect();
        for (number, call) in calls.into_iter().enumerate() {
            // Some were answered, some were not.
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
