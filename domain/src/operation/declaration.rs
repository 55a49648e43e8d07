//! The policy of an operation.

use crate::permission::Permission;
use crate::reverification::{FactorLevel, Reverification};
use std::fmt;

/// The conditions of an operation, in the order of their checks: signed in, permission,
/// entitlement, reverification, input, organization of the page, rate limit.
#[derive(Debug)]
pub struct Declaration {
    /// Name in snake case. The audit log uses it, and the endpoint is `/api/<name>`.
    pub name: &'static str,
    /// Whether the operation changes something.
    pub effect: Effect,
    /// The permission that the session must have in the active organization.
    pub permission: Permission,
    /// The feature or plan that the organization or the user must have; `None`: every plan includes
    /// the operation.
    pub entitlement: Option<Entitlement>,
    /// The maximum age of the user's last verification; `None`: the operation needs no
    /// reverification.
    pub reverification: Option<Reverification>,
    /// The limit for each user; `None` for a call that is cheap and changes nothing.
    pub rate_limit: Option<RateLimit>,
}

/// A feature or a plan of Clerk Billing, by its slug. A slug stands for the organization or the
/// user; the scopes `org:` and `user:` before it choose one of them (Clerk: `has()`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitlement {
    /// A feature, which one or more plans include.
    Feature(&'static str),
    /// A plan.
    Plan(&'static str),
}

impl fmt::Display for Entitlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feature(slug) => write!(f, "feature:{slug}"),
            Self::Plan(slug) => write!(f, "plan:{slug}"),
        }
    }
}

/// Whether an operation changes something. Every change leaves an entry in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The operation reads.
    Read,
    /// The operation changes something in the database or at Clerk.
    Change,
}

/// A sliding window for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls within the window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
    /// The behaviour while the limiter does not answer.
    pub on_outage: OnOutage,
}

/// The behaviour of a limit while its store does not answer. Each operation decides; there is no
/// default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutage {
    /// Answer 503, for changes: an attacker must not remove a limit by stopping its store.
    Refuse,
    /// Let the call pass, without rate-limit headers.
    Allow,
    /// A limit of the same size in this process decides, so each server counts for itself. This
    /// suits calls that must go on but use a shared budget, such as Clerk's own rate limits.
    Local,
}

impl Declaration {
    /// The policy of reads: the permission to use the dashboard, and nothing else.
    #[must_use]
    pub const fn read(name: &'static str) -> Self {
        let (effect, permission) = (Effect::Read, Permission::AdminAccess);
        Self { name, effect, permission, entitlement: None, reverification: None, rate_limit: None }
    }

    /// The policy of everyday changes to rows of your own, such as a new project: a limit per
    /// minute for each user, and no reverification.
    #[must_use]
    pub const fn everyday_change(name: &'static str, per_minute: u32) -> Self {
        let rate_limit = RateLimit { requests: per_minute, window_seconds: 60, on_outage: OnOutage::Refuse };
        Self { effect: Effect::Change, rate_limit: Some(rate_limit), ..Self::read(name) }
    }

    /// The policy of changes that could harm users, such as a new role:
    /// [`Declaration::everyday_change`] with a verification in the last five minutes. The policy
    /// asks for the second factor; users without a second factor verify the first (Clerk
    /// behaviour).
    #[must_use]
    pub const fn sensitive_change(name: &'static str, per_minute: u32) -> Self {
        Self {
            reverification: Some(Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 }),
            ..Self::everyday_change(name, per_minute)
        }
    }

    // example:begin bulk
    /// Whether every caller who satisfies this policy also satisfies `other`, apart from the rate
    /// limit. A constant function, so that it can be checked while the program is compiled.
    #[must_use]
    pub const fn is_as_strict_as(&self, other: &Self) -> bool {
        let is_as_fresh = match (self.reverification, other.reverification) {
            (_, None) => true,
            (Some(own), Some(other)) => {
                own.level as u8 == other.level as u8 && own.within_minutes <= other.within_minutes
            }
            (None, Some(_)) => false,
        };
        is_as_fresh && self.permission as u8 == other.permission as u8
    }
    // example:end bulk

    /// The policy with another permission.
    #[must_use]
    pub const fn with_permission(self, permission: Permission) -> Self {
        Self { permission, ..self }
    }

    /// The policy for a feature or plan only.
    #[must_use]
    pub const fn with_entitlement(self, entitlement: Entitlement) -> Self {
        Self { entitlement: Some(entitlement), ..self }
    }

    /// The policy with another rate limit.
    #[must_use]
    pub const fn with_rate_limit(self, rate_limit: RateLimit) -> Self {
        Self { rate_limit: Some(rate_limit), ..self }
    }
}
