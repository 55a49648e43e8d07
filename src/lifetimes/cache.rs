//! The sessions that this process knows: a bounded map, and the activity and ends that are not
//! stored yet. It decides nothing and does no I/O.

use super::rule::{Facts, Rules, SessionStatus, verdict};
use crate::store::lifetimes::End;
use domain::ids::SessionId;
use domain::sign_out_reason::SignOutReason;
use std::collections::HashMap;

/// Capacity in sessions, about 20 MB. The least recently seen ones are evicted, and read from the
/// database again when they return.
const CAPACITY: usize = 100_000;

/// Shortest interval between two writes of one session's activity.
const WRITE_EVERY_MS: i64 = 60_000;

#[derive(Debug, Default)]
pub(super) struct SessionCache {
    sessions: HashMap<SessionId, Entry>,
    /// The ends detected on requests, until they are stored.
    ends: Vec<End>,
}

#[derive(Debug)]
struct Entry {
    facts: Facts,
    /// When the facts were last read or written, Unix milliseconds.
    stored_ms: i64,
    is_stored: bool,
    /// Whether the end is queued or stored.
    is_end_queued: bool,
}

impl Entry {
    fn observe(&mut self, rules: &Rules, is_activity: bool, now_ms: i64) -> SessionStatus {
        let facts = self.facts.at(now_ms);
        // A difference means that the clock was set back, and the corrected times must be stored.
        self.is_stored &= facts == self.facts;
        self.facts = facts;
        if let Some(rule) = verdict(facts, rules, now_ms) {
            return SessionStatus::Ended(rule);
        }
        if is_activity && now_ms > facts.last_seen_ms {
            self.facts.last_seen_ms = now_ms;
            self.is_stored = false;
        }
        SessionStatus::Running(facts.age_ms(now_ms))
    }

    fn is_due(&self, now_ms: i64) -> bool {
        // `abs_diff` also makes an entry due after the clock was set back.
        !self.is_stored && now_ms.abs_diff(self.stored_ms) >= WRITE_EVERY_MS.unsigned_abs()
    }
}

impl SessionCache {
    /// Decides the status of a session and records its activity; `None` if the session is not in
    /// the cache.
    pub(super) fn observe(
        &mut self,
        session: &SessionId,
        rules: &Rules,
        is_activity: bool,
        now_ms: i64,
    ) -> Option<SessionStatus> {
        Some(self.sessions.get_mut(session)?.observe(rules, is_activity, now_ms))
    }

    /// Merges the facts from the database into the cache, and decides the status of the session.
    pub(super) fn merge(
        &mut self,
        session: &SessionId,
        facts: Facts,
        rules: &Rules,
        is_activity: bool,
        now_ms: i64,
    ) -> SessionStatus {
        self.make_room();
        let new = Entry { facts, stored_ms: now_ms, is_stored: true, is_end_queued: false };
        let entry = self.sessions.entry(session.clone()).or_insert(new);
        let merged = entry.facts.at(now_ms).and(facts.at(now_ms));
        entry.is_stored &= merged == facts;
        entry.facts = merged;
        entry.observe(rules, is_activity, now_ms)
    }

    pub(super) fn end_of(&self, session: &SessionId) -> Option<SignOutReason> {
        self.sessions.get(session)?.facts.ended
    }

    /// Records an end that is already stored.
    pub(super) fn record_end(&mut self, session: &SessionId, rule: SignOutReason) {
        if let Some(entry) = self.sessions.get_mut(session) {
            entry.facts.ended.get_or_insert(rule);
        }
    }

    /// Ends a session and queues `end`, unless it is queued already. Returns whether the end is
    /// new.
    pub(super) fn end(&mut self, session: &SessionId, rule: SignOutReason, end: impl FnOnce() -> End) -> bool {
        let Some(entry) = self.sessions.get_mut(session) else { return false };
        entry.facts.ended.get_or_insert(rule);
        let is_new = !std::mem::replace(&mut entry.is_end_queued, true);
        if is_new {
            self.ends.push(end());
        }
        is_new
    }

    /// Removes the queued ends, for storing.
    pub(super) fn drain_ends(&mut self) -> Vec<End> {
        std::mem::take(&mut self.ends)
    }

    /// Queues ends again that could not be stored.
    pub(super) fn requeue_ends(&mut self, ends: impl Iterator<Item = End>) {
        self.ends.extend(ends);
    }

    /// Marks activity as written and returns it: the entries that are due, or `all` unwritten ones.
    pub(super) fn drain_unwritten(&mut self, all: bool, now_ms: i64) -> Vec<(SessionId, Facts)> {
        let is_due = |entry: &Entry| if all { !entry.is_stored } else { entry.is_due(now_ms) };
        let due = self.sessions.iter_mut().filter(|(_, entry)| is_due(entry));
        due.map(|(session, entry)| {
            (entry.is_stored, entry.stored_ms) = (true, now_ms);
            (session.clone(), entry.facts)
        })
        .collect()
    }

    /// Marks these sessions as unwritten again; the next attempt follows after a minute.
    pub(super) fn mark_unwritten(&mut self, sessions: &[(SessionId, Facts)]) {
        for (session, _) in sessions {
            if let Some(entry) = self.sessions.get_mut(session) {
                entry.is_stored = false;
            }
        }
    }

    /// Evicts a tenth of a full map: first entries without unwritten activity, the least recently
    /// seen of them first.
    fn make_room(&mut self) {
        if self.sessions.len() < CAPACITY {
            return;
        }
        let order = |entry: &Entry| (!entry.is_stored, entry.facts.last_seen_ms);
        let mut ages: Vec<_> = self.sessions.values().map(order).collect();
        let (_, last, _) = ages.select_nth_unstable(CAPACITY / 10);
        let last = *last;
        self.sessions.retain(|_, entry| order(entry) > last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;

    fn id(number: usize) -> SessionId {
        SessionId::parse(&format!("sess_{number}")).unwrap()
    }

    #[test]
    fn activity_is_written_once_a_minute_and_all_of_it_at_shutdown() {
        let (mut cache, rules) = (SessionCache::default(), Rules::default());
        cache.merge(&id(1), Facts::new(NOW_MS), &rules, true, NOW_MS);
        assert_eq!(cache.drain_unwritten(true, NOW_MS), [], "what was read is written");
        for second in 1..=59 {
            cache.observe(&id(1), &rules, true, NOW_MS + second * 1000).unwrap();
            assert_eq!(cache.drain_unwritten(false, NOW_MS + second * 1000), [], "{second}");
        }
        let written = cache.drain_unwritten(false, NOW_MS + 60_000);
        assert_eq!(written, [(id(1), Facts { last_seen_ms: NOW_MS + 59_000, ..Facts::new(NOW_MS) })]);
        assert_eq!(cache.drain_unwritten(true, NOW_MS + 60_000), [], "once");
        cache.observe(&id(1), &rules, true, NOW_MS + 61_000).unwrap();
        assert_eq!(cache.drain_unwritten(false, NOW_MS + 61_000), []);
        let last = cache.drain_unwritten(true, NOW_MS + 61_000);
        assert_eq!(last.len(), 1);
        cache.mark_unwritten(&last);
        assert_eq!(cache.drain_unwritten(true, NOW_MS + 61_000), last);
    }

    #[test]
    fn a_request_without_activity_is_not_written() {
        let (mut cache, rules) = (SessionCache::default(), Rules::default());
        cache.merge(&id(1), Facts::new(NOW_MS), &rules, false, NOW_MS);
        cache.observe(&id(1), &rules, false, NOW_MS + 600_000).unwrap();
        assert_eq!(cache.drain_unwritten(true, NOW_MS + 600_000), []);
    }

    #[test]
    fn a_clock_that_was_set_back_is_stored_at_once() {
        let (mut cache, rules) = (SessionCache::default(), Rules::default());
        cache.merge(&id(1), Facts::new(NOW_MS), &rules, true, NOW_MS);
        let back = NOW_MS - 3_600_000;
        assert_eq!(cache.observe(&id(1), &rules, false, back), Some(SessionStatus::Running(0)));
        assert_eq!(cache.drain_unwritten(false, back), [(id(1), Facts::new(back))]);
    }

    #[test]
    fn an_end_is_queued_once() {
        let (mut cache, rules) = (SessionCache::default(), Rules::default());
        cache.merge(&id(1), Facts::new(NOW_MS), &rules, true, NOW_MS);
        let end = || End {
            session: id(1),
            rule: SignOutReason::SessionIdle,
            actor: None,
            request_id: "request".to_owned(),
            at_ms: NOW_MS,
        };
        for _ in 0..1000 {
            cache.end(&id(1), SignOutReason::SessionIdle, end);
            // An unknown session has no entry, so it queues nothing.
            cache.end(&id(2), SignOutReason::SessionIdle, end);
        }
        assert_eq!(cache.drain_ends().len(), 1);
    }

    #[test]
    fn a_full_map_evicts_the_least_recently_seen_first() {
        let (mut cache, rules) = (SessionCache::default(), Rules::default());
        for number in 0..CAPACITY + 10 {
            let seen_ms = NOW_MS + i64::try_from(number).unwrap();
            cache.merge(&id(number), Facts::new(seen_ms), &rules, false, NOW_MS + 1_000_000);
        }
        assert!(cache.sessions.len() <= CAPACITY);
        assert_eq!(cache.observe(&id(0), &rules, false, NOW_MS), None);
        assert!(cache.observe(&id(CAPACITY + 9), &rules, false, NOW_MS).is_some());
    }
}
