//! The local state beside a remote store: identifiers that are known to be blocked, and whether the
//! store is in an outage.

use super::blocked::Blocked;
use super::outage::Outage;
use super::take::{LimiterDown, Take};
use super::window::{Counters, Mode};

/// Capacity of the local state in identifiers: the blocked ones, and those counted locally during
/// an outage.
pub(super) const IDENTIFIERS: usize = 10_000;

#[derive(Debug)]
pub(super) struct Beside {
    /// `None`: every call goes to the store.
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

    /// Returns the known answer, or polls `question` for the answer of the store. The error of
    /// `question` is the reason for the log.
    pub(super) async fn ask(
        &self,
        take: Take<'_>,
        question: impl Future<Output = Result<(bool, Counters), String>>,
    ) -> Result<(bool, Counters), LimiterDown> {
        let Some(blocked) = &self.blocked else { return self.watched(question).await };
        let Take { keys, window, cost, now_ms, mode } = take;
        // The store always admits refunds and calls without cost.
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
