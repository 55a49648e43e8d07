//! What a verified token says: the session, its organization and what that grants. Versions 1 and 2 of Clerk's claims.
//!
//! Claims of a wrong type make the token unusable; nothing is guessed.

mod permissions;

use crate::ids::{OrganizationId, SessionId, UserId};
use serde_json::{Map, Value};

pub(crate) use permissions::Scoped;

/// A session, as its token tells.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionClaims {
    /// `sub`
    pub user: UserId,
    /// `sid`
    pub id: SessionId,
    /// The active organization; none is a person for themselves.
    pub organization: Option<ActiveOrganization>,
    /// `fva`: minutes since each factor was last verified, as of `iat`.
    pub factor_ages: Option<FactorAges>,
    /// `fea`, as it stands.
    pub features: Option<String>,
    /// `pla`, as it stands.
    pub plans: Option<String>,
    /// `sts`
    pub status: Option<String>,
    /// `act`: who impersonates the user.
    pub actor: Option<Value>,
    /// `iat`, Unix seconds; 0 where the token does not say.
    pub issued_at_s: f64,
    /// `exp`, Unix seconds.
    pub expires_at_s: f64,
}

/// The organization that the session works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveOrganization {
    /// Clerk's id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// `org:<role>`
    pub role: Option<String>,
    /// `org:<feature>:<permission>` each.
    pub permissions: Vec<String>,
}

/// Minutes since each factor was verified; `None`: never, or not set up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorAges {
    /// Password, email code and the like.
    pub first: Option<f64>,
    /// The second factor.
    pub second: Option<f64>,
}

impl SessionClaims {
    /// Reads the claims of a verified token. `None`: no id of a user or session, or a claim of a wrong type.
    #[must_use]
    pub fn from_claims(claims: &Map<String, Value>) -> Option<Self> {
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

    /// Whether tasks are left that Clerk asks for after sign-in. Such a session counts as signed out; so does any status but `active`.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status != "active")
    }

    /// Who acts as the user, where it is not the user. Claims of an unknown form still tell that somebody does.
    #[must_use]
    pub fn impersonator(&self) -> Option<String> {
        let actor = self.actor.as_ref()?;
        let id = actor.get("sub").and_then(Value::as_str).and_then(|id| UserId::parse(id).ok());
        Some(id.map_or_else(|| "unknown".to_owned(), String::from))
    }

    /// Whole minutes since any factor was verified, as of the token.
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

    /// Role in the active organization without the leading `org:`.
    #[must_use]
    pub fn role(&self) -> &str {
        let role = self.organization.as_ref().and_then(|organization| organization.role.as_deref());
        role.map(|role| role.trim_start_matches("org:")).unwrap_or_default()
    }
}

/// An id of one kind: a token whose subject is an organization or a machine is not a person's.
fn id<'a>(claim: &'a Value, kind: &str) -> Option<&'a str> {
    claim.as_str().filter(|text| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()))
}

/// Whether a claim stands there without saying anything.
fn is_blank(claim: &Value) -> bool {
    claim.is_null() || claim == ""
}

/// An optional text: `Some(None)` is absent, `None` is of a wrong type.
#[expect(clippy::option_option, reason = "absent and wrong are different, and both are ordinary here")]
fn text(claims: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match claims.get(name) {
        None | Some(Value::Null) => Some(None),
        // PostgreSQL keeps no NUL, and nobody's name has a line break.
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
    /// Two numbers, each −1 (never) or not negative; anything else is no proof of anything.
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
    fn an_id_of_another_kind_is_nobodys() {
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
