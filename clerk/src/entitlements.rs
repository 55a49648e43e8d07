//! Clerk's `has()`: whether a session has a role, permission, feature, plan and recent
//! verification. Each is asked or not. All that is asked must hold, and an empty requirement is
//! never satisfied.

use crate::claims::{FactorAges, Scoped, SessionClaims};
use crate::reverification::{FactorLevel, Reverification};

/// A requirement. Each part that is `Some` must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requirement<'a> {
    /// A role in the active organization, with or without `org:`.
    pub role: Option<&'a str>,
    /// A permission in the active organization, as `org:<feature>:<permission>`.
    pub permission: Option<&'a str>,
    /// A feature, optionally with a scope: `o:`, `org:`, `organization:`, `u:` or `user:`.
    pub feature: Option<&'a str>,
    /// A plan, optionally with a scope.
    pub plan: Option<&'a str>,
    /// How recently the user must have verified their factors.
    pub reverification: Option<Reverification>,
}

impl<'a> Requirement<'a> {
    /// Requires a permission.
    #[must_use]
    pub fn permission(key: &'a str) -> Self {
        Self { permission: Some(key), ..Self::default() }
    }

    /// Requires a recent verification.
    #[must_use]
    pub fn reverification(needed: Reverification) -> Self {
        Self { reverification: Some(needed), ..Self::default() }
    }
}

/// Whether a session satisfies a requirement. A pending session satisfies none.
#[must_use]
pub fn satisfies(session: &SessionClaims, requirement: &Requirement<'_>) -> bool {
    let answers = [
        requirement.role.map(|role| has_role(session, role)),
        requirement.permission.map(|permission| has_permission(session, permission)),
        requirement.feature.map(|feature| is_listed(session.features.as_deref(), feature)),
        requirement.plan.map(|plan| is_listed(session.plans.as_deref(), plan)),
        requirement.reverification.map(|needed| session.factor_ages.is_some_and(|ages| is_fresh(ages, needed))),
    ];
    let mut answers = answers.into_iter().flatten().peekable();
    !session.is_pending() && answers.peek().is_some() && answers.all(|answer| answer)
}

fn has_role(session: &SessionClaims, role: &str) -> bool {
    let held = session.organization.as_ref().and_then(|organization| organization.role.as_deref());
    held.is_some_and(|held| with_one_prefix(held) == with_one_prefix(role))
}

fn has_permission(session: &SessionClaims, permission: &str) -> bool {
    let permission = with_one_prefix(permission);
    session.organization.as_ref().is_some_and(|organization| organization.permissions.contains(&permission))
}

/// Any run of leading `org:` counts as one.
fn with_one_prefix(text: &str) -> String {
    format!("org:{}", text.trim_start_matches("org:"))
}

fn is_listed(claim: Option<&str>, asked: &str) -> bool {
    let Some(listed) = claim.filter(|claim| !claim.is_empty()).and_then(Scoped::parse) else { return false };
    let mut parts = asked.split(':');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    match (first, second) {
        ("", None) | (_, Some("")) => false,
        (name, None) => listed.organization.contains(&name) || listed.user.contains(&name),
        ("o" | "org" | "organization", Some(name)) => listed.organization.contains(&name),
        ("u" | "user", Some(name)) => listed.user.contains(&name),
        _ => false,
    }
}

/// Ages must be strictly below the limit. For a user without a second factor the first one counts
/// (Clerk: graceful downgrade).
fn is_fresh(ages: FactorAges, needed: Reverification) -> bool {
    let fresh = |age: Option<f64>| age.is_some_and(|minutes| f64::from(needed.within_minutes) > minutes);
    match (needed.level, ages.second) {
        (FactorLevel::FirstFactor, _) | (FactorLevel::SecondFactor | FactorLevel::MultiFactor, None) => {
            fresh(ages.first)
        }
        (FactorLevel::SecondFactor, second) => fresh(second),
        (FactorLevel::MultiFactor, second) => fresh(ages.first) && fresh(second),
    }
}
