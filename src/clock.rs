//! The clock of the application. Only this file reads the system time; every other function takes
//! `now_ms`, so tests control the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of one application. Clones show the same time.
///
/// Tests move it forward, so that they need not wait for the end of a token, a session or a
/// rate-limit window. Release builds never move it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Unix time in milliseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now_ms(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let system_ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        system_ms.saturating_add(self.0.load(Ordering::Relaxed))
    }

    /// The offset from the system time in milliseconds. Changing the value moves the clock.
    #[must_use]
    pub fn turned_by_ms(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_show_the_same_time_and_other_clocks_do_not() {
        let (clock, another) = (Clock::default(), Clock::default());
        let clone = clock.clone();
        clock.turned_by_ms().fetch_add(70_000, Ordering::Relaxed);
        let ahead_ms = clone.now_ms() - another.now_ms();
        assert!((69_000..=71_000).contains(&ahead_ms), "{ahead_ms}");
    }
}
