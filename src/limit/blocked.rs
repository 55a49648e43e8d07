//! Who is known to be blocked: while nothing remains of a budget, a call is refused without a
//! question to the store.
//!
//! The counters that the store answered with are kept, and the rule is asked again for each call.
//! That is exact: while nothing remains, no process writes to those counters, whatever its call
//! costs, neither in strict mode nor in `@upstash/ratelimit`. So the answer is the one that the
//! store would give at that moment. A call that costs more than what remains is asked about each
//! time, because somebody else may take what remains.
//!
//! Where the clocks of two servers differ, one may call the wait too short by what the other took in
//! that difference; it refuses nobody whom the store would let pass.
//!
//! Two things cannot be seen here: units that another process gives back, and counters that
//! somebody deletes. Then this process refuses until the known end of the block, which is less than
//! two windows away. Gatehouse gives nothing back; [`super::Limiter::asking_each_time`] is for
//! limits that other processes do give back to.

use super::bounded::Bounded;
use super::window::{Counters, Keys, Mode, Window};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(super) struct Blocked {
    known: Bounded<Counters>,
    /// How often something was forgotten that an answer on its way may still tell.
    forgotten: AtomicU64,
}

/// What was known when a question went out.
#[derive(Clone, Copy)]
pub(super) struct Before(u64);

/// Forgets an identifier when it goes out of scope: also where the answer was lost or nobody waits for it any more.
pub(super) struct Forgetting<'a>(&'a Blocked, &'a Keys);

impl Blocked {
    pub(super) fn new(identifiers: usize) -> Self {
        Self { known: Bounded::new(identifiers), forgotten: AtomicU64::default() }
    }

    /// The counters of an identifier of which nothing remains.
    pub(super) fn find(&self, keys: &Keys, window: Window, now_ms: i64) -> Option<Counters> {
        let known = self.known.of(keys)?;
        let in_next_window = |before: Counters| Counters { previous: before.current, current: 0 };
        let counters =
            known.get(&keys.current, now_ms).or_else(|| known.get(&keys.previous, now_ms).map(in_next_window))?;
        is_blocked(counters, window, now_ms).then_some(counters)
    }

    pub(super) fn before(&self) -> Before {
        Before(self.forgotten.load(Ordering::SeqCst))
    }

    /// Keeps what the store answered, unless something was forgotten since the question: the answer may be older than that.
    pub(super) fn learn(&self, before: Before, keys: &Keys, window: Window, counters: Counters, now_ms: i64) {
        let Some(mut known) = self.known.of(keys) else { return };
        if self.forgotten.load(Ordering::SeqCst) != before.0 {
            return;
        }
        known.expire(&keys.previous);
        if is_blocked(counters, window, now_ms) {
            let verdict = window.verdict(false, counters, 1, now_ms);
            let end_ms = verdict.wait_ms.map_or(verdict.reset_ms, |wait_ms| now_ms.saturating_add_unsigned(wait_ms));
            known.insert(&keys.current, counters, now_ms, end_ms);
        } else {
            known.expire(&keys.current);
        }
    }

    /// For a call that may give units back, or take more than there are.
    pub(super) fn forgetting<'a>(&'a self, keys: &'a Keys, cost: i64, mode: Mode) -> Option<Forgetting<'a>> {
        (cost < 0 || mode == Mode::Parity).then_some(Forgetting(self, keys))
    }

    /// Forgets everybody: a store that was away may come back empty.
    pub(super) fn clear(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.known.clear();
    }
}

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        let Self(blocked, keys) = self;
        blocked.forgotten.fetch_add(1, Ordering::SeqCst);
        if let Some(mut known) = blocked.known.of(keys) {
            known.expire(&keys.current);
            known.expire(&keys.previous);
        }
    }
}

/// Whether not even the cheapest call fits.
fn is_blocked(counters: Counters, window: Window, now_ms: i64) -> bool {
    window.count(counters, 1, now_ms, Mode::Strict).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::beside::Beside;
    use crate::limit::memory::Memory;
    use crate::limit::take::Take;
    use crate::limit::window::Verdict;
    use futures_util::FutureExt;
    use proptest::prelude::*;
    use std::cell::Cell;

    const START_MS: i64 = 1_800_000_000_000;
    const WINDOW: Window = Window { limit: 5, length_ms: 1000 };

    /// A process in front of a store that others share, and how often it asked.
    struct Process<'a> {
        beside: Beside,
        store: &'a Memory,
        asked: Cell<usize>,
    }

    impl<'a> Process<'a> {
        fn new(store: &'a Memory) -> Self {
            Self { beside: Beside::default(), store, asked: Cell::new(0) }
        }

        async fn take(&self, window: Window, who: &str, cost: i64, now_ms: i64, mode: Mode) -> (bool, Counters) {
            let keys = window.keys("test", who, now_ms);
            let take = Take { keys: &keys, window, cost, now_ms, mode };
            let question = async {
                self.asked.set(self.asked.get() + 1);
                Ok(self.store.take(take))
            };
            self.beside.ask(take, question).await.unwrap()
        }
    }

    fn strict(keys: &Keys, cost: i64) -> Take<'_> {
        Take { keys, window: WINDOW, cost, now_ms: START_MS, mode: Mode::Strict }
    }

    fn ready<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().unwrap()
    }

    #[test]
    fn who_is_blocked_is_refused_without_a_question_until_exactly_the_end() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost, after_ms| ready(process.take(WINDOW, "user_1", cost, START_MS + after_ms, Mode::Strict));
        // The call that takes the last unit already tells that nothing remains.
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
    fn a_cheaper_call_is_never_refused_for_a_dearer_one() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS, Mode::Strict)).0;
        assert_eq!([take(3), take(4), take(3), take(2), take(1)], [true, false, false, true, false]);
    }

    #[test]
    fn units_that_are_given_back_are_there_at_once_also_when_nobody_waits_for_the_answer() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS, Mode::Strict)).0;
        assert!(take(5) && !take(1) && take(-1) && take(1) && !take(1));
        // The answer is lost: the units may have been given back, or not.
        let keys = WINDOW.keys("test", "user_1", START_MS);
        let lost = async {
            store.take(strict(&keys, -1));
            std::future::pending().await
        };
        let asked = process.beside.ask(strict(&keys, -1), lost);
        assert!(asked.now_or_never().is_none());
        assert!(take(1) && !take(1));
    }

    #[test]
    fn an_answer_that_is_older_than_units_given_back_blocks_nobody() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        let take = |cost| ready(process.take(WINDOW, "user_1", cost, START_MS, Mode::Strict)).0;
        let keys = WINDOW.keys("test", "user_1", START_MS);
        store.take(strict(&keys, 5));
        let overtaken = async {
            let refused = store.take(strict(&keys, 1));
            assert!(process.take(WINDOW, "user_1", -1, START_MS, Mode::Strict).await.0);
            Ok(refused)
        };
        assert!(!ready(process.beside.ask(strict(&keys, 1), overtaken)).unwrap().0);
        assert!(take(1));
    }

    #[test]
    fn an_outage_forgets_who_was_blocked_because_the_store_may_come_back_empty() {
        let store = Memory::new(100);
        let process = Process::new(&store);
        assert!(ready(process.take(WINDOW, "user_1", 5, START_MS, Mode::Strict)).0);
        let keys = WINDOW.keys("test", "user_2", START_MS);
        let down = async { Err("away".to_owned()) };
        assert!(ready(process.beside.ask(strict(&keys, 1), down)).is_err());
        ready(process.take(WINDOW, "user_1", 1, START_MS, Mode::Strict));
        assert_eq!(process.asked.get(), 2);
    }

    #[test]
    fn a_flood_of_blocked_identifiers_does_not_grow_memory() {
        let blocked = Blocked::new(1000);
        let full = Counters { previous: 0, current: 5 };
        for n in 0..50_000 {
            let now_ms = START_MS + n / 100;
            let keys = WINDOW.keys("test", &format!("user_{n}"), now_ms);
            blocked.learn(blocked.before(), &keys, WINDOW, full, now_ms);
            assert!(blocked.find(&keys, WINDOW, now_ms).is_some());
            // Forgotten and learnt again, it stands in the queue once.
            drop(blocked.forgetting(&keys, -1, Mode::Strict));
            blocked.learn(blocked.before(), &keys, WINDOW, full, now_ms);
        }
        let (kept, queued) = blocked.known.sizes();
        assert!(kept <= 1016 && queued == kept, "{kept} {queued}");
    }

    proptest! {
        /// Two processes share a store, and the same calls go to a store alone. Where the clock of one is behind, it may miss what the
        /// other took in the same moment: it refuses rightly and may call the wait too short.
        #[test]
        fn what_is_answered_is_what_the_store_would_say(
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
                let expected = plain.take(Take { keys: &keys, window, cost, now_ms, mode: Mode::Strict });
                let asked = process.asked.get();
                let taken = ready(process.take(window, &who, cost, now_ms, Mode::Strict));
                let verdict = |(counted, counters)| window.verdict(counted, counters, cost, now_ms);
                let (taken_wait, expected_wait) = (verdict(taken).wait_ms, verdict(expected).wait_ms);
                prop_assert!(taken_wait == expected_wait || (!clocks_agree && taken_wait < expected_wait));
                prop_assert_eq!(Verdict { wait_ms: None, ..verdict(taken) }, Verdict { wait_ms: None, ..verdict(expected) });
                // Whoever has been told that nothing remains does not ask again.
                if is_blocked(taken.1, window, now_ms) {
                    let again = process.asked.get();
                    prop_assert!(!ready(process.take(window, &who, 1, now_ms, Mode::Strict)).0);
                    prop_assert_eq!(process.asked.get(), again);
                }
                prop_assert!(cost > 0 || process.asked.get() == asked + 1);
            }
        }

        /// One process also gives units back, and counts some calls as the JavaScript library does.
        #[test]
        fn units_given_back_by_this_process_are_seen(
            steps in prop::collection::vec((0_u8..3, 0_i64..400, -4_i64..7, 0_u8..5), 1..200),
            limit in 0_u64..9,
        ) {
            let (store, plain, window) = (Memory::new(1000), Memory::new(1000), Window { limit, ..WINDOW });
            let process = Process::new(&store);
            let mut now_ms = START_MS;
            for (who, later_ms, cost, mode) in steps {
                now_ms += later_ms;
                let (who, mode) = (who.to_string(), if mode == 0 { Mode::Parity } else { Mode::Strict });
                let keys = window.keys("test", &who, now_ms);
                let expected = plain.take(Take { keys: &keys, window, cost, now_ms, mode });
                let taken = ready(process.take(window, &who, cost, now_ms, mode));
                let verdict = |(counted, counters)| window.verdict(counted, counters, cost, now_ms);
                prop_assert_eq!(verdict(taken), verdict(expected));
            }
        }
    }
}
