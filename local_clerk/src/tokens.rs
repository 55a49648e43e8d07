//! Session tokens and what a handshake brings.

use crate::instance::Instance;
use crate::keys::Class;
use crate::state::{Session, State, Status};
use crate::{Clerk, dev_browser, identity};
use serde_json::{Value, json};

/// Lifetime of a session token, in seconds (Clerk's default).
const LIFETIME_S: i64 = 60;
/// No header is longer than that.
const MOST_CUSTOM_BYTES: usize = 16_000;
pub(crate) const YEAR_S: i64 = 31_536_000;

impl Session {
    /// Claim `fva`: minutes since each factor was checked, -1 for never.
    pub(crate) fn factor_ages(&self, now_ms: i64) -> Value {
        let second = self.second_verified_at.map_or(-1, |at| (now_ms - at) / 60_000);
        json!([(now_ms - self.verified_at) / 60_000, second])
    }
}

impl Clerk {
    /// A session token, version 2. That of a pending session names no organization.
    pub(crate) fn session_token(&self, state: &State, session: &Session, now_ms: i64) -> String {
        self.minted(state, session, now_ms, true, None)
    }

    /// A session token that no browser asked for, so no origin stands in it.
    pub(crate) fn token_without_origin(&self, state: &State, session: &Session, lifetime_s: Option<i64>) -> String {
        self.minted(state, session, crate::now_ms(), false, lifetime_s)
    }

    /// A token of a JWT template: it names no session, and its class tells that it is none.
    pub(crate) fn template_token(&self, session: &Session, lifetime_s: Option<i64>) -> String {
        let now_s = crate::now_ms() / 1000 + self.faults().clock_skew_s;
        let claims = json!({
            "exp": now_s + lifetime_s.unwrap_or(LIFETIME_S), "iat": now_s, "iss": self.identity.issuer(), "jti": identity::random_id(),
            "nbf": now_s - 10, "sub": session.user,
        });
        self.identity.keys.sign(Class::Template, &claims, now_s)
    }

    fn minted(&self, state: &State, session: &Session, now_ms: i64, with_azp: bool, lifetime_s: Option<i64>) -> String {
        let (skew_s, usual_s) = {
            let faults = self.faults();
            (faults.clock_skew_s, faults.token_lifetime_s.unwrap_or(LIFETIME_S))
        };
        let now_s = now_ms / 1000 + skew_s;
        let mut claims = json!({
            "azp": self.options.public_origin, "exp": now_s + lifetime_s.unwrap_or(usual_s), "fva": session.factor_ages(now_ms),
            "iat": now_s, "iss": self.identity.issuer(), "jti": identity::random_id(), "nbf": now_s - 10,
            "sid": session.id, "sts": session.status.word(), "sub": session.user, "v": 2,
        });
        if !with_azp && let Some(claims) = claims.as_object_mut() {
            claims.remove("azp");
        }
        let custom_bytes = self.faults().custom_claims_bytes;
        if custom_bytes > 0 {
            claims["custom"] = "x".repeat(custom_bytes.min(MOST_CUSTOM_BYTES)).into();
        }
        if let Some(actor) = &session.actor {
            claims["act"] = actor.clone();
        }
        let active = session.organization.as_deref().filter(|_| session.status == Status::Active);
        let membership = active.and_then(|organization| state.membership(organization, &session.user));
        if let Some((membership, organization)) =
            membership.and_then(|found| Some((found, state.organization(&found.organization)?)))
        {
            claims["o"] = json!({ "id": organization.id, "slg": organization.slug, "rol": membership.role });
            add_permissions(&mut claims, &state.roles.grants_in_token(&membership.role));
        }
        self.identity.sign(&claims, now_s)
    }

    /// The cookies that tell an application who is signed in, plain and with the suffix of the instance, as `Set-Cookie` directives.
    pub(crate) fn directives(&self, state: &State, client: &str, now_ms: i64) -> Vec<String> {
        let with_azp = !self.faults().handshakes_without_azp;
        let token = match state.session_of_client(client) {
            Some(session) => {
                format!("{}; Path=/; Max-Age={YEAR_S}", self.minted(state, session, now_ms, with_azp, None))
            }
            None => "; Path=/; Max-Age=0".to_owned(),
        };
        let uat = format!("{}; Path=/; Max-Age={YEAR_S}{}", signed_in_at_s(state, client), self.domain());
        let browser = format!("{}; Path=/; Max-Age={YEAR_S}", dev_browser::of_client(client));
        let mut pairs = vec![("__session", token), ("__client_uat", uat)];
        if self.options.instance == Instance::Development {
            pairs.push(("__clerk_db_jwt", browser));
        }
        pairs.into_iter().flat_map(|(name, value)| self.in_both_spellings(name, &value)).collect()
    }

    /// A cookie of the application, plain and with the suffix of the instance.
    pub(crate) fn in_both_spellings(&self, name: &str, value: &str) -> [String; 2] {
        let (suffix, secure) = (self.options.instance.cookie_suffix(), self.secure());
        [format!("{name}={value}; SameSite=Lax{secure}"), format!("{name}_{suffix}={value}; SameSite=Lax{secure}")]
    }

    /// The signed token in which a handshake carries those cookies.
    pub(crate) fn handshake_token(&self, directives: &[String], now_ms: i64) -> String {
        self.identity.sign(&json!({ "handshake": directives }), now_ms / 1000)
    }
}

/// When the browser signed in, in seconds; zero for a browser that is signed out.
pub(crate) fn signed_in_at_s(state: &State, client: &str) -> i64 {
    state.session_of_client(client).map_or(0, |session| session.created_at / 1000)
}

/// Clerk's compact form: features, permission names, and for each feature a mask of the names.
fn add_permissions(claims: &mut Value, grants: &[(&str, &str)]) {
    let mut features: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (feature, name) in grants {
        if !features.contains(feature) {
            features.push(feature);
        }
        if !names.contains(name) {
            names.push(name);
        }
    }
    if features.is_empty() {
        return;
    }
    let bit = |name: &str| names.iter().position(|found| *found == name).map_or(0, |place| 1_u64 << place);
    let mask = |feature: &&str| {
        grants.iter().filter(|(of, _)| of == feature).map(|(_, name)| bit(name)).sum::<u64>().to_string()
    };
    claims["fea"] = features.iter().map(|feature| format!("o:{feature}")).collect::<Vec<_>>().join(",").into();
    claims["o"]["per"] = names.join(",").into();
    claims["o"]["fpm"] = features.iter().map(mask).collect::<Vec<_>>().join(",").into();
}
