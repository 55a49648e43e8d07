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
    /// `None`: every call goes to the store.
    blocked: Option<BlockCache>,
    pub(super) outage: Outage,
}

impl Default for LocalState {
    fn default() -> Self {
        Self { blocked: Some(BlockCache::new(IDENTIFIERS)), outage: Outage::default() }
    }
}

impl LocalState {
    pub(super) fn without_cache() -> Self {
        Self { blocked: None, outage: Outage::default() }
    }

    /// Returns the known answer, or polls `request` for the answer of the store. The error of
    /// `request` is the reason for the log.
    pub(super) async fn decide(
        &self,
        take: Take<'_>,
        request: impl Future<Output = Result<(bool, Counters), String>>,
    ) -> Result<(bool, Counters), LimiterDown> {
        let Some(blocked) = &self.blocked else { return self.observed(request).await };
        let Take { keys, window, cost, now_ms, mode } = take;
        // The store always admits refunds and calls without cost.
        if cost > 0
            && mode == Mode::Strict
            && let Some(counters) = blocked.find(keys, window, now_ms)
        {
            return Ok((false, counters));
        }
        let _invalidation = blocked.invalidate_on_drop(keys, cost, mode);
        let generation = blocked.generation();
        let answer = self.observed(request).await;
        match &answer {
            Ok((_, counters)) => blocked.store(generation, keys, window, *counters, now_ms),
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
