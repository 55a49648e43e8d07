//! Decides whether a session has lived too long, from its facts, the settings and the time. The
//! functions are pure: they read no clock and no database.
//!
//! Ages follow this server's clock. They start when a session was first seen here, or at Clerk's
//! `created_at`, whichever is earlier. The `iat` of a token is no measure: Clerk issues a new token
//! every minute.

use domain::sign_out_reason::SignOutReason;

/// Whether a session continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// The session continues; its age in milliseconds.
    Running(i64),
    /// This rule ended the session.
    Ended(SignOutReason),
}

/// Tolerated difference between the clocks of two servers, in milliseconds. Tokens are valid for 60
/// seconds, so a server with a larger difference rejects every token.
const SKEW_MS: i64 = 60_000;

/// The settings of session lifetimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Longest age of a session in milliseconds; `None`: only Clerk's own lifetime applies.
    pub max_age_ms: Option<i64>,
    /// Longest time without activity in milliseconds; `None`: no limit.
    pub idle_timeout_ms: Option<i64>,
    /// Whether only the newest session of a person continues.
    pub single: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { max_age_ms: Some(7 * 86_400_000), idle_timeout_ms: None, single: false }
    }
}

/// The facts about a session. Times are Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the session was first seen, or created at Clerk if that is earlier.
    pub first_seen_ms: i64,
    /// The last activity of the user.
    pub last_seen_ms: i64,
    /// The rule that ended the session; `None` while it continues.
    pub ended: Option<SignOutReason>,
}

impl Facts {
    /// The facts of a session on its first request.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self { first_seen_ms: now_ms, last_seen_ms: now_ms, ended: None }
    }

    /// Corrects the facts after the clock was set back, which a time in the future shows. The
    /// session keeps the age that it had when it was last seen, so it does not live longer than its
    /// rule, and recent activity does not count as idle.
    #[must_use]
    pub fn at(self, now_ms: i64) -> Self {
        let back_ms = self.first_seen_ms.max(self.last_seen_ms).saturating_sub(now_ms);
        if back_ms <= SKEW_MS {
            return self;
        }
        let (first, last) = (self.first_seen_ms.saturating_sub(back_ms), self.last_seen_ms.saturating_sub(back_ms));
        Self { first_seen_ms: first, last_seen_ms: last, ..self }
    }

    /// Merges the facts of two sources: the earlier beginning, the later activity, the first end.
    /// Both must be corrected to the same time with [`Facts::at`].
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            first_seen_ms: self.first_seen_ms.min(other.first_seen_ms),
            last_seen_ms: self.last_seen_ms.max(other.last_seen_ms),
            ended: self.ended.or(other.ended),
        }
    }

    /// Age of the session in milliseconds.
    #[must_use]
    pub fn age_ms(self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.first_seen_ms).max(0)
    }
}

/// The rule that ends the session, or `None`. An end is permanent: the rule that ended the session
/// first stays the reason.
#[must_use]
pub fn verdict(facts: Facts, rules: &Rules, now_ms: i64) -> Option<SignOutReason> {
    let facts = facts.at(now_ms);
    let is_over = |limit_ms: Option<i64>, since_ms: i64| {
        limit_ms.is_some_and(|limit_ms| now_ms.saturating_sub(since_ms) >= limit_ms)
    };
    if facts.ended.is_some() {
        facts.ended
    } else if is_over(rules.max_age_ms, facts.first_seen_ms) {
        Some(SignOutReason::SessionTooOld)
    } else if is_over(rules.idle_timeout_ms, facts.last_seen_ms) {
        Some(SignOutReason::SessionIdle)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::SignOutReason::{SessionIdle, SessionReplaced, SessionTooOld};
    use super::*;

    const T: i64 = 1_800_000_000_000;
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    fn rules(max_age_ms: Option<i64>, idle_timeout_ms: Option<i64>) -> Rules {
        Rules { max_age_ms, idle_timeout_ms, single: false }
    }

    fn facts(first_seen_ms: i64, last_seen_ms: i64) -> Facts {
        Facts { first_seen_ms: T + first_seen_ms, last_seen_ms: T + last_seen_ms, ended: None }
    }

    #[test]
    fn a_session_ends_by_the_first_rule_that_applies() {
        let (week, half_hour, both) =
            (rules(Some(7 * DAY), None), rules(None, Some(30 * MINUTE)), rules(Some(DAY), Some(HOUR)));
        let replaced = Facts { ended: Some(SessionReplaced), ..facts(0, 0) };
        for (name, facts, rules, now, expected) in [
            ("new", facts(0, 0), Rules::default(), 0, None),
            ("6 days 23 hours", facts(0, 6 * DAY), week, 7 * DAY - HOUR, None),
            ("a millisecond before", facts(0, 0), week, 7 * DAY - 1, None),
            ("exactly", facts(0, 0), week, 7 * DAY, Some(SessionTooOld)),
            ("7 days 1 minute", facts(0, 7 * DAY), week, 7 * DAY + MINUTE, Some(SessionTooOld)),
            ("no longest age", facts(0, 0), rules(None, None), 9999 * DAY, None),
            ("active", facts(0, DAY), half_hour, DAY + 29 * MINUTE, None),
            ("idle", facts(0, DAY), half_hour, DAY + 30 * MINUTE, Some(SessionIdle)),
            ("too old and idle", facts(0, 0), both, 2 * DAY, Some(SessionTooOld)),
            ("idle long before it is too old", facts(0, 0), both, 2 * HOUR, Some(SessionIdle)),
            ("replaced, and by now too old too", replaced, week, 8 * DAY, Some(SessionReplaced)),
            ("the other server is a little ahead", facts(30_000, 30_000), both, 0, None),
            ("clock set back after five days", facts(0, 5 * DAY), week, 3 * DAY, None),
            ("clock set back before the beginning", facts(0, HOUR), both, -DAY, None),
            ("last seen in the future", facts(0, 100 * DAY), half_hour, MINUTE, None),
            ("the end of time", facts(0, 0), both, i64::MAX, Some(SessionTooOld)),
            ("the beginning of time", facts(0, 0), both, i64::MIN, None),
        ] {
            let now_ms = if now == i64::MAX || now == i64::MIN { now } else { T + now };
            assert_eq!(verdict(facts, &rules, now_ms), expected, "{name}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_session_younger() {
        let week = rules(Some(7 * DAY), None);
        // The session is five days old when the clock goes back by two days.
        let healed = facts(0, 5 * DAY).at(T + 3 * DAY);
        assert_eq!(healed.age_ms(T + 3 * DAY), 5 * DAY);
        assert_eq!(healed.at(T + 3 * DAY), healed, "once, and not again");
        assert_eq!(verdict(healed, &week, T + 5 * DAY - MINUTE), None);
        assert_eq!(verdict(healed, &week, T + 5 * DAY), Some(SessionTooOld));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_session_idle() {
        let half_hour = rules(None, Some(30 * MINUTE));
        let healed = facts(0, 5 * DAY).at(T);
        assert_eq!(healed.last_seen_ms, T, "it counts as now");
        assert_eq!(verdict(healed, &half_hour, T + 29 * MINUTE), None);
        assert_eq!(verdict(healed, &half_hour, T + 30 * MINUTE), Some(SessionIdle));
    }

    #[test]
    fn merged_facts_have_the_earlier_beginning_and_the_later_activity() {
        let ended = Facts { ended: Some(SessionIdle), ..facts(5, 6) };
        assert_eq!(facts(1, 9).and(ended), Facts { ended: Some(SessionIdle), ..facts(1, 9) });
        assert_eq!(ended.and(facts(1, 9)), Facts { ended: Some(SessionIdle), ..facts(1, 9) });
    }
}
