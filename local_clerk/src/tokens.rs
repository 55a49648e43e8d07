//! Session tokens and what a handshake brings.

use crate::Clerk;
use crate::state::{Session, State, Status};
use serde_json::{Value, json};

/// Lifetime of a session token, in seconds (Clerk's default).
const LIFETIME_S: i64 = 60;

impl Clerk {
    /// A session token, version 2.
    pub(crate) fn session_token(&self, state: &State, session: &Session, now_ms: i64) -> String {
        let now_s = now_ms / 1000;
        let role = state.user(&session.user).map_or("member", |user| user.role.as_str());
        let mut claims = json!({
            "azp": self.options.public_origin, "exp": now_s + LIFETIME_S, "fva": [(now_ms - session.verified_at) / 60_000, -1],
            "iat": now_s, "iss": self.identity.issuer(), "jti": crate::identity::random_id(), "nbf": now_s - 10,
            "sid": session.id, "sts": "active", "sub": session.user, "v": 2,
            "o": { "id": state.organization.id, "slg": state.organization.slug, "rol": role },
        });
        // The permission `org:admin:access` is what administrators have: feature `admin`, name `access`, mask 1.
        if role == "admin" {
            claims["fea"] = "o:admin".into();
            claims["o"]["per"] = "access".into();
            claims["o"]["fpm"] = "1".into();
        }
        self.identity.sign(&claims, now_s)
    }

    /// The cookies that tell an application who is signed in, as `Set-Cookie` directives.
    pub(crate) fn directives(&self, state: &State, client: &str, now_ms: i64) -> Vec<String> {
        let browser = if client.is_empty() { crate::identity::random_id() } else { client.to_owned() };
        let mut directives = self.session_directives(state, client, now_ms);
        directives.push(format!("__clerk_db_jwt={browser}; Path=/; SameSite=Lax; Max-Age=31536000"));
        directives
    }

    fn session_directives(&self, state: &State, client: &str, now_ms: i64) -> Vec<String> {
        match state.session_of_client(client) {
            Some(session) => vec![
                format!("__session={}; Path=/; SameSite=Lax", self.session_token(state, session, now_ms)),
                format!("__client_uat={}; Path=/; SameSite=Lax", session.created_at / 1000),
            ],
            None => vec![
                "__session=; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
                "__client_uat=0; Path=/; SameSite=Lax".to_owned(),
            ],
        }
    }

    /// The signed token in which a handshake carries those cookies.
    pub(crate) fn handshake_token(&self, directives: &[String], now_ms: i64) -> String {
        self.identity.sign(&json!({ "handshake": directives }), now_ms / 1000)
    }
}

/// A session as the Frontend and the Backend API show it.
pub(crate) fn session_object(state: &State, session: &Session) -> Value {
    json!({
        "object": "session", "id": session.id, "client_id": session.client, "user_id": session.user, "status": session.status.word(),
        "last_active_organization_id": state.organization.id, "last_active_at": session.updated_at, "created_at": session.created_at,
        "updated_at": session.updated_at, "expire_at": session.created_at + 7 * 86_400_000, "abandon_at": session.created_at + 30 * 86_400_000,
        "latest_activity": { "object": "session_activity", "browser_name": session.browser, "device_type": "Linux", "is_mobile": false },
        "actor": null, "tasks": if session.status == Status::Active { Value::Null } else { json!([]) },
    })
}
