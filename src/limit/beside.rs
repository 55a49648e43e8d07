//! What this process keeps beside a store that is elsewhere.

use super::LimiterDown;
use super::blocked::Blocked;
use super::window::{Counters, Keys, Mode, Window};

/// Blocked identifiers that are kept at most.
const IDENTIFIERS: usize = 10_000;

#[derive(Debug)]
pub(super) struct Beside {
    /// `None`: the store is asked each time.
    blocked: Option<Blocked>,
}

impl Default for Beside {
    fn default() -> Self {
        Self { blocked: Some(Blocked::new(IDENTIFIERS)) }
    }
}

impl Beside {
    pub(super) fn asking_each_time() -> Self {
        Self { blocked: None }
    }

    /// Asks the store, where its answer is not known. `question` is not begun where it is.
    pub(super) async fn ask(
        &self,
        keys: &Keys,
        window: Window,
        cost: i64,
        now_ms: i64,
        mode: Mode,
        question: impl Future<Output = Result<(bool, Counters), LimiterDown>>,
    ) -> Result<(bool, Counters), LimiterDown> {
        let Some(blocked) = &self.blocked else { return question.await };
        // A refund passes always, and a call that costs nothing too.
        if cost > 0
            && mode == Mode::Strict
            && let Some(counters) = blocked.find(keys, window, now_ms)
        {
            return Ok((false, counters));
        }
        let _forgetting = blocked.forgetting(keys, cost, mode);
        let before = blocked.before();
        let answer = question.await;
        match &answer {
            Ok((_, counters)) => blocked.learn(before, keys, window, *counters, now_ms),
            Err(LimiterDown) => blocked.clear(),
        }
        answer
    }
}
