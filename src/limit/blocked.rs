//! Caches blocked identifiers: while nothing remains of a budget, a call is refused without a
//! request to the store.
//!
//! The cache keeps the counters from the store's answer and applies the rule to each new call. The
//! result is exact: while nothing remains, no process writes to those counters, whatever its call
//! costs, in strict mode and in `@upstash/ratelimit`. A call that costs more than what remains goes
//! to the store each time, because another process may take what remains.
//!
//! If the clocks of two servers differ, the reported wait may be too short by the units that the
//! other server took in the difference. No call is refused that the store would admit.
//!
//! The cache cannot see refunds from another process and counters that an operator deletes. It then
//! refuses until the known end of the block, less than two windows later. Gatehouse makes no
//! refunds; in parity mode, which is for limits with refunds from other processes, the cache is not
//! used.

use super::bounded::Separate;
use super::take::Take;
use super::window::{Counters, Mode, Window};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(super) struct BlockCache {
    entries: Separate<Counters>,
    /// Number of invalidations. A response that was requested before the latest one may be
    /// outdated.
    invalidations: AtomicU64,
}

/// The number of invalidations when a request to the store began.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

/// Invalidates an identifier when it is dropped, so also after a lost response or a cancelled call.
pub(super) struct InvalidateOnDrop<'a>(&'a BlockCache, Take<'a>);

impl BlockCache {
    pub(super) fn new(identifiers: usize) -> Self {
        Self { entries: Separate::new(identifiers), invalidations: AtomicU64::default() }
    }

    /// The counters of an identifier whose budget is exhausted.
    pub(super) fn find(&self, take: Take<'_>) -> Option<Counters> {
        let Take { keys, window, now_ms, .. } = take;
        let entries = self.entries.shard(take)?;
        let in_next_window = |before: Counters| Counters { previous: before.current, current: 0 };
        let counters =
            entries.get(&keys.current, now_ms).or_else(|| entries.get(&keys.previous, now_ms).map(in_next_window))?;
        is_blocked(counters, window, now_ms).then_some(counters)
    }

    pub(super) fn generation(&self) -> Generation {
        Generation(self.invalidations.load(Ordering::SeqCst))
    }

    /// Stores the counters of a response, unless an invalidation happened since the request: the
    /// response may be older.
    pub(super) fn store(&self, generation: Generation, take: Take<'_>, counters: Counters) {
        let Take { keys, window, now_ms, .. } = take;
        let Some(mut entries) = self.entries.shard(take) else { return };
        if self.invalidations.load(Ordering::SeqCst) != generation.0 {
            return;
        }
        entries.expire(&keys.previous);
        if is_blocked(counters, window, now_ms) {
            let verdict = window.verdict(false, counters, 1, now_ms);
            let end_ms = verdict.wait_ms.map_or(verdict.reset_ms, |wait_ms| now_ms.saturating_add_unsigned(wait_ms));
            entries.insert(&keys.current, counters, now_ms, end_ms);
        } else {
            entries.expire(&keys.current);
        }
    }

    /// Returns a guard for a call that may refund units.
    pub(super) fn invalidate_on_drop<'a>(&'a self, take: Take<'a>) -> Option<InvalidateOnDrop<'a>> {
        (take.cost < 0).then_some(InvalidateOnDrop(self, take))
    }

    /// Drops all entries, because a store may be empty after an outage.
    pub(super) fn clear(&self) {
        self.invalidations.fetch_add(1, Ordering::SeqCst);
        self.entries.clear();
    }
}

impl Drop for InvalidateOnDrop<'_> {
    fn drop(&mut self) {
        let Self(blocked, take) = self;
        blocked.invalidations.fetch_add(1, Ordering::SeqCst);
        if let Some(mut entries) = blocked.entries.shard(*take) {
            entries.expire(&take.keys.current);
            entries.expire(&take.keys.previous);
        }
    }
}

/// Whether a call of cost 1 does not fit.
fn is_blocked(counters: Counters, window: Window, now_ms: i64) -> bool {
    window.count(counters, 1, now_ms, Mode::Strict).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::local_state::LocalState;
    use crate::limit::memory::Memory;
    use crate::limit::requester::Requester;
    use crate::limit::take::Call;
    use crate::limit::window::{Keys, Verdict};
    use futures_util::FutureExt;
    use proptest::prelude::*;
    use std::cell::Cell;

    const START_MS: i64 = 1_800_000_000_000;
    const WINDOW: Window = Window { limit: 5, length_ms: 1000 };

    /// A process in front of a shared store, with the number of its requests to it.
    struct Process<'a> {
        local_state: LocalState,
        store: &'a Memory,
        asked: Cell<usize>,
    }

    impl<'a> Process<'a> {
        fn new(store: &'a Memory) -> Self {
            Self { local_state: LocalState::default(), store, asked: Cell::new(0) }
        }

        async fn take(&self, window: Window, who: &str, cost: i64, now_ms: i64) -> (bool, Counters) {
            let keys = window.keys("test", who, now_ms);
            let take = at(&keys, window, cost, now_ms);
            let request = async {
                self.asked.set(self.asked.get() + 1);
                Ok(self.store.take(take))
            };
            self.local_state.decide(take, request).await.unwrap()
        }
    }

    fn at(keys: &Keys, window: Window, cost: i64, now_ms: i64) -> Take<'_> {
        Take::new(keys, window, Call { cost, ..Call::new(Requester::User(""), now_ms) }, Mode::Strict)
    }

    fn strict(keys: &Keys, cost: i64) -> Take<'_> {
        at(keys, WINDOW, cost, START_MS)
    }

    fn ready<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().unwrap()
    }

    #[test]
    fn a_blocked_identifier_is_refused_without_a_request_until_exactly_the_end() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost, after_ms| ready(process.take(WINDOW, "user_1", cost, START_MS + after_ms));
        // The answer to the call that takes the last unit shows already that nothing remains.
        assert!((0..5).all(|after_ms| take(1, after_ms).0));
        let wait_ms = WINDOW.verdict(false, take(1, 5).1, 1, START_MS + 5).wait_ms.unwrap();
        assert_eq!((process.asked.get(), wait_ms), (5, 996));
        for after_ms in 5..1001 {
            assert!(!take(1 + after_ms % 9, after_ms).0);
        }
        assert_eq!(process.asked.get(), 5);
        assert!(take(1, 1001).0);
        assert_eq!(process.asked.get(), 6);
    }

    #[test]
    fn a_cheaper_call_is_not_refused_because_of_a_costlier_one() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS)).0;
        assert_eq!([take(3), take(4), take(3), take(2), take(1)], [true, false, false, true, false]);
    }

    #[test]
    fn refunded_units_are_available_at_once_even_if_the_response_is_lost() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS)).0;
        assert!(take(5) && !take(1) && take(-1) && take(1) && !take(1));
        // The response is lost, so the refund may or may not have happened.
        let keys = WINDOW.keys("test", "user_1", START_MS);
        let lost = async {
            store.take(strict(&keys, -1));
            std::future::pending().await
        };
        let asked = process.local_state.decide(strict(&keys, -1), lost);
        assert!(asked.now_or_never().is_none());
        assert!(take(1) && !take(1));
    }

    #[test]
    fn a_response_older_than_a_refund_does_not_block() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS)).0;
        let keys = WINDOW.keys("test", "user_1", START_MS);
        store.take(strict(&keys, 5));
        let overtaken = async {
            let refused = store.take(strict(&keys, 1));
            assert!(process.take(WINDOW, "user_1", -1, START_MS).await.0);
            Ok(refused)
        };
        assert!(!ready(process.local_state.decide(strict(&keys, 1), overtaken)).unwrap().0);
        assert!(take(1));
    }

    #[test]
    fn an_outage_clears_the_cache_because_the_store_may_return_empty() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        assert!(ready(process.take(WINDOW, "user_1", 5, START_MS)).0);
        let keys = WINDOW.keys("test", "user_2", START_MS);
        let down = async { Err("away".to_owned()) };
        assert!(ready(process.local_state.decide(strict(&keys, 1), down)).is_err());
        ready(process.take(WINDOW, "user_1", 1, START_MS));
        assert_eq!(process.asked.get(), 2);
    }

    #[test]
    fn a_flood_of_blocked_identifiers_does_not_grow_memory() {
        let blocked = BlockCache::new(1000);
        let full = Counters { previous: 0, current: 5 };
        for n in 0..50_000 {
            let now_ms = START_MS + n / 100;
            let keys = WINDOW.keys("test", &format!("user_{n}"), now_ms);
            let refund = at(&keys, WINDOW, -1, now_ms);
            blocked.store(blocked.generation(), refund, full);
            assert!(blocked.find(refund).is_some());
            // An entry that is invalidated and stored again is queued once.
            drop(blocked.invalidate_on_drop(refund));
            blocked.store(blocked.generation(), refund, full);
        }
        let (kept, queued) = blocked.entries.sizes();
        assert!(kept <= 1016 && queued == kept, "{kept} {queued}");
    }

    proptest! {
        /// Two processes share a store, and the same calls go to a store without a cache. If the
        /// clock of one process is behind, it may miss the units that the other took: its refusal
        /// is right and its reported wait may be too short.
        #[test]
        fn verdicts_equal_those_of_the_store(
            steps in prop::collection::vec((any::<bool>(), 0_u8..3, -40_i64..400, 0_i64..7), 1..200),
            limit in 0_u64..9,
            clocks_agree in any::<bool>(),
        ) {
            let (store, plain, window) = (Memory::new(1000), Memory::new(1000), Window { limit, ..WINDOW });
            let processes = [Process::new(&store), Process::new(&store)];
            let mut now_ms = START_MS;
            for (first, who, later_ms, cost) in steps {
                now_ms += if clocks_agree { later_ms.max(0) } else { later_ms };
                let who = who.to_string();
                let process = &processes[usize::from(first)];
                let keys = window.keys("test", &who, now_ms);
                let expected = plain.take(at(&keys, window, cost, now_ms));
                let asked = process.asked.get();
                let taken = ready(process.take(window, &who, cost, now_ms));
                let verdict = |(counted, counters)| window.verdict(counted, counters, cost, now_ms);
                let (taken_wait, expected_wait) = (verdict(taken).wait_ms, verdict(expected).wait_ms);
                prop_assert!(taken_wait == expected_wait || (!clocks_agree && taken_wait < expected_wait));
                let without_wait = |taken| Verdict { wait_ms: None, ..verdict(taken) };
                prop_assert_eq!(without_wait(taken), without_wait(expected));
                // A blocked identifier causes no further request.
                if is_blocked(taken.1, window, now_ms) {
                    let again = process.asked.get();
                    prop_assert!(!ready(process.take(window, &who, 1, now_ms)).0);
                    prop_assert_eq!(process.asked.get(), again);
                }
                prop_assert!(cost > 0 || process.asked.get() == asked + 1);
            }
        }

        /// One process also makes refunds.
        #[test]
        fn refunds_of_this_process_take_effect(
            steps in prop::collection::vec((0_u8..3, 0_i64..400, -4_i64..7), 1..200),
            limit in 0_u64..9,
        ) {
            let (store, plain, window) = (Memory::new(1000), Memory::new(1000), Window { limit, ..WINDOW });
            let process = Process::new(&store);
            let mut now_ms = START_MS;
            for (who, later_ms, cost) in steps {
                now_ms += later_ms;
                let who = who.to_string();
                let keys = window.keys("test", &who, now_ms);
                let expected = plain.take(at(&keys, window, cost, now_ms));
                let taken = ready(process.take(window, &who, cost, now_ms));
                let verdict = |(counted, counters)| window.verdict(counted, counters, cost, now_ms);
                prop_assert_eq!(verdict(taken), verdict(expected));
            }
        }
    }
}
