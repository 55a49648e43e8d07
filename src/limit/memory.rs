//! Counters in this process, bounded: a flood of new identifiers costs old ones their history and never memory.

use super::window::{Counters, Keys, Mode, Window};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Locks are held for a lookup; more shards than cores keep threads apart.
const SHARDS: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Memory {
    shards: Arc<[Mutex<Shard>]>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Shard {
    /// Counter and expiry by key.
    counters: HashMap<Arc<str>, (i64, i64)>,
    /// Keys in the order in which they were made.
    oldest: VecDeque<Arc<str>>,
    capacity: usize,
}

impl Memory {
    /// Two counters for each identifier.
    pub(super) fn new(identifiers: usize) -> Self {
        let capacity = (identifiers * 2).div_ceil(SHARDS).max(2);
        let shard = || Mutex::new(Shard { counters: HashMap::new(), oldest: VecDeque::new(), capacity });
        Self { shards: (0..SHARDS).map(|_| shard()).collect(), hasher: RandomState::new() }
    }

    /// Whether the call was counted, and the counters afterwards.
    pub(super) fn take(&self, keys: &Keys, window: Window, cost: i64, now_ms: i64, mode: Mode) -> (bool, Counters) {
        // Both windows of an identifier are in one shard, so one lock makes the whole step atomic.
        let identifier = keys.current.rsplit_once(':').map_or("", |(identifier, _)| identifier);
        let index = usize::try_from(self.hasher.hash_one(identifier)).unwrap_or_default() % SHARDS;
        let Some(shard) = self.shards.get(index) else { return (false, Counters::default()) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let before =
            Counters { previous: shard.get(&keys.previous, now_ms), current: shard.get(&keys.current, now_ms) };
        match window.count(before, cost, now_ms, mode) {
            None => (false, before),
            Some(after) => {
                shard.set(&keys.current, after.current, now_ms, now_ms.saturating_add(window.expiry_ms()));
                (true, after)
            }
        }
    }
}

impl Shard {
    fn get(&self, key: &str, now_ms: i64) -> i64 {
        self.counters.get(key).filter(|(_, expires_ms)| *expires_ms > now_ms).map_or(0, |(count, _)| *count)
    }

    fn set(&mut self, key: &str, count: i64, now_ms: i64, expires_ms: i64) {
        if let Some(counter) = self.counters.get_mut(key).filter(|(_, expires_ms)| *expires_ms > now_ms) {
            counter.0 = count;
            return;
        }
        self.make_room(now_ms);
        let key: Arc<str> = key.into();
        if self.counters.insert(Arc::clone(&key), (count, expires_ms)).is_none() {
            self.oldest.push_back(key);
        }
    }

    /// Forgets what has expired at the old end, and the oldest when that is not enough. What expired behind a counter of a longer window
    /// waits for its turn: looking for it would cost every caller a walk, and capacity bounds it anyway.
    fn make_room(&mut self, now_ms: i64) {
        while let Some(key) = self.oldest.front() {
            let expired = self.counters.get(key).is_none_or(|(_, expires_ms)| *expires_ms <= now_ms);
            if !expired && self.counters.len() < self.capacity {
                break;
            }
            self.counters.remove(key);
            self.oldest.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WINDOW: Window = Window { limit: 5, length_ms: 60_000 };

    fn take(memory: &Memory, identifier: &str, now_ms: i64) -> bool {
        memory.take(&WINDOW.keys("test", identifier, now_ms), WINDOW, 1, now_ms, Mode::Strict).0
    }

    #[test]
    fn a_flood_of_identifiers_does_not_grow_memory() {
        let memory = Memory::new(1000);
        for n in 0..50_000 {
            take(&memory, &format!("user_{n}"), 1_800_000_000_000 + n);
        }
        let kept: usize = memory.shards.iter().map(|shard| shard.lock().unwrap().counters.len()).sum();
        let queued: usize = memory.shards.iter().map(|shard| shard.lock().unwrap().oldest.len()).sum();
        assert!(kept <= 2000 + SHARDS && queued == kept, "{kept} {queued}");
    }

    #[test]
    fn expired_windows_are_forgotten() {
        let memory = Memory::new(1000);
        for n in 0..100 {
            take(&memory, "user_1", n * WINDOW.expiry_ms());
        }
        let kept: usize = memory.shards.iter().map(|shard| shard.lock().unwrap().counters.len()).sum();
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
        /// The model keeps everything for ever and knows no shards, no expiry and no capacity.
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
                let before = Counters { previous: counted(&model, &keys.previous), current: counted(&model, &keys.current) };
                let after = window.count(before, cost, now_ms, mode);
                prop_assert_eq!(memory.take(&keys, window, cost, now_ms, mode), (after.is_some(), after.unwrap_or(before)));
                if let Some(after) = after {
                    model.insert(keys.current, after.current);
                }
            }
        }
    }
}
