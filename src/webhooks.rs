//! Applies verified webhooks: revokes what an event ends, and stores the event.
//!
//! The caller verifies the signature. The rows are the task of [`crate::store::webhook_inbox`].

use crate::gate::Services;
use crate::store::StoreError;
use crate::store::webhook_inbox::{self, Ingested};
use clerk::webhook::Event;

/// Applies a verified event that arrives at `now_ms` (Unix milliseconds).
///
/// # Errors
/// The database fails. Nothing is stored then, and Clerk sends the event again.
pub async fn ingest(services: &Services, event: &Event, now_ms: i64) -> Result<Ingested, StoreError> {
    // The revocation comes first, so that it counts even when the database is down.
    if let Some(revocation) = event.revocation() {
        services.revoked_sessions.insert_past(revocation, event.timestamp_ms(), now_ms);
    }
    webhook_inbox::ingest(&services.database, event, now_ms).await
}
