//! The error of a sync.

use crate::db::StoreError;
use clerk::backend_api::BackendApiError;

/// Why a sync did not finish. The pages copied so far stay stored.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Clerk does not answer or refuses a request.
    #[error("{0}; run the sync again to continue")]
    Clerk(#[from] BackendApiError),
    /// The database does not answer or refuses a statement.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}
