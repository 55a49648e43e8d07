//! The time of one instance: the system's, plus the offset that a test has set.
//!
//! Tests advance the clock instead of waiting for tokens, codes and sessions to expire. Several
//! instances may run in one process, so the offset belongs to the task that serves an instance.

use std::{sync::Arc, sync::atomic::AtomicI64, sync::atomic::Ordering, time::SystemTime, time::UNIX_EPOCH};

tokio::task_local! {
    static TURNED_BY_MS: Arc<AtomicI64>;
}

/// Unix time in milliseconds, as the instance of this task sees it.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that asks the system")]
pub(crate) fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let turned = TURNED_BY_MS.try_with(|turned| turned.load(Ordering::Relaxed)).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX).saturating_add(turned)
}

/// Runs `work` with the clock of an instance.
pub(crate) async fn with<T>(turned_by_ms: &Arc<AtomicI64>, work: impl Future<Output = T>) -> T {
    TURNED_BY_MS.scope(Arc::clone(turned_by_ms), work).await
}
