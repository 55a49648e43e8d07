//! The proof that a policy held.
//!
//! Only this folder can construct the type, so every function that takes it is behind the policy.

use super::permissions::{applies_here, has_permission};
use crate::actor::Actor;
use crate::db::Database;
use crate::denial_log::DenialLog;
use crate::instance_status::InstanceStatus;
use crate::limit::Budget;
use crate::revoked_sessions::RevocationList;
use clerk::backend_api::BackendApi;
use clerk::claims::SessionClaims;
use domain::ids::UserId;
// example:begin bulk
use domain::operation::{BulkOperation, validated};
// example:end bulk
use domain::operation::{Declaration, Operation, Target};
use domain::permission::Permission;
use domain::refusal::Refusal;
use domain::text::visible;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// Proof that the policy of `Op` held for this request, and the only way to the rows behind it.
///
/// It cannot be made elsewhere, copied, or sent anywhere:
///
/// ```compile_fail,E0451
/// use domain::operation::ShowDashboard;
/// use gatehouse::access::Granted;
/// let forged = Granted::<ShowDashboard> { input: ShowDashboard {}, ..todo!() };
/// ```
/// ```compile_fail,E0277
/// fn copies<T: Clone>() {}
/// copies::<gatehouse::access::Granted<domain::operation::ShowDashboard>>();
/// ```
#[must_use]
pub struct Granted<Op: Operation> {
    pub(super) input: Op,
    /// The policy that held: that of `Op`, or that of the operation which `Op` is a part of.
    pub(super) declaration: &'static Declaration,
    pub(super) target: <Op::Target as Target>::Checked,
    pub(super) actor: Actor,
    pub(super) session: Arc<SessionClaims>,
    pub(super) in_operator_organization: bool,
    pub(super) services: GrantedServices,
    pub(super) request_id: Arc<str>,
    pub(super) now_ms: i64,
    pub(super) budget: Option<Budget>,
}

/// The services that a granted operation may use.
#[derive(Clone)]
pub(super) struct GrantedServices {
    pub(super) database: Database,
    pub(super) backend_api: BackendApi,
    pub(super) revoked_sessions: RevocationList,
    pub(super) denial_log: DenialLog,
    pub(super) instance_status: InstanceStatus,
    pub(super) running_commands: TaskTracker,
}

impl<Op: Operation> Granted<Op> {
    /// The validated input.
    pub fn input(&self) -> &Op {
        &self.input
    }

    /// The name of the operation whose policy held, for the audit log.
    pub fn operation(&self) -> &'static str {
        self.declaration.name
    }

    /// The caller.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The session that the grant was made from.
    pub fn session(&self) -> &SessionClaims {
        &self.session
    }

    /// The permissions that apply in the active organization and that the actor lacks.
    pub fn missing_permissions(&self) -> Vec<Permission> {
        let is_missing = |permission: &Permission| {
            applies_here(*permission, self.in_operator_organization) && !has_permission(&self.session, *permission)
        };
        Permission::ALL.into_iter().filter(is_missing).collect()
    }

    /// Why the actor makes the change, for the audit log; `None` without a visible character.
    pub fn reason(&self) -> Option<&str> {
        visible(self.input.reason())
    }

    /// Id of the request, for the audit log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// When the request arrived, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The state of the rate limit after this call; `None` for an operation without a limit.
    pub fn budget(&self) -> Option<&Budget> {
        self.budget.as_ref()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.services.database
    }

    pub(crate) fn backend_api(&self) -> &BackendApi {
        &self.services.backend_api
    }

    pub(crate) fn revoked_sessions(&self) -> &RevocationList {
        &self.services.revoked_sessions
    }

    pub(crate) fn instance_status(&self) -> &InstanceStatus {
        &self.services.instance_status
    }

    pub(crate) fn running_commands(&self) -> &TaskTracker {
        &self.services.running_commands
    }

    /// Records in the audit log that Clerk or the database refused the call after the grant.
    pub(crate) fn record_denial(&self, refusal: &Refusal) {
        let log = &self.services.denial_log;
        log.record(&self.actor, self.declaration, refusal, &self.request_id, self.now_ms);
    }
}

impl<Op: Operation> Granted<Op>
where
    Op::Target: Target<Checked = UserId>,
{
    /// The user that the operation acts on; never the actor.
    pub(crate) fn target(&self) -> &UserId {
        &self.target
    }
}

// example:begin bulk
/// The grant for one member of a selection, or the refusal for that member.
type OneGranted<Op> = Result<Granted<<Op as BulkOperation>::Each>, Refusal>;

impl<Op: BulkOperation> Granted<Op> {
    /// The grant for each member of the selection, or the refusal for that member. The operation on
    /// one member validates its input and checks its target as if it were called alone, and its
    /// policy holds because that of the whole is as strict.
    pub(crate) fn each(&self) -> Vec<(UserId, OneGranted<Op>)> {
        const { assert!(Op::DECLARATION.is_as_strict_as(&Op::Each::DECLARATION), "a weaker policy") };
        self.target.iter().map(|user| (user.clone(), self.one(self.input.each(user)))).collect()
    }

    fn one(&self, input: Op::Each) -> OneGranted<Op> {
        let checked = validated(input).and_then(|input| Ok((input.target().check(&self.actor.user)?, input)));
        let (target, input) = checked.map_err(|fields| {
            let refusal = Refusal::InvalidInput { fields };
            self.record_denial(&refusal);
            refusal
        })?;
        Ok(Granted {
            input,
            declaration: self.declaration,
            target,
            actor: self.actor.clone(),
            session: Arc::clone(&self.session),
            in_operator_organization: self.in_operator_organization,
            services: self.services.clone(),
            request_id: Arc::clone(&self.request_id),
            now_ms: self.now_ms,
            budget: None,
        })
    }
}
// example:end bulk
