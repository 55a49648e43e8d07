//! Writes queued denials to the audit log, in batches of at most 512. It is apart from `denial_log`
//! because the gate, which fills the queue, is below the store.

use crate::db::{Database, StoreError};
use crate::denial_log::{DenialLog, DeniedCall, Queued};
use crate::store::audit;
use std::time::Duration;
use tokio::sync::mpsc;

const BATCH: usize = 512;
/// The pause of 50 ms collects a burst of denials into one transaction.
const REST: Duration = Duration::from_millis(50);
/// The pause before a batch is written again.
const RETRY: Duration = Duration::from_secs(1);

/// Starts the writer. It ends when the last clone of the log is dropped.
#[must_use]
pub fn start(database: Database) -> DenialLog {
    let (log, queue) = DenialLog::channel();
    tokio::spawn(write_batches(database, queue));
    log
}

async fn write_batches(database: Database, mut queue: mpsc::Receiver<Queued>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let (mut calls, mut waiting) = (Vec::new(), Vec::new());
        for queued in batch.drain(..) {
            match queued {
                Queued::Call(call) => calls.push(call),
                Queued::Flush(stored) => waiting.push(stored),
            }
        }
        write(&database, &calls).await;
        let is_flushed = !waiting.is_empty();
        waiting.into_iter().for_each(|stored| _ = stored.send(()));
        if !is_flushed {
            tokio::time::sleep(REST).await;
        }
    }
}

/// Stores a batch. While the database is unavailable the calls wait, and the queue behind them
/// fills.
async fn write(database: &Database, calls: &[DeniedCall]) {
    loop {
        match audit::record_refusals(database, calls).await {
            Ok(()) => return,
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::warn!(%error, calls = calls.len(), "denied calls are not in the audit log yet");
                tokio::time::sleep(RETRY).await;
            }
            Err(error) => {
                tracing::error!(%error, calls = calls.len(), "denied calls were not written to the audit log");
                return;
            }
        }
    }
}
