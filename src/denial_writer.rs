//! Writes queued denials to the audit log, in batches of at most 512. It is apart from `denial_log`
//! because the gate, which fills the queue, is below the store.

use crate::db::Database;
use crate::denial_log::{DenialLog, DeniedCall};
use crate::store::audit;
use std::time::Duration;
use tokio::sync::mpsc;

const BATCH: usize = 512;
/// The pause of 50 ms collects a burst of denials into one transaction.
const REST: Duration = Duration::from_millis(50);

/// Starts the writer. It ends when the last clone of the log is dropped.
#[must_use]
pub fn start(database: Database) -> DenialLog {
    let (log, queue) = DenialLog::channel();
    tokio::spawn(write_batches(database, queue));
    log
}

async fn write_batches(database: Database, mut queue: mpsc::Receiver<DeniedCall>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(error) = audit::record_refusals(&database, &batch).await {
            tracing::error!(%error, calls = batch.len(), "denied calls were not written to the audit log");
        }
        batch.clear();
        tokio::time::sleep(REST).await;
    }
}
