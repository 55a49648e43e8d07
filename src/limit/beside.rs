//! What this process keeps beside a store that is elsewhere.

use super::blocked::Blocked;
use super::outage::Outage;
use super::take::{LimiterDown, Take};
use super::window::{Counters, Mode};

/// Identifiers that are kept at most beside a store that is elsewhere: blocked ones, and ones that are counted here while it is away.
pub(super) const IDENTIFIERS: usize = 10_000;

#[derive(Debug)]
pub(super) struct Beside {
    /// `None`: the store is asked each time.
    blocked: Option<Blocked>,
    pub(super) outage: Outage,
}

impl Default for Beside {
    fn default() -> Self {
        Self { blocked: Some(Blocked::new(IDENTIFIERS)), outage: Outage::default() }
    }
}

impl Beside {
    pub(super) fn asking_each_time() -> Self {
        Self { blocked: None, outage: Outage::default() }
    }

    /// Asks the store, where its answer is not known. `question` is not begun where it is; it fails with
    /// the reason for the log.
    pub(super) async fn ask(
        &self,
        take: Take<'_>,
        question: impl Future<Output = Result<(bool, Counters), String>>,
    ) -> Result<(bool, Counters), LimiterDown> {
        let Some(blocked) = &self.blocked else { return self.watched(question).await };
        let Take { keys, window, cost, now_ms, mode } = take;
        // A refund passes always, and a call that costs nothing too.
        if cost > 0
            && mode == Mode::Strict
            && let Some(counters) = blocked.find(keys, window, now_ms)
        {
            return Ok((false, counters));
        }
        let _forgetting = blocked.forgetting(keys, cost, mode);
        let before = blocked.before();
        let answer = self.watched(question).await;
        match &answer {
            Ok((_, counters)) => blocked.learn(before, keys, window, *counters, now_ms),
            Err(LimiterDown) => blocked.clear(),
        }
        answer
    }

    async fn watched<T>(&self, question: impl Future<Output = Result<T, String>>) -> Result<T, LimiterDown> {
        let call = self.outage.begin();
        match question.await {
            Ok(answer) => {
                self.outage.answered(call);
                Ok(answer)
            }
            Err(reason) => {
                self.outage.failed(call, &reason);
                Err(LimiterDown)
            }
        }
    }
}
