//! The memory of a readiness check. `/readyz` is public, and a check costs a connection or, at
//! Upstash, money: a flood of requests must not cause a flood of checks.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a result counts. It is shorter than the period of a load balancer's checks, so each of
/// its checks still sees the present state.
const MEMORY: Duration = Duration::from_secs(2);

/// The last result of a check, and the lock that lets one check run at a time. Clones share both.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadinessMemory(Arc<Mutex<Option<(Instant, bool)>>>);

impl ReadinessMemory {
    /// The result of the last two seconds, or of a new check. The check runs in a task of its own:
    /// a client that hangs up early cannot cause more checks than one that waits.
    pub(crate) async fn result_of<F>(&self, check: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if let Some((_, is_ready)) = last.filter(|(at, _)| at.elapsed() < MEMORY) {
            return is_ready;
        }
        let check = check();
        let checked = tokio::spawn(async move {
            let is_ready = check.await;
            *last = Some((Instant::now(), is_ready));
            is_ready
        });
        checked.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    async fn ask(memory: &ReadinessMemory, checks: &Arc<AtomicUsize>) -> bool {
        let checks = Arc::clone(checks);
        let check = || async move {
            checks.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            true
        };
        memory.result_of(check).await
    }

    #[tokio::test]
    async fn a_flood_of_requests_causes_one_check_also_when_clients_hang_up() {
        let (memory, checks) = (ReadinessMemory::default(), Arc::default());
        for _ in 0..100 {
            assert!(ask(&memory, &checks).now_or_never().is_none());
        }
        let asked = futures_util::future::join_all((0..100).map(|_| ask(&memory, &checks))).await;
        assert!(asked.into_iter().all(|is_ready| is_ready));
        assert_eq!(checks.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_result_is_forgotten_after_two_seconds() {
        let (memory, checks) = (ReadinessMemory::default(), Arc::default());
        let old = Instant::now().checked_sub(MEMORY).unwrap();
        *memory.0.lock().await = Some((old, false));
        assert!(ask(&memory, &checks).await);
        *memory.0.lock().await = Some((Instant::now(), false));
        assert!(!ask(&memory, &checks).await);
    }
}
