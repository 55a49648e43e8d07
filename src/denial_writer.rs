//! Writes queued refusals to the audit log, in batches.

use crate::db::Database;
use crate::denial_log::{DenialLog, DeniedCall};
use crate::store::audit;
use std::time::Duration;
use tokio::sync::mpsc;

const BATCH: usize = 512;
/// A short rest lets a flood gather into one transaction.
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
            tracing::error!(%error, calls = batch.len(), "refused calls were not written to the audit log");
        }
        batch.clear();
        tokio::time::sleep(REST).await;
    }
}
