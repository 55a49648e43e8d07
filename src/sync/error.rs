//! Why a sync did not finish.

use crate::db::StoreError;
use clerk::backend_api::BackendApiError;

/// Why it did not finish. What was filled so far stays.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Clerk.
    #[error("{0}; run it again to go on")]
    Clerk(#[from] BackendApiError),
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}
