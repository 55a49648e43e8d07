//! Everything that a request may need.

use crate::db::Database;
use crate::denial_log::DenialLog;
use crate::lifetimes::Lifetimes;
use crate::limit::Limiter;
use crate::revoked_sessions::RevocationList;
use clerk::authenticate::AuthConfig;
use clerk::backend_api::BackendApi;
use clerk::keys::KeySource;
use domain::ids::OrganizationId;

/// What a gate is made of.
pub struct Services {
    /// How sessions are recognized.
    pub settings: AuthConfig,
    /// Keys that sign them.
    pub keys: KeySource,
    /// Rate limits.
    pub limiter: Limiter,
    /// First part of every rate-limit key.
    pub rate_limit_prefix: String,
    /// The organization of whoever runs the instance, where permissions count that reach beyond an organization. `None`: they count nowhere.
    pub operators: Option<OrganizationId>,
    /// The database.
    pub database: Database,
    /// Clerk's Backend API.
    pub backend_api: BackendApi,
    /// Sessions that ended while their last token still lives.
    pub revoked_sessions: RevocationList,
    /// How long sessions live, beside what Clerk says.
    pub lifetimes: Lifetimes,
    /// Where refused calls are written down.
    pub denial_log: DenialLog,
}
