//! The state that requests and background tasks share. It is a file of its own because both depend
//! on it.

use super::cache::SessionCache;
use super::rule::Rules;
use crate::clock::Clock;
use crate::db::Database;
use clerk::backend_api::BackendApi;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

pub(super) struct Shared {
    pub(super) rules: Rules,
    pub(super) database: Database,
    pub(super) backend_api: BackendApi,
    pub(super) clock: Clock,
    pub(super) cache: Mutex<SessionCache>,
    /// Wakes the task that stores ends.
    pub(super) to_store: Arc<Notify>,
    /// Wakes the task that reports ends to Clerk.
    pub(super) to_report: Arc<Notify>,
}

impl Shared {
    pub(super) fn cache(&self) -> MutexGuard<'_, SessionCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
