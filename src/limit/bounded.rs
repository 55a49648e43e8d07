//! A map with a fixed capacity: entries expire, and a full map drops its oldest entries.

use super::take::Take;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of locks. A lock is held for one lookup, and more shards than cores avoid contention.
const SHARDS: usize = 16;

#[derive(Clone, Debug)]
struct Bounded<V> {
    shards: Arc<[Mutex<Shard<V>>]>,
    hasher: RandomState,
}

#[derive(Debug)]
pub(super) struct Shard<V> {
    /// Value and expiry (Unix milliseconds) by key.
    entries: HashMap<Arc<str>, (V, i64)>,
    /// Keys in the order of insertion.
    queue: VecDeque<Arc<str>>,
    capacity: usize,
}

/// Two maps, so that a flood of addresses cannot drop the entries of users: one host can send from
/// any number of addresses, and nobody can sign in as any number of users.
#[derive(Clone, Debug)]
pub(super) struct Separate<V> {
    addresses: Bounded<V>,
    others: Bounded<V>,
}

impl<V: Copy> Separate<V> {
    /// Each map gets half of the entries.
    pub(super) fn new(entries: usize) -> Self {
        Self { addresses: Bounded::new(entries / 2), others: Bounded::new(entries / 2) }
    }

    /// Locks the entries of the requester.
    pub(super) fn shard(&self, take: Take<'_>) -> Option<MutexGuard<'_, Shard<V>>> {
        let map = if take.is_address { &self.addresses } else { &self.others };
        map.shard(take)
    }

    pub(super) fn clear(&self) {
        self.addresses.clear();
        self.others.clear();
    }

    /// Number of entries and of queued keys in both maps, including expired ones.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        let ((kept, queued), (others_kept, others_queued)) = (self.addresses.sizes(), self.others.sizes());
        (kept + others_kept, queued + others_queued)
    }
}

impl<V: Copy> Bounded<V> {
    fn new(entries: usize) -> Self {
        let capacity = entries.div_ceil(SHARDS).max(2);
        let shard = || Mutex::new(Shard { entries: HashMap::new(), queue: VecDeque::new(), capacity });
        Self { shards: (0..SHARDS).map(|_| shard()).collect(), hasher: RandomState::new() }
    }

    /// Locks the entries of an identifier. Both of its windows are in one shard, so one lock makes
    /// the whole decision atomic.
    fn shard(&self, take: Take<'_>) -> Option<MutexGuard<'_, Shard<V>>> {
        let identifier = take.keys.current.rsplit_once(':').map_or("", |(identifier, _)| identifier);
        let index = usize::try_from(self.hasher.hash_one(identifier)).unwrap_or_default() % SHARDS;
        Some(self.shards.get(index)?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn clear(&self) {
        for shard in self.shards.iter() {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.entries.clear();
            shard.queue.clear();
        }
    }

    /// Number of entries and of queued keys, including expired ones.
    #[cfg(test)]
    fn sizes(&self) -> (usize, usize) {
        let shards = self.shards.iter().map(|shard| shard.lock().unwrap());
        shards.fold((0, 0), |(kept, queued), shard| (kept + shard.entries.len(), queued + shard.queue.len()))
    }
}

impl<V: Copy> Shard<V> {
    pub(super) fn get(&self, key: &str, now_ms: i64) -> Option<V> {
        self.entries.get(key).filter(|(_, expires_ms)| *expires_ms > now_ms).map(|(value, _)| *value)
    }

    /// Replaces the value of an entry that has not expired, and keeps its expiry.
    pub(super) fn replace(&mut self, key: &str, value: V, now_ms: i64) -> bool {
        let entry = self.entries.get_mut(key).filter(|(_, expires_ms)| *expires_ms > now_ms);
        entry.map(|entry| entry.0 = value).is_some()
    }

    /// Inserts an entry, or replaces an expired one.
    pub(super) fn insert(&mut self, key: &str, value: V, now_ms: i64, expires_ms: i64) {
        self.make_room(now_ms);
        let key: Arc<str> = key.into();
        if self.entries.insert(Arc::clone(&key), (value, expires_ms)).is_none() {
            self.queue.push_back(key);
        }
    }

    /// Expires an entry. Its key keeps its position in the queue, so each key is queued once.
    pub(super) fn expire(&mut self, key: &str) {
        if let Some((_, expires_ms)) = self.entries.get_mut(key) {
            *expires_ms = i64::MIN;
        }
    }

    /// Drops expired entries from the front of the queue, and the oldest entries while the map is
    /// full. An expired entry behind a longer-lived one stays a little longer: a search for it
    /// would cost every caller a scan, and the capacity bounds the total.
    fn make_room(&mut self, now_ms: i64) {
        while let Some(key) = self.queue.front() {
            let expired = self.entries.get(key).is_none_or(|(_, expires_ms)| *expires_ms <= now_ms);
            if !expired && self.entries.len() < self.capacity {
                break;
            }
            self.entries.remove(key);
            self.queue.pop_front();
        }
    }
}
