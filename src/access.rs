//! The policy check: a [`Visitor`] becomes [`Granted`], or gets a refusal.
//!
//! The first reason that applies is the answer: 401 not signed in, 403 permission missing, 403
//! feature or plan missing, 403 reverification needed, 400 invalid input, 409 page of another
//! organization, 429 too many calls.
//! Each operation in `domain::operation` declares its policy, and only this module evaluates the
//! policy.

mod grant_error;
#[cfg(test)]
mod for_tests;
mod granted;
mod permissions;

pub use grant_error::GrantError;
pub use granted::Granted;

use crate::actor::Actor;
use crate::gate::{Services, Visitor};
use crate::lifetimes::SessionUse;
use crate::limit::{Budget, Call, Limit, LimiterDown, Requester};
use clerk::claims::SessionClaims;
use clerk::entitlements::{Requirement, satisfies};
use domain::operation::{Declaration, OnOutage, Operation, RateLimit, Target, validated};
use domain::permission::Permission;
use domain::refusal::Refusal;
use domain::sign_out_reason::SignOutReason;
use granted::GrantedServices;
use permissions::{applies_here, has_entitlement, has_permission};

impl Visitor {
    /// Checks the part of a policy that needs no input. The guard in front of `/api` calls it
    /// before the server decodes the body.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, `Unauthenticated` for a session that is too old for the
    /// permission, `Entitlement`, or `Reverification`. The audit log records the refusal of a known
    /// user.
    pub fn authorize(&self, declaration: &Declaration) -> Result<Actor, Refusal> {
        let session = self.session().ok_or(Refusal::Unauthenticated { reason: self.signed_out() })?;
        let actor = Actor::of(session).ok_or(Refusal::Forbidden)?;
        let refusal = if !self.has_permission(declaration.permission) {
            Refusal::Forbidden
        } else if self.is_too_old_for(declaration.permission) {
            return Err(self.end_too_old(session));
        } else if let Some(needed) = declaration.entitlement.filter(|needed| !has_entitlement(session, *needed)) {
            Refusal::Entitlement { needs: needed.to_string() }
        } else if let Some(needed) =
            declaration.reverification.filter(|needed| !satisfies(session, &Requirement::reverification(*needed)))
        {
            Refusal::reverification(needed)
        } else {
            return Ok(actor);
        };
        Err(self.refuse(&actor, declaration, refusal))
    }

    /// Whether the visitor has a permission that applies in the active organization.
    #[must_use]
    pub fn has_permission(&self, permission: Permission) -> bool {
        applies_here(permission, self.in_operator_organization())
            && self.session().is_some_and(|session| has_permission(session, permission))
    }

    /// Checks the whole policy of an operation, validates its input and counts the call against its
    /// rate limit.
    ///
    /// # Errors
    /// The first refusal that applies.
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is as ordinary as a grant, and to move it costs less than to allocate"
    )]
    pub async fn grant<Op: Operation>(&self, input: Op) -> Result<Granted<Op>, GrantError> {
        let declaration = &Op::DECLARATION;
        let actor = self.authorize(declaration)?;
        let session = self.shared_session().ok_or(Refusal::NOBODY)?;
        let checked = validated(input).and_then(|input| Ok((input.target().check(&actor.user)?, input)));
        let (target, input) =
            checked.map_err(|fields| self.refuse(&actor, declaration, Refusal::InvalidInput { fields }))?;
        // The user switched the organization, perhaps in another tab, and this page shows the old
        // one.
        if self.page_organization().is_some_and(|page_organization| page_organization != actor.organization.as_str()) {
            return Err(self.refuse(&actor, declaration, Refusal::OtherOrganization).into());
        }
        let budget = self.take_budget(&actor, declaration).await?;
        Ok(Granted {
            input,
            declaration,
            target,
            actor,
            session,
            in_operator_organization: self.in_operator_organization(),
            services: self.granted_services(),
            request_id: self.request_id().into(),
            now_ms: self.now_ms(),
            budget,
        })
    }

    fn granted_services(&self) -> GrantedServices {
        let Services { database, backend_api, revoked_sessions, denial_log, instance_status, running_commands, .. } =
            self.services();
        GrantedServices {
            database: database.clone(),
            backend_api: backend_api.clone(),
            revoked_sessions: revoked_sessions.clone(),
            denial_log: denial_log.clone(),
            instance_status: instance_status.clone(),
            running_commands: running_commands.clone(),
        }
    }

    /// Whether the session is older than the permission allows. The caller checks the permission
    /// first: another sign-in would not help a visitor without it.
    fn is_too_old_for(&self, permission: Permission) -> bool {
        permission.max_session_age_ms().is_some_and(|limit_ms| self.age_ms() >= limit_ms)
    }

    /// Ends the session. Clerk's sign-in page redirects a user with a running session straight
    /// back, so the user can sign in again only after its end.
    fn end_too_old(&self, session: &SessionClaims) -> Refusal {
        let reason = SignOutReason::SessionTooOldForPermission;
        let (request_id, now_ms) = (self.request_id(), self.now_ms());
        self.services().lifetimes.end(SessionUse { session, is_activity: true, request_id, now_ms }, reason);
        Refusal::Unauthenticated { reason: Some(reason) }
    }

    fn in_operator_organization(&self) -> bool {
        let active = self.session().and_then(|session| session.organization.as_ref());
        active.is_some_and(|organization| self.services().operators.as_ref() == Some(&organization.id))
    }

    #[expect(clippy::result_large_err, reason = "as above")]
    async fn take_budget(&self, actor: &Actor, declaration: &Declaration) -> Result<Option<Budget>, GrantError> {
        let Some(RateLimit { requests, window_seconds, on_outage }) = declaration.rate_limit else { return Ok(None) };
        let (limiter, now_ms) = (&self.services().limiter, self.now_ms());
        let window_ms = u64::from(window_seconds) * 1000;
        let limit = Limit { name: declaration.name, requests: requests.into(), window_ms };
        let call = Call::new(Requester::User(actor.user.as_str()), now_ms);
        let verdict = match on_outage {
            OnOutage::Local => limiter.take_or_local(limit, call).await,
            OnOutage::Allow | OnOutage::Refuse => match limiter.take(limit, call).await {
                Ok(verdict) => verdict,
                Err(LimiterDown) if on_outage == OnOutage::Allow => return Ok(None),
                Err(LimiterDown) => return Err(Refusal::Unavailable.into()),
            },
        };
        let budget = Some(Budget { limit, verdict, now_ms });
        if verdict.admitted {
            return Ok(budget);
        }
        let retry_after = verdict.retry_after_seconds();
        let refusal = self.refuse(actor, declaration, Refusal::RateLimited { retry_after });
        Err(GrantError { refusal, budget })
    }

    fn refuse(&self, actor: &Actor, declaration: &Declaration, refusal: Refusal) -> Refusal {
        let log = &self.services().denial_log;
        log.record(actor, declaration, &refusal, self.request_id(), self.now_ms());
        refusal
    }
}
