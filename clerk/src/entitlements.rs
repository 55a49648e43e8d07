//! Does the session have it? Clerk's `has()`: role, permission, feature, plan and reverification, each asked or not; all that is asked must hold,
//! and asking nothing grants nothing.

use crate::claims::{FactorAges, Scoped, SessionClaims};
use crate::reverification::{FactorLevel, Reverification};

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requirement<'a> {
    /// Role, with or without `org:`.
    pub role: Option<&'a str>,
    /// Permission `org:<feature>:<permission>`.
    pub permission: Option<&'a str>,
    /// Feature, perhaps with a scope: `o:`, `org:`, `organization:`, `u:`, `user:`.
    pub feature: Option<&'a str>,
    /// Plan, perhaps with a scope.
    pub plan: Option<&'a str>,
    /// How recently the person must have proven who they are.
    pub reverification: Option<Reverification>,
}

impl<'a> Requirement<'a> {
    /// Asks for a permission.
    #[must_use]
    pub fn permission(key: &'a str) -> Self {
        Self { permission: Some(key), ..Self::default() }
    }

    /// Asks for a fresh sign-in.
    #[must_use]
    pub fn reverification(needed: Reverification) -> Self {
        Self { reverification: Some(needed), ..Self::default() }
    }
}

/// Whether the session has everything that is asked. A pending session has nothing.
#[must_use]
pub fn satisfies(session: &SessionClaims, asked: &Requirement<'_>) -> bool {
    let answers = [
        asked.role.map(|role| has_role(session, role)),
        asked.permission.map(|permission| has_permission(session, permission)),
        asked.feature.map(|feature| is_listed(session.features.as_deref(), feature)),
        asked.plan.map(|plan| is_listed(session.plans.as_deref(), plan)),
        asked.reverification.map(|needed| session.factor_ages.is_some_and(|ages| is_fresh(ages, needed))),
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

/// Ages are strictly younger than the limit. Whoever has no second factor is measured by the first (Clerk: graceful downgrade).
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
