//! The local state beside a remote store: identifiers that are known to be blocked, and whether the
//! store is in an outage.

use super::blocked::BlockCache;
use super::outage::Outage;
use super::take::{LimiterDown, Take};
use super::window::{Counters, Mode};

/// Capacity of the local state in identifiers: the blocked ones, and those counted locally during
/// an outage.
pub(super) const IDENTIFIERS: usize = 10_000;

#[derive(Debug)]
pub(super) struct LocalState {
    blocked: BlockCache,
    pub(super) outage: Outage,
}

impl Default for LocalState {
    fn default() -> Self {
        Self { blocked: BlockCache::new(IDENTIFIERS), outage: Outage::default() }
    }
}

impl LocalState {
    /// Returns the known answer, or polls `request` for the answer of the store. The error of
    /// `request` is the reason for the log.
    pub(super) async fn decide(
        &self,
        take: Take<'_>,
        request: impl Future<Output = Result<(bool, Counters), String>>,
    ) -> Result<(bool, Counters), LimiterDown> {
        // A refund of another process takes effect at once only if the store decides each call.
        if take.mode == Mode::Parity {
            return self.observed(request).await;
        }
        let blocked = &self.blocked;
        // The store always admits refunds and calls without cost.
        if take.cost > 0
            && let Some(counters) = blocked.find(take)
        {
            return Ok((false, counters));
        }
        let _invalidation = blocked.invalidate_on_drop(take);
        let generation = blocked.generation();
        let answer = self.observed(request).await;
        match &answer {
            Ok((_, counters)) => blocked.store(generation, take, *counters),
            Err(LimiterDown) => blocked.clear(),
        }
        answer
    }

    async fn observed<T>(&self, request: impl Future<Output = Result<T, String>>) -> Result<T, LimiterDown> {
        let call = self.outage.begin();
        match request.await {
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
