//! The policy of an operation.

use crate::permission::Permission;
use crate::reverification::{FactorLevel, Reverification};

/// What must hold before an operation runs, in the order in which it is checked: signed in, permission,
/// reverification, input, organization of the page, rate limit.
#[derive(Debug)]
pub struct Declaration {
    /// Name in snake case, as in the audit log; the endpoint is `/api/<name>`.
    pub name: &'static str,
    /// Whether the operation changes something.
    pub effect: Effect,
    /// The permission that the session must have in the active organization.
    pub permission: Permission,
    /// How recently the user must have verified who they are; `None` asks nothing.
    pub reverification: Option<Reverification>,
    /// How often one user may call it; `None` where a call is cheap and changes nothing.
    pub rate_limit: Option<RateLimit>,
}

/// Whether an operation changes something. Every change leaves an entry in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Read,
    /// It changes something, here or at Clerk.
    Change,
}

/// A sliding window for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls within the window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
    /// What happens while the limiter does not answer.
    pub on_outage: OnOutage,
}

/// What a limit does while its store does not answer: a decision for each operation, never a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutage {
    /// Answer 503: a change without a limit is worse than none.
    Refuse,
    /// Let the call pass, without rate-limit headers.
    Allow,
    /// Let a limit of the same size in this process decide. This suits calls that must go on but that
    /// use a shared budget, such as Clerk's own limits: each server then counts for itself.
    Local,
}

impl Declaration {
    /// The policy of reading: the permission to use the dashboard, and nothing else.
    #[must_use]
    pub const fn read(name: &'static str) -> Self {
        let (effect, permission) = (Effect::Read, Permission::AdminAccess);
        Self { name, effect, permission, reverification: None, rate_limit: None }
    }

    /// The policy of everyday changes to rows of your own, such as a new project: a limit per minute for
    /// each user, and no fresh sign-in.
    #[must_use]
    pub const fn everyday_change(name: &'static str, per_minute: u32) -> Self {
        let rate_limit = RateLimit { requests: per_minute, window_seconds: 60, on_outage: OnOutage::Refuse };
        Self { effect: Effect::Change, rate_limit: Some(rate_limit), ..Self::read(name) }
    }

    /// The policy of changes that could harm people, such as a new role: as
    /// [`Declaration::everyday_change`], and a sign-in of the last five minutes. The second factor is
    /// asked for; users without one verify the first (Clerk behaviour).
    #[must_use]
    pub const fn sensitive_change(name: &'static str, per_minute: u32) -> Self {
        Self {
            reverification: Some(Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 }),
            ..Self::everyday_change(name, per_minute)
        }
    }

    /// The same policy for another permission.
    #[must_use]
    pub const fn with_permission(self, permission: Permission) -> Self {
        Self { permission, ..self }
    }

    /// The same policy with this limit.
    #[must_use]
    pub const fn with_rate_limit(self, rate_limit: RateLimit) -> Self {
        Self { rate_limit: Some(rate_limit), ..self }
    }
}
