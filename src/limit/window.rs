//! The sliding-window rule: two counters of aligned windows, of which the previous one counts with
//! the fraction that the window still covers. The functions are pure.
//!
//! The weight is computed in doubles in exactly the order of `@upstash/ratelimit`. Another order
//! rounds differently, and would admit one call more or less than a JavaScript service that shares
//! the budget.

/// How the limiter treats a call that costs more than what remains (`RATE_LIMIT_MODE`). Calls that
/// cost 1 are decided alike in both modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A refused call does not count.
    #[default]
    Strict,
    /// As `@upstash/ratelimit` 2.2.0 without its block cache decides: a refused call counts if
    /// anything remained, and every call goes to the store, so that refunds of other processes take
    /// effect at once.
    Parity,
}

/// The decision about one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the call is admitted. Its cost is taken then.
    pub admitted: bool,
    /// Units in a window.
    pub limit: u64,
    /// Units left after this call.
    pub remaining: u64,
    /// Start of the next window, Unix milliseconds.
    pub reset_ms: i64,
    /// Milliseconds until the next call of the same cost fits, exact without other callers; zero
    /// while there is room, also after the admitted call. `None`: the cost exceeds the limit, so it
    /// never fits.
    pub wait_ms: Option<u64>,
}

/// A limit in units for each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Units.
    pub limit: u64,
    /// Length in milliseconds.
    pub length_ms: u64,
}

/// The counters of the previous and the current window. Refunds can make them negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Previous window.
    pub previous: i64,
    /// Current window.
    pub current: i64,
}

/// The keys of the two counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// `prefix:identifier:n`
    pub current: String,
    /// `prefix:identifier:(n-1)`
    pub previous: String,
}

/// The largest integer up to which every integer is a double. Redis calculates in doubles.
const MAX_EXACT: i64 = 1 << 53;

/// The longest window: ten years. Twice as many milliseconds are still an integer for Redis, which
/// writes larger numbers of a script with an exponent.
const MAX_LENGTH_MS: i64 = 10 * 366 * 24 * 60 * 60 * 1000;

impl Window {
    /// The length that every store uses, from 1 millisecond to ten years.
    pub(super) fn length(self) -> i64 {
        i64::try_from(self.length_ms).unwrap_or(i64::MAX).clamp(1, MAX_LENGTH_MS)
    }

    /// The limit that every store uses. With 0 no call fits.
    pub(super) fn limit(self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).min(MAX_EXACT)
    }

    /// The keys at `now_ms`. As in the JavaScript library, nothing is escaped: identifiers are ids,
    /// never raw input.
    #[must_use]
    pub fn keys(self, prefix: &str, identifier: &str, now_ms: i64) -> Keys {
        let number = now_ms.div_euclid(self.length());
        Keys {
            current: format!("{prefix}:{identifier}:{number}"),
            previous: format!("{prefix}:{identifier}:{}", number - 1),
        }
    }

    /// Lifetime of a counter: this window, the next one, and 1 second for clock differences.
    #[must_use]
    pub fn expiry_ms(self) -> i64 {
        self.length().saturating_mul(2).saturating_add(1000)
    }

    /// The weighted count of the previous window.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "doubles are the rule; counters are far below 2^53"
    )]
    pub fn weighted(self, previous: i64, now_ms: i64) -> i64 {
        let elapsed = now_ms.rem_euclid(self.length());
        ((1.0 - elapsed as f64 / self.length() as f64) * previous as f64).floor() as i64
    }

    /// The counters after the call, or `None` if the call does not count.
    #[must_use]
    pub fn count(self, before: Counters, cost: i64, now_ms: i64, mode: Mode) -> Option<Counters> {
        let used = self.weighted(before.previous, now_ms).saturating_add(before.current);
        let refused = match mode {
            Mode::Strict => used.saturating_add(cost) > self.limit(),
            Mode::Parity => used >= self.limit(),
        };
        let counted = Counters { previous: before.previous, current: before.current.saturating_add(cost) };
        if cost > 0 && refused { None } else { Some(counted) }
    }

    /// The verdict for the counters after the call.
    #[must_use]
    pub fn verdict(self, counted: bool, after: Counters, cost: i64, now_ms: i64) -> Verdict {
        let left = self.limit().saturating_sub(self.weighted(after.previous, now_ms).saturating_add(after.current));
        let admitted = counted && left >= 0;
        let reset_ms = (now_ms.div_euclid(self.length()) + 1).saturating_mul(self.length());
        let wait_ms = self.wait_ms(after, cost, now_ms);
        let remaining = u64::try_from(left).unwrap_or_default();
        Verdict { admitted, limit: self.limit, remaining, reset_ms, wait_ms }
    }

    /// The exact wait until a call of this cost fits in strict mode, without other callers.
    fn wait_ms(self, counters: Counters, cost: i64, now_ms: i64) -> Option<u64> {
        let (length, room) = (self.length(), self.limit().saturating_sub(cost));
        if room < 0 {
            return None;
        }
        let elapsed = now_ms.rem_euclid(length);
        let wait = if counters.current <= room {
            elapsed.max(self.first_fit(counters.previous, room - counters.current)) - elapsed
        } else {
            (length - elapsed) + self.first_fit(counters.current, room)
        };
        u64::try_from(wait).ok()
    }

    /// The earliest offset in a window at which the previous window weighs at most `room`.
    fn first_fit(self, previous: i64, room: i64) -> i64 {
        if previous <= room {
            return 0;
        }
        let length = self.length();
        let product = (i128::from(room) + 1) * i128::from(length);
        let before_end = (product + i128::from(previous) - 1) / i128::from(previous) - 1;
        let exact = length - i64::try_from(before_end).unwrap_or(length);
        // Rounding of doubles may open the slot one millisecond earlier.
        let early = (exact - 1).max(0);
        if self.weighted(previous, early) <= room { early } else { exact }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Window = Window { limit: 10, length_ms: 60_000 };

    #[test]
    fn rounding_is_that_of_doubles_in_this_order() {
        assert_eq!(MINUTE.weighted(10, 48_000), 1);
        assert_eq!(MINUTE.weighted(10, 54_000), 0);
        assert_eq!(MINUTE.weighted(-3, 10_000), -3);
    }

    #[test]
    fn a_refusal_counts_in_parity_mode_only() {
        let before = Counters { previous: 0, current: 8 };
        assert_eq!(MINUTE.count(before, 5, 0, Mode::Strict), None);
        assert_eq!(MINUTE.count(before, 5, 0, Mode::Parity), Some(Counters { previous: 0, current: 13 }));
        assert_eq!(MINUTE.count(before, 2, 0, Mode::Strict), Some(Counters { previous: 0, current: 10 }));
    }

    proptest! {
        #[test]
        fn the_wait_is_exact(
            (previous, current) in (0_i64..30, 0_i64..30),
            limit in 1_u64..20,
            length in 1_u64..400,
            now in 0_i64..2000,
            cost in 1_i64..4,
        ) {
            let window = Window { limit, length_ms: length };
            let length = i64::try_from(length).unwrap();
            let fits = |wait: i64| {
                let then = now + wait;
                let passed = then.div_euclid(length) - now.div_euclid(length);
                let counters = match passed {
                    0 => Counters { previous, current },
                    1 => Counters { previous: current, current: 0 },
                    _ => Counters::default(),
                };
                window.count(counters, cost, then, Mode::Strict).is_some()
            };
            match window.wait_ms(Counters { previous, current }, cost, now) {
                None => prop_assert!((0..3 * length).all(|wait| !fits(wait))),
                Some(wait) => {
                    let wait = i64::try_from(wait).unwrap();
                    prop_assert!(fits(wait), "does not fit after {}", wait);
                    prop_assert!(wait == 0 || !fits(wait - 1), "fits before {}", wait);
                }
            }
        }
    }
}
