//! The services that the gate and every operation need.

use crate::db::Database;
use crate::denial_log::DenialLog;
use crate::instance_status::InstanceStatus;
use crate::lifetimes::Lifetimes;
use crate::limit::Limiter;
use crate::revoked_sessions::RevocationList;
use clerk::authenticate::AuthConfig;
use clerk::backend_api::BackendApi;
use clerk::keys::KeySource;
use domain::ids::OrganizationId;
use std::time::Duration;
use tokio_util::task::TaskTracker;

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
    /// The facts that the server knows about its instance.
    pub instance_status: InstanceStatus,
    /// The commands at Clerk that run.
    pub running_commands: TaskTracker,
}

/// The time that running commands have at a shutdown: longer than Clerk has for one command.
const COMMANDS_END: Duration = Duration::from_secs(14);

/// The time that each queue has at a shutdown.
const QUEUES_END: Duration = Duration::from_millis(1500);

impl Services {
    /// Waits until the running commands have ended and the queues are stored. The server calls it
    /// after the last request. A command that does not end leaves its intent open, and the next
    /// process looks up its outcome.
    pub async fn finish(&self) {
        self.running_commands.close();
        if tokio::time::timeout(COMMANDS_END, self.running_commands.wait()).await.is_err() {
            let running = self.running_commands.len();
            tracing::warn!(running, "commands at Clerk did not end in time; the next start looks up their outcome");
        }
        if tokio::time::timeout(QUEUES_END, self.denial_log.flush()).await.is_err() {
            tracing::error!("denied calls were not written to the audit log before the stop");
        }
        if tokio::time::timeout(QUEUES_END, self.lifetimes.finish()).await.is_err() {
            tracing::warn!("the latest activity of sessions was not written before the stop");
        }
    }
}
