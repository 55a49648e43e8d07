//! The services that the gate and every operation need.

use crate::db::Database;
use crate::denial_log::DenialLog;
use crate::lifetimes::Lifetimes;
use crate::limit::Limiter;
use crate::revoked_sessions::RevocationList;
use clerk::authenticate::AuthConfig;
use clerk::backend_api::BackendApi;
use clerk::keys::KeySource;
use domain::ids::OrganizationId;

/// The services of one application.
pub struct Services {
    /// Settings of the authentication.
    pub settings: AuthConfig,
    /// The keys that verify session tokens.
    pub keys: KeySource,
    /// Rate limits.
    pub limiter: Limiter,
    /// The organization of the operators, where instance-wide permissions apply. `None`: they apply
    /// nowhere.
    pub operators: Option<OrganizationId>,
    /// The database.
    pub database: Database,
    /// Clerk's Backend API.
    pub backend_api: BackendApi,
    /// Sessions that ended before their last token expired.
    pub revoked_sessions: RevocationList,
    /// The lifetimes of sessions, in addition to Clerk's.
    pub lifetimes: Lifetimes,
    /// The queue of denials for the audit log.
    pub denial_log: DenialLog,
}
