//! The claims of a verified session token: the session, its organization and the granted
//! permissions, in versions 1 and 2 of Clerk's claims.
//!
//! A claim of a wrong type makes the token unusable. Nothing is guessed.

mod permissions;

use crate::ids::{OrganizationId, SessionId, UserId};
use serde_json::{Map, Value};

pub(crate) use permissions::Scoped;

/// The claims of a session token. Only [`verify_session`](crate::token::verify_session) makes them,
/// so their existence proves that the token was verified.
///
/// ```compile_fail,E0639
/// use clerk::claims::FactorAges;
/// let forged = FactorAges { first: Some(0.0), second: Some(0.0) };
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SessionClaims {
    /// `sub`: the user.
    pub user: UserId,
    /// `sid`: the session.
    pub id: SessionId,
    /// The active organization. `None`: the user works in the personal account.
    pub organization: Option<ActiveOrganization>,
    /// `fva`: minutes since each factor was last verified, at the time of `iat`.
    pub factor_ages: Option<FactorAges>,
    /// `fea`: the features, unparsed. [`satisfies`](crate::entitlements::satisfies) reads them.
    pub features: Option<String>,
    /// `pla`: the plans, unparsed.
    pub plans: Option<String>,
    /// `sts`: the status, `active` or `pending`.
    pub status: Option<String>,
    /// `act`: the actor who impersonates the user.
    pub actor: Option<Value>,
    /// `iat`: when the token was issued, in Unix seconds. 0 if the claim is missing.
    pub issued_at_s: f64,
    /// `exp`: when the token expires, in Unix seconds.
    pub expires_at_s: f64,
}

/// The active organization of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveOrganization {
    /// Clerk's id.
    pub id: OrganizationId,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// The role, `org:admin` for example.
    pub role: Option<String>,
    /// The permissions, each as `org:<feature>:<permission>`.
    pub permissions: Vec<String>,
}

/// Minutes since each factor was verified. `None`: never, or the factor is not set up.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FactorAges {
    /// The first factor: a password or an email code, for example.
    pub first: Option<f64>,
    /// The second factor.
    pub second: Option<f64>,
}

impl SessionClaims {
    /// Reads the claims of a verified token. `None`: the id of the user or the session is missing,
    /// or a claim has a wrong type.
    pub(crate) fn from_claims(claims: &Map<String, Value>) -> Option<Self> {
        let is_v2 = claims.get("v").and_then(Value::as_f64) == Some(2.0);
        Some(Self {
            user: UserId::parse(id(claims.get("sub")?, "user_")?).ok()?,
            id: SessionId::parse(id(claims.get("sid")?, "sess_")?).ok()?,
            organization: if is_v2 { organization_v2(claims)? } else { organization_v1(claims)? },
            factor_ages: claims.get("fva").and_then(FactorAges::from_claim),
            features: text(claims, "fea")?,
            plans: text(claims, "pla")?,
            status: text(claims, "sts")?,
            actor: claims.get("act").filter(|actor| !actor.is_null()).cloned(),
            issued_at_s: claims.get("iat").and_then(Value::as_f64).unwrap_or_default(),
            expires_at_s: claims.get("exp").and_then(Value::as_f64).unwrap_or_default(),
        })
    }

    /// Whether Clerk still requires tasks after the sign-in, to choose an organization for example.
    /// Such a session counts as signed out. Every status but `active` is pending.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status != "active")
    }

    /// Id of the user who impersonates this one. Claims of an unknown form still say that somebody
    /// does, so the id is then `unknown`.
    #[must_use]
    pub fn impersonator(&self) -> Option<String> {
        let actor = self.actor.as_ref()?;
        let id = actor.get("sub").and_then(Value::as_str).and_then(|id| UserId::parse(id).ok());
        Some(id.map_or_else(|| "unknown".to_owned(), String::from))
    }

    /// Whole minutes since the latest verification of any factor, at the time of the token.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of minutes; the cast saturates"
    )]
    pub fn verified_minutes_ago(&self) -> Option<u32> {
        let ages = self.factor_ages?;
        let youngest = ages.first.into_iter().chain(ages.second).min_by(f64::total_cmp)?;
        Some(youngest as u32)
    }

    /// The role in the active organization, without the leading `org:`. Empty without a role.
    #[must_use]
    pub fn role(&self) -> &str {
        let role = self.organization.as_ref().and_then(|organization| organization.role.as_deref());
        role.map(|role| role.trim_start_matches("org:")).unwrap_or_default()
    }
}

/// An id of one kind. A token whose subject is an organization or a machine is no token of a user.
fn id<'a>(claim: &'a Value, kind: &str) -> Option<&'a str> {
    claim.as_str().filter(|text| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()))
}

/// Whether a claim is present without a value.
fn is_blank(claim: &Value) -> bool {
    claim.is_null() || claim == ""
}

/// An optional text. `Some(None)`: it is absent. `None`: it has a wrong type.
#[expect(clippy::option_option, reason = "absent and wrong are different, and both are ordinary here")]
fn text(claims: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match claims.get(name) {
        None | Some(Value::Null) => Some(None),
        // A database such as PostgreSQL stores no NUL, and no name contains a line break.
        Some(Value::String(text)) if !text.contains(char::is_control) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

#[expect(clippy::option_option, reason = "as above")]
fn organization_v2(claims: &Map<String, Value>) -> Option<Option<ActiveOrganization>> {
    let organization = match claims.get("o") {
        None | Some(Value::Null) => return Some(None),
        Some(value) => value.as_object()?,
    };
    let (features, names, masks) = (text(claims, "fea")?, text(organization, "per")?, text(organization, "fpm")?);
    let permissions = permissions::decode(features.as_deref(), names.as_deref(), masks.as_deref())?;
    let role = text(organization, "rol")?.filter(|role| !role.is_empty()).map(|role| format!("org:{role}"));
    let Some(found) = organization.get("id").filter(|found| !is_blank(found)) else { return Some(None) };
    let id = OrganizationId::parse(id(found, "org_")?).ok()?;
    Some(Some(ActiveOrganization { id, slug: text(organization, "slg")?, role, permissions }))
}

#[expect(clippy::option_option, reason = "as above")]
fn organization_v1(claims: &Map<String, Value>) -> Option<Option<ActiveOrganization>> {
    let Some(found) = claims.get("org_id").filter(|found| !is_blank(found)) else { return Some(None) };
    let permissions = match claims.get("org_permissions") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => {
            list.as_array()?.iter().map(|permission| permission.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
    };
    let id = OrganizationId::parse(id(found, "org_")?).ok()?;
    Some(Some(ActiveOrganization { id, slug: text(claims, "org_slug")?, role: text(claims, "org_role")?, permissions }))
}

impl FactorAges {
    /// Two numbers, each −1 (never) or not negative. Every other claim proves nothing.
    pub(crate) fn from_claim(claim: &Value) -> Option<Self> {
        let age = |value: &Value| match value.as_f64()? {
            -1.0 => Some(None),
            minutes if minutes >= 0.0 => Some(Some(minutes)),
            _ => None,
        };
        match claim.as_array()?.as_slice() {
            [first, second] => Some(Self { first: age(first)?, second: age(second)? }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn session(change: impl FnOnce(&mut Value)) -> Option<SessionClaims> {
        let mut claims = json!({ "v": 2, "sub": "user_1", "sid": "sess_1", "o": { "id": "org_1" } });
        change(&mut claims);
        SessionClaims::from_claims(claims.as_object()?)
    }

    #[test]
    fn a_token_with_an_id_of_another_kind_has_no_session() {
        assert!(session(|_| ()).is_some());
        for other in ["org_1", "sess_1", "mch_1", "USER_1", "user", "user_", "auser_1", " user_1", "1", ""] {
            assert_eq!(session(|claims| claims["sub"] = other.into()), None, "{other}");
        }
        for other in ["user_1", "sess_", "SESS_1", ""] {
            assert_eq!(session(|claims| claims["sid"] = other.into()), None, "{other}");
        }
        for other in ["user_1", "org_", "ORG_1"] {
            assert_eq!(session(|claims| claims["o"]["id"] = other.into()), None, "{other}");
            assert_eq!(
                session(|claims| (claims["v"], claims["org_id"]) = (Value::Null, other.into())),
                None,
                "{other}"
            );
        }
        for blank in [json!(""), Value::Null] {
            let found = session(|claims| claims["o"]["id"] = blank).unwrap();
            assert_eq!(found.organization, None);
        }
    }
}
