//! Callers with session tokens that the tests sign, and the requests that they send.

use axum::body::Body;
use domain::permission::Permission;
use http::{Request, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

pub const ORIGIN: &str = "http://localhost:3000";
/// The issuer of the tokens.
pub const ISSUER: &str = "https://clerk.example.com";

/// The key pair of the instance.
pub fn test_keys() -> Value {
    serde_json::from_str(include_str!("../../../clerk/tests/vectors/clerk/keys.json")).unwrap()
}

/// The sender of a request: anonymous, or with a session token.
#[derive(Clone)]
pub struct Caller {
    token: Option<String>,
}

pub fn now_s() -> i64 {
    gatehouse::clock::Clock::default().now_ms() / 1000
}

/// Claims of an administrator with every permission and a fresh sign-in.
pub fn admin_claims() -> Value {
    let now = now_s();
    let features: Vec<_> = features().iter().map(|feature| format!("o:{feature}")).collect();
    json!({
        "v": 2, "iss": ISSUER, "azp": ORIGIN, "sub": "user_ada", "sid": "sess_ada", "jti": "1", "sts": "active",
        "iat": now, "nbf": now - 10, "exp": now + 60, "fva": [0, -1], "fea": features.join(","),
        "o": {
            "id": "org_engines", "slg": "engines", "rol": "admin", "per": actions().join(","),
            "fpm": permission_masks(|_| true),
        },
    })
}

/// The administrator with other claims.
pub fn caller_with(change: impl FnOnce(&mut Value)) -> Caller {
    let mut claims = admin_claims();
    change(&mut claims);
    Caller::with_claims(&claims)
}

/// The feature and the action of a permission's key, `org:<feature>:<action>`.
fn parts(permission: Permission) -> (&'static str, &'static str) {
    permission.key().strip_prefix("org:").and_then(|key| key.split_once(':')).unwrap()
}

fn features() -> Vec<&'static str> {
    distinct(Permission::ALL.into_iter().map(|permission| parts(permission).0))
}

fn actions() -> Vec<&'static str> {
    distinct(Permission::ALL.into_iter().map(|permission| parts(permission).1))
}

fn distinct(texts: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    texts.fold(Vec::new(), |mut found, text| {
        if !found.contains(&text) {
            found.push(text);
        }
        found
    })
}

/// The claim `fpm`: for each feature a mask over the actions (Clerk, session token version 2).
fn permission_masks(is_granted: impl Fn(Permission) -> bool) -> String {
    let is_set = |feature: &str, action: &str| {
        Permission::ALL.into_iter().any(|permission| parts(permission) == (feature, action) && is_granted(permission))
    };
    let mask = |feature: &&str| {
        actions().iter().enumerate().map(|(bit, action)| u64::from(is_set(feature, action)) << bit).sum::<u64>()
    };
    features().iter().map(mask).map(|mask| mask.to_string()).collect::<Vec<_>>().join(",")
}

/// The claim `fpm` that grants every permission but this one.
pub fn permission_mask_without(permission: Permission) -> String {
    permission_masks(|other| other != permission)
}

impl Caller {
    pub fn anonymous() -> Self {
        Self { token: None }
    }

    pub fn with_token(token: &str) -> Self {
        Self { token: Some(token.to_owned()) }
    }

    pub fn with_claims(claims: &Value) -> Self {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("ins_fixture1".to_owned());
        let key = EncodingKey::from_rsa_pem(test_keys()["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
        Self { token: Some(jsonwebtoken::encode(&header, claims, &key).unwrap()) }
    }

    pub fn admin() -> Self {
        Self::with_claims(&admin_claims())
    }

    /// An administrator of another organization.
    pub fn admin_of_other_organization() -> Self {
        caller_with(|claims| {
            claims["sub"] = "user_eve".into();
            claims["sid"] = "sess_eve".into();
            claims["o"]["id"] = "org_neighbours".into();
        })
    }

    pub fn without_permission() -> Self {
        caller_with(|claims| claims["o"]["fpm"] = permission_masks(|_| false).into())
    }

    /// A caller with every permission but this one.
    pub fn with_all_but(permission: Permission) -> Self {
        caller_with(|claims| claims["o"]["fpm"] = permission_mask_without(permission).into())
    }

    pub fn without_organization() -> Self {
        caller_with(|claims| {
            claims.as_object_mut().unwrap().remove("o");
        })
    }

    pub fn stale() -> Self {
        caller_with(|claims| claims["fva"] = json!([5, -1]))
    }

    pub fn pending() -> Self {
        caller_with(|claims| claims["sts"] = "pending".into())
    }

    pub fn expired() -> Self {
        caller_with(|claims| {
            let now = now_s();
            claims["iat"] = (now - 120).into();
            claims["nbf"] = (now - 130).into();
            claims["exp"] = (now - 60).into();
        })
    }

    pub fn of_another_application() -> Self {
        caller_with(|claims| claims["azp"] = "https://elsewhere.example".into())
    }

    pub fn of_another_instance() -> Self {
        caller_with(|claims| claims["iss"] = "https://clerk.elsewhere.example".into())
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Adds the cookies of a browser.
    pub fn with_cookies(&self, request: http::request::Builder) -> http::request::Builder {
        match &self.token {
            Some(token) => {
                request.header(header::COOKIE, format!("__session={token}; __client_uat=1; __clerk_db_jwt=dvb_test"))
            }
            None => request.header(header::COOKIE, "__clerk_db_jwt=dvb_test"),
        }
    }

    /// A same-origin write.
    pub fn post(&self, path: &str, body: &str) -> Request<Body> {
        self.with_cookies(Request::post(path))
            .header(header::ORIGIN, ORIGIN)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap()
    }
}
