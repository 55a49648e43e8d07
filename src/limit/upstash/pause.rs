//! The pause after Upstash has answered that a quota is exhausted. Further requests would only be
//! refused, and Upstash may count them.

use http::HeaderMap;
use reqwest::header::{HeaderName, RETRY_AFTER};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Headers that announce the reset of a quota.
pub(super) const RESET_HEADERS: [HeaderName; 3] =
    [RETRY_AFTER, HeaderName::from_static("x-ratelimit-reset"), HeaderName::from_static("ratelimit-reset")];

/// The pause if no header announces the reset.
const UNKNOWN_RESET: Duration = Duration::from_secs(10);

/// The longest pause. A quota may reset in weeks, but an operator raises it at any time; one
/// request in a minute finds that out.
const LONGEST: Duration = Duration::from_secs(60);

/// The error that began a pause, and the end of the pause.
pub(super) struct Pause<E>(Mutex<Option<(E, Instant)>>);

impl<E> Default for Pause<E> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<E: Clone> Pause<E> {
    /// The error that began the pause, while it lasts.
    pub(super) fn current(&self) -> Option<E> {
        let pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause.as_ref().filter(|(_, end)| Instant::now() < *end).map(|(error, _)| error.clone())
    }

    pub(super) fn begin(&self, error: &E, pause: Duration) {
        let end = Instant::now() + pause;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((error.clone(), end));
    }
}

/// The time until the reset that a response announces. Its unit depends on the size of the number:
/// seconds from now, or the Unix time in seconds or in milliseconds.
pub(super) fn until_reset(headers: &HeaderMap, now_ms: i64) -> Duration {
    let number = |name| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let Some(number) = RESET_HEADERS.iter().find_map(number) else { return UNKNOWN_RESET };
    let now_ms = u64::try_from(now_ms).unwrap_or_default();
    let pause_ms = match number {
        0..1_000_000_000 => number.saturating_mul(1000),
        1_000_000_000..1_000_000_000_000 => number.saturating_mul(1000).saturating_sub(now_ms),
        _ => number.saturating_sub(now_ms),
    };
    Duration::from_millis(pause_ms).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_reset_is_read_in_each_unit() {
        const NOW_MS: i64 = 1_800_000_000_500;
        for (name, value, expected_ms) in [
            ("retry-after", "30", 30_000),
            ("retry-after", "0", 0),
            ("retry-after", "86400", 60_000),
            ("x-ratelimit-reset", "5", 5000),
            ("x-ratelimit-reset", "1800000007", 6500),
            ("ratelimit-reset", "1800000007000", 6500),
            ("x-ratelimit-reset", "1700000000", 0),
            ("x-ratelimit-reset", "18446744073709551615", 60_000),
            ("retry-after", "Fri, 15 Jan 2027 08:00:00 GMT", 10_000),
            ("date", "1", 10_000),
        ] {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
            assert_eq!(until_reset(&headers, NOW_MS), Duration::from_millis(expected_ms), "{name}: {value}");
        }
    }
}
