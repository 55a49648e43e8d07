//! What may they do: a [`Visitor`] becomes [`Granted`], or is refused.
//!
//! The first reason that applies is the answer: 401 not signed in, 403 permission missing, 403 reverification needed, 400 input, 409 made for
//! another organization, 429 too many.
//! The policy itself stands in `operation`; here is the one place that asks it.

#[cfg(test)]
mod for_tests;

use crate::denial_log::DenialLog;
use crate::gate::{Parts, Visitor};
use crate::lifetimes::Asking;
use crate::limit::{self, LimiterDown, Verdict};
use crate::revoked_sessions::RevocationList;
use crate::store::Store;
use clerk::backend_api::{BackendApi, BackendApiError};
use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use domain::ids::{InvalidIdError, OrganizationId, SessionId, UserId};
use domain::operation::{Declaration, OnOutage, Operation, RateLimit, TargetsUser, checked};
use domain::permission::Permission;
use domain::refusal::{FieldProblem, InvalidFields, Refusal};
use domain::signed_out::SignedOut;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

/// Who acts, and for which organization: taken from the verified session and from nowhere else.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The signed-in user.
    pub user: UserId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The active organization.
    pub organization: OrganizationId,
    /// Who acts as the user, where it is not the user.
    pub impersonator: Option<String>,
}

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
    input: Op,
    actor: Actor,
    session: Arc<SessionClaims>,
    operates: bool,
    store: Store,
    backend_api: BackendApi,
    ended: RevocationList,
    denial_log: DenialLog,
    request_id: Arc<str>,
    now_ms: i64,
    budget: Option<Budget>,
}

/// A refused call: what the caller is told, and what is left of the rate limit where it was asked.
#[derive(Debug)]
pub struct Denied {
    /// The answer.
    pub refusal: Refusal,
    /// What is left.
    pub budget: Option<Budget>,
}

/// What a rate limit has left after a call.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    name: &'static str,
    limit: RateLimit,
    verdict: Verdict,
    now_ms: i64,
}

impl Visitor {
    /// Asks the part of the policy that needs no input: the door in front of `/api`, before a byte of the body is decoded.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, `Unauthenticated` for a session that is too old for the permission, or `Reverification`; a refusal of
    /// somebody known goes to the audit log.
    pub fn may(&self, declaration: &Declaration) -> Result<Actor, Refusal> {
        let session = self.session().ok_or(Refusal::Unauthenticated { reason: self.signed_out() })?;
        let organization = session.organization.as_ref().ok_or(Refusal::Forbidden)?;
        let actor = Actor {
            user: session.user.clone(),
            session: session.id.clone(),
            organization: organization.id.clone(),
            impersonator: session.impersonator(),
        };
        let refusal = if !self.holds(declaration.permission) {
            Refusal::Forbidden
        } else if self.is_too_old_for(declaration.permission) {
            return Err(self.end_too_old(session));
        } else if let Some(needed) =
            declaration.reverification.filter(|needed| !satisfies(session, &Requirement::reverification(*needed)))
        {
            Refusal::reverification(needed)
        } else {
            return Ok(actor);
        };
        Err(self.refuse(&actor, declaration, refusal))
    }

    /// Whether the session is older than the permission allows. Only who holds the permission is asked: nobody else would gain by signing in again.
    fn is_too_old_for(&self, permission: Permission) -> bool {
        permission.max_session_age_ms().is_some_and(|limit_ms| self.age_ms() >= limit_ms)
    }

    /// Ends the session: at Clerk's sign-in whoever has one is led back at once, so only its end lets the person sign in again.
    fn end_too_old(&self, session: &SessionClaims) -> Refusal {
        let rule = SignedOut::SessionTooOldForPermission;
        let (request_id, now_ms) = (self.request_id(), self.now_ms());
        self.gate().parts().lifetimes.end(Asking { session, is_activity: true, request_id, now_ms }, rule);
        Refusal::Unauthenticated { reason: Some(rule) }
    }

    /// Whether they have a permission, and it counts in the active organization.
    pub fn holds(&self, permission: Permission) -> bool {
        counts(permission, self.operates()) && self.session().is_some_and(|session| is_held(session, permission))
    }

    /// Whether the active organization is that of the operators.
    fn operates(&self) -> bool {
        let here = self.session().and_then(|session| session.organization.as_ref());
        here.is_some_and(|organization| self.gate().parts().operators.as_ref() == Some(&organization.id))
    }

    /// Asks the whole policy of an operation, validates its input and takes from its rate limit.
    ///
    /// # Errors
    /// The first refusal that applies.
    pub async fn grant<Op: Operation>(&self, input: Op) -> Result<Granted<Op>, Denied> {
        let declaration = &Op::DECLARATION;
        let actor = self.may(declaration)?;
        let session = self.shared_session().ok_or(Refusal::NOBODY)?;
        let input = checked(input)
            .and_then(|input| about_somebody_else(input, &actor))
            .map_err(|fields| self.refuse(&actor, declaration, Refusal::InvalidInput { fields }))?;
        // Somebody switched to another organization, in another tab perhaps, and this page shows the one before.
        if self.made_for().is_some_and(|made_for| made_for != actor.organization.as_str()) {
            return Err(self.refuse(&actor, declaration, Refusal::OtherOrganization).into());
        }
        let budget = self.take_budget(&actor, declaration).await?;
        let Parts { store, backend_api, ended, denial_log, .. } = self.gate().parts();
        Ok(Granted {
            input,
            actor,
            session,
            operates: self.operates(),
            store: store.clone(),
            backend_api: backend_api.clone(),
            ended: ended.clone(),
            denial_log: denial_log.clone(),
            request_id: self.request_id().into(),
            now_ms: self.now_ms(),
            budget,
        })
    }

    async fn take_budget(&self, actor: &Actor, declaration: &Declaration) -> Result<Option<Budget>, Denied> {
        let Some(limit) = declaration.rate_limit else { return Ok(None) };
        let parts = self.gate().parts();
        let prefix = format!("{}:{}", parts.rate_limit_prefix, declaration.name);
        let (requests, window_ms) = (u64::from(limit.requests), u64::from(limit.window_seconds) * 1000);
        let (limiter, user, now_ms) = (&parts.limiter, actor.user.as_str(), self.now_ms());
        let verdict = match limit.on_outage {
            OnOutage::Local => limiter.take_or_local(&prefix, user, requests, window_ms, 1, now_ms).await,
            OnOutage::Allow | OnOutage::Refuse => {
                match limiter.take(&prefix, user, requests, window_ms, 1, now_ms).await {
                    Ok(verdict) => verdict,
                    Err(LimiterDown) if limit.on_outage == OnOutage::Allow => return Ok(None),
                    Err(LimiterDown) => return Err(Refusal::Unavailable.into()),
                }
            }
        };
        let budget = Some(Budget { name: declaration.name, limit, verdict, now_ms });
        if verdict.admitted {
            return Ok(budget);
        }
        let retry_after = limit::retry_after_seconds(&verdict);
        let refusal = self.refuse(actor, declaration, Refusal::RateLimited { retry_after });
        Err(Denied { refusal, budget })
    }

    fn refuse(&self, actor: &Actor, declaration: &Declaration, refusal: Refusal) -> Refusal {
        let denial_log = &self.gate().parts().denial_log;
        denial_log.note(actor, declaration, &refusal, self.request_id(), self.now_ms());
        refusal
    }
}

impl<Op: Operation> Granted<Op> {
    /// The validated input.
    pub fn input(&self) -> &Op {
        &self.input
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The session that the grant was made from.
    pub fn session(&self) -> &SessionClaims {
        &self.session
    }

    /// The permissions that count in the active organization and that whoever acts does not have.
    pub fn lacking(&self) -> Vec<Permission> {
        let lacks =
            |permission: &Permission| counts(*permission, self.operates) && !is_held(&self.session, *permission);
        Permission::ALL.into_iter().filter(lacks).collect()
    }

    /// Id of the request, for the audit log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// When the request arrived, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// What is left of the rate limit; `None` where the operation has none.
    pub fn budget(&self) -> Option<&Budget> {
        self.budget.as_ref()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn backend_api(&self) -> &BackendApi {
        &self.backend_api
    }

    pub(crate) fn ended(&self) -> &RevocationList {
        &self.ended
    }

    /// Writes down that it was refused after all.
    pub(crate) fn note_refused(&self, refusal: &Refusal) {
        self.denial_log.note(&self.actor, &Op::DECLARATION, refusal, &self.request_id, self.now_ms);
    }
}

/// A permission that reaches beyond an organization counts in that of the operators alone.
fn counts(permission: Permission, operates: bool) -> bool {
    !permission.is_instance_wide() || operates
}

fn is_held(session: &SessionClaims, permission: Permission) -> bool {
    satisfies(session, &Requirement::permission(permission.key()))
}

impl<Op: TargetsUser> Granted<Op> {
    /// Whom the operation is about: somebody else.
    ///
    /// # Errors
    /// [`BackendApiError::NotFound`] for what is no id.
    pub(crate) fn user(&self) -> Result<UserId, BackendApiError> {
        UserId::parse(self.input.user_id()).map_err(|InvalidIdError| BackendApiError::NotFound)
    }
}

fn about_somebody_else<Op: Operation>(input: Op, actor: &Actor) -> Result<Op, InvalidFields> {
    if input.about() == Some(actor.user.as_str()) {
        return Err(InvalidFields::from([("user_id".to_owned(), FieldProblem::Yourself)]));
    }
    Ok(input)
}

impl Budget {
    /// The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    #[must_use]
    pub fn headers(&self) -> [(HeaderName, HeaderValue); 2] {
        let (requests, window_seconds) = (u64::from(self.limit.requests), u64::from(self.limit.window_seconds));
        limit::rate_limit_headers(self.name, requests, window_seconds, &self.verdict, self.now_ms)
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, budget: None }
    }
}
