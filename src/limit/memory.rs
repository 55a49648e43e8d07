//! Counters in this process. The memory is bounded: a flood of new identifiers drops the counters
//! of old ones.

use super::bounded::Separate;
use super::take::Take;
use super::window::Counters;

#[derive(Clone, Debug)]
pub(super) struct Memory(Separate<i64>);

impl Memory {
    /// Reserves two counters for each identifier. Half of the identifiers are addresses, and half
    /// are users and sessions.
    pub(super) fn new(identifiers: usize) -> Self {
        Self(Separate::new(identifiers.saturating_mul(2)))
    }

    /// Returns whether the call counts, and the counters afterwards.
    pub(super) fn take(&self, take: Take<'_>) -> (bool, Counters) {
        let Take { keys, window, cost, now_ms, mode, .. } = take;
        let Some(mut counters) = self.0.shard(take) else { return (false, Counters::default()) };
        let counted = |key| counters.get(key, now_ms).unwrap_or_default();
        let before = Counters { previous: counted(&keys.previous), current: counted(&keys.current) };
        let Some(after) = window.count(before, cost, now_ms, mode) else { return (false, before) };
        if !counters.replace(&keys.current, after.current, now_ms) {
            counters.insert(&keys.current, after.current, now_ms, now_ms.saturating_add(window.expiry_ms()));
        }
        (true, after)
    }

    /// Number of counters.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.0.sizes().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::requester::Requester;
    use crate::limit::take::Call;
    use crate::limit::window::{Mode, Window};
    use proptest::prelude::*;
    use std::collections::HashMap;

    const WINDOW: Window = Window { limit: 5, length_ms: 60_000 };

    fn take(memory: &Memory, identifier: &str, now_ms: i64) -> bool {
        take_of(memory, Requester::User(identifier), now_ms)
    }

    fn take_of(memory: &Memory, requester: Requester<'_>, now_ms: i64) -> bool {
        let keys = WINDOW.keys("test", &requester.to_string(), now_ms);
        memory.take(Take::new(&keys, WINDOW, Call::new(requester, now_ms), Mode::Strict)).0
    }

    #[test]
    fn a_flood_of_addresses_drops_no_counter_of_a_user() {
        let (memory, now_ms) = (Memory::new(100_000), 1_800_000_000_000);
        let users: Vec<_> = (0..1000).map(|n| format!("user_{n}")).collect();
        assert!(users.iter().all(|user| (0..5).all(|_| take(&memory, user, now_ms))));
        assert!((0..5).all(|_| take_of(&memory, Requester::Everyone, now_ms)));
        for n in 0..200_000_u32 {
            take_of(&memory, Requester::at(Some(std::net::Ipv4Addr::from_bits(n).into())), now_ms);
        }
        assert!(users.iter().all(|user| !take(&memory, user, now_ms)));
        assert!(!take_of(&memory, Requester::Everyone, now_ms));
        assert!(memory.size() <= 100_000 + 7000, "{}", memory.size());
    }

    #[test]
    fn a_flood_of_identifiers_does_not_grow_memory() {
        let memory = Memory::new(1000);
        for n in 0..50_000 {
            take(&memory, &format!("user_{n}"), 1_800_000_000_000 + n);
        }
        let (kept, queued) = memory.0.sizes();
        assert!(kept <= 2016 && queued == kept, "{kept} {queued}");
    }

    #[test]
    fn expired_windows_are_dropped() {
        let memory = Memory::new(1000);
        for n in 0..100 {
            take(&memory, "user_1", n * WINDOW.expiry_ms());
        }
        let (kept, _) = memory.0.sizes();
        assert!(kept <= 2, "{kept}");
    }

    #[test]
    fn threads_together_get_exactly_the_limit() {
        let memory = Memory::new(1000);
        let admitted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..100).filter(|_| take(&memory, "user_1", 1_800_000_000_000)).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(admitted, 5);
    }

    proptest! {
        /// The model keeps every counter and has no shards, no expiry and no capacity.
        #[test]
        fn within_capacity_it_counts_like_an_endless_map(
            steps in prop::collection::vec((0_u8..4, 0_i64..1500, -3_i64..5, any::<bool>()), 1..200),
            limit in 0_u64..8,
        ) {
            let (memory, window) = (Memory::new(1000), Window { limit, length_ms: 1000 });
            let mut model = HashMap::<String, i64>::new();
            let mut now_ms = 1_800_000_000_000;
            for (identifier, later_ms, cost, strict) in steps {
                now_ms += later_ms;
                let mode = if strict { Mode::Strict } else { Mode::Parity };
                let keys = window.keys("test", &identifier.to_string(), now_ms);
                let counted = |model: &HashMap<String, i64>, key| model.get(key).copied().unwrap_or_default();
                let (previous, current) = (counted(&model, &keys.previous), counted(&model, &keys.current));
                let before = Counters { previous, current };
                let after = window.count(before, cost, now_ms, mode);
                let call = Call { cost, ..Call::new(Requester::User(""), now_ms) };
                let taken = memory.take(Take::new(&keys, window, call, mode));
                prop_assert_eq!(taken, (after.is_some(), after.unwrap_or(before)));
                if let Some(after) = after {
                    model.insert(keys.current, after.current);
                }
            }
        }
    }
}
