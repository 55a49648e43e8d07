//! Session tokens (version 2), tokens of JWT templates, and the token of a handshake.

use crate::model::{Session, State, Status};
use crate::{
    clock::now_ms, json::sessions::factor_verification_age, keys::TokenClass, random::random_id, server::Clerk,
};
use serde_json::{Value, json};

/// Lifetime of a session token, in seconds (Clerk's default).
const LIFETIME_S: i64 = 60;
/// Longest custom claims: no header is longer.
const MOST_CUSTOM_BYTES: usize = 16_000;

/// How a session token differs from the usual one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TokenOptions {
    /// Whether claim `azp` is absent.
    pub(super) without_azp: bool,
    pub(super) lifetime_s: Option<i64>,
}

impl Clerk {
    /// The token of a session for its browser.
    pub(super) fn session_token(&self, state: &State, session: &Session) -> String {
        self.session_token_with(state, session, TokenOptions::default())
    }

    /// The token of a pending session has no organization.
    pub(super) fn session_token_with(&self, state: &State, session: &Session, options: TokenOptions) -> String {
        let faults = self.faults().clone();
        let now_s = state.now_ms / 1000 + faults.clock_skew_s;
        let lifetime_s = options.lifetime_s.or(faults.token_lifetime_s).unwrap_or(LIFETIME_S);
        let mut claims = json!({
            "exp": now_s + lifetime_s,
            "fva": factor_verification_age(session, state.now_ms), "iat": now_s, "iss": self.options.instance.issuer(),
            "jti": random_id(), "nbf": now_s - 10, "sid": session.id, "sts": session.status,
            "sub": session.user, "v": 2,
        });
        if !options.without_azp {
            claims["azp"] = self.options.public_origin.as_str().into();
        }
        if faults.custom_claims_bytes > 0 {
            claims["custom"] = "x".repeat(faults.custom_claims_bytes.min(MOST_CUSTOM_BYTES)).into();
        }
        if let Some(actor) = &session.actor {
            claims["act"] = actor.clone();
        }
        let active = session.organization.as_deref().filter(|_| session.status == Status::Active);
        let membership = active.and_then(|organization| state.membership(organization, &session.user));
        let found = membership.and_then(|found| Some((found, state.organization(&found.organization)?)));
        if let Some((membership, organization)) = found {
            claims["o"] = json!({ "id": organization.id, "slg": organization.slug, "rol": membership.role });
            add_permissions(&mut claims, &state.roles.token_permissions(&membership.role));
        }
        self.identity.keys.sign(TokenClass::Session, &claims, now_s)
    }

    /// A token of a JWT template. It names no session, and its class says that it is not a session
    /// token.
    pub(super) fn template_token(&self, session: &Session, lifetime_s: Option<i64>) -> String {
        let now_s = now_ms() / 1000 + self.faults().clock_skew_s;
        let claims = json!({
            "exp": now_s + lifetime_s.unwrap_or(LIFETIME_S), "iat": now_s, "iss": self.options.instance.issuer(),
            "jti": random_id(), "nbf": now_s - 10, "sub": session.user,
        });
        self.identity.keys.sign(TokenClass::Template, &claims, now_s)
    }

    /// The signed token in which a handshake carries cookies.
    pub(super) fn handshake_token(&self, directives: &[String]) -> String {
        self.identity.keys.sign(TokenClass::Session, &json!({ "handshake": directives }), now_ms() / 1000)
    }
}

/// Adds permissions in Clerk's compact form: features, permission names, and for each feature a bit
/// mask of the names.
fn add_permissions(claims: &mut Value, permissions: &[(&str, &str)]) {
    let mut features: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (feature, name) in permissions {
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
        permissions.iter().filter(|(of, _)| of == feature).map(|(_, name)| bit(name)).sum::<u64>().to_string()
    };
    claims["fea"] = features.iter().map(|feature| format!("o:{feature}")).collect::<Vec<_>>().join(",").into();
    claims["o"]["per"] = names.join(",").into();
    claims["o"]["fpm"] = features.iter().map(mask).collect::<Vec<_>>().join(",").into();
}
