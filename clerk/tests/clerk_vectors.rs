//! Recorded answers of Clerk's backend library to whole requests: who sent a request, and where
//! people sign in.
//!
//! `GATEHOUSE_VECTORS` names the folder. Left out are satellite domains (`isSatellite`, `domain`,
//! and `__clerk_synced` or `__clerk_redirect_url` in the URL), the cross-origin sync that exists
//! for them, and machine tokens (`acceptsToken`). Texts of messages are not compared. Where this
//! crate is stricter its rule decides: see `is_stricter`. A HEAD request is decided as recorded
//! here, while the gate asks for the answer to a GET request.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod vectors;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clerk::authenticate::{
    AuthConfig, AuthState, Decision, HandshakePayload, Lookup, LookupResults, OrganizationSync, PathPattern, Progress,
    RequestHead, decide,
};
use clerk::keys::VerifyingKey;
use clerk::publishable_key::PublishableKey;
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use http::{HeaderValue, Method};
use serde_json::{Map, Value, json};
use url::Url;
use vectors::{cases, header_map, texts, vectors};

/// The recording with its placeholders filled in.
fn with_tokens(file: &Value) -> Value {
    let mut text = file.to_string();
    for (name, token) in file["tokens"].as_object().unwrap() {
        text = text.replace(&format!("{{{{tok:{name}}}}}"), token.as_str().unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

fn config(case: &Value, url: &Url) -> AuthConfig {
    let options = &case["options"];
    let key = PublishableKey::parse(case["pk"].as_str().unwrap()).unwrap();
    let patterns = |name: &str| {
        texts(&options["organizationSyncOptions"][name]).iter().map(|text| PathPattern::new(text)).collect()
    };
    let mut config = AuthConfig::new(key, &url.origin().ascii_serialization());
    if let Some(proxy_url) = options["proxyUrl"].as_str() {
        config.frontend_api = proxy_url.trim_end_matches('/').to_owned();
    }
    config.trusts_forwarded = true;
    config.organization_sync = options["organizationSyncOptions"].is_object().then(|| OrganizationSync {
        organization: patterns("organizationPatterns"),
        personal_account: patterns("personalAccountPatterns"),
    });
    config.expectations.issuer = issuer(case, &config);
    config.expectations.authorized_parties = texts(&options["authorizedParties"]);
    config.expectations.leeway_ms = options["clockSkewInMs"].as_i64().unwrap_or(5000);
    config
}

/// The issuer to expect. The recorded library does not check it, so a case whose tokens all come
/// from other instances is decided with the issuer of one of them.
fn issuer(case: &Value, config: &AuthConfig) -> String {
    let text = case.to_string();
    let tokens = text.split(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_' | '.'));
    let payloads = tokens.filter_map(|token| token.split('.').nth(1));
    let found = payloads.filter_map(|payload| {
        let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        claims["iss"].as_str().map(str::to_owned)
    });
    let own = config.publishable_key.issuer();
    found
        .fold(None, |chosen, issuer| if chosen.as_ref() == Some(&own) { chosen } else { Some(issuer) })
        .unwrap_or(own.clone())
}

fn answered(file: &Value, case: &Value) -> Option<Decision> {
    let url = Url::parse(case["url"].as_str().unwrap()).unwrap();
    let method: Method = case["method"].as_str().unwrap_or("GET").parse().unwrap();
    let headers = header_map(&case["headers"])?;
    let target = case["url"].as_str().unwrap().strip_prefix(&url.origin().ascii_serialization())?;
    let head = RequestHead { method: &method, target, headers: &headers };
    let (config, now_ms) = (config(case, &url), file["_about"]["now_unix"].as_i64().unwrap() * 1000);
    let keys = vectors("clerk/keys.json");
    let key = VerifyingKey::from_pem(keys["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let stub = file["_about"]["bapi_stub"].as_object().unwrap();
    let stub = |path: &str| stub.iter().find(|(name, _)| name.contains(path)).unwrap().1;
    let mut answers = LookupResults::default();
    loop {
        match decide(head, &config, &answers, now_ms) {
            Progress::Done(decision) => return Some(decision),
            Progress::Needs(Lookup::Key(kid)) => answers.keys.push((kid, Some(key.clone()))),
            Progress::Needs(Lookup::HandshakePayload(nonce)) => {
                let directives = texts(&stub("handshake_payload")[nonce]);
                answers.handshake_payload = Some(HandshakePayload::Directives(directives));
            }
            Progress::Needs(Lookup::Refresh(refresh)) => {
                let known = refresh.refresh_token == "good";
                answers.refreshed = Some(if known { Ok(texts(stub("refresh"))) } else { Err(refusal_of(case)) });
            }
        }
    }
}

/// The code with which the recorded Backend API refused a refresh token.
fn refusal_of(case: &Value) -> String {
    let reason = case["expected"]["reason"].as_str().unwrap_or_default();
    reason.strip_prefix("session-token-expired-refresh-").unwrap_or("unexpected-bapi-error").to_owned()
}

fn is_left_out(case: &Value) -> bool {
    let options = case["options"].as_object().cloned().unwrap_or_default();
    let url = case["url"].as_str().unwrap();
    ["isSatellite", "domain", "acceptsToken", "satelliteAutoSync"].iter().any(|name| options.contains_key(*name))
        || url.contains("__clerk_synced")
        || url.contains("__clerk_redirect_url")
        || case["expected"]["reason"] == "primary-domain-cross-origin-sync"
}

/// Other algorithms than RS256, a missing session id and padding are refused, and a loop ends at
/// every count from three on.
fn is_stricter(case: &Value, decision: &Decision) -> bool {
    let refused = ["token-verification-failed", "token-invalid", "token-invalid-algorithm"];
    match &decision.state {
        AuthState::SignedOut(reason) if case["expected"]["status"] == "signed-in" => refused.contains(&reason.as_ref()),
        AuthState::SignedOut(_) => {
            let cookies = case["headers"]["cookie"].as_str().unwrap_or_default();
            let count = cookies.split("__clerk_redirect_count=").nth(1).and_then(|rest| rest.split(';').next());
            count.and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count > 3)
        }
        AuthState::SignedIn(_) | AuthState::Handshake(_) | AuthState::ForeignHandshake(_) => false,
    }
}

/// A `Location` in the form of the recordings: base and parameters.
fn location(decision: &Decision) -> Value {
    let Some(location) = &decision.location else { return Value::Null };
    let mut url = Url::parse(location.to_str().unwrap()).unwrap();
    let parameters: Map<_, _> = url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    url.set_query(None);
    json!({ "base": url.as_str(), "params": parameters })
}

#[test]
fn requests_are_decided_as_recorded() {
    let file = with_tokens(&vectors("clerk/authenticate-request.json"));
    let mut compared = 0;
    for case in cases(&file, "cases").iter().filter(|case| !is_left_out(case)) {
        let (name, expected) = (&case["name"], &case["expected"]);
        // HTTP refuses the header, or the URL is not one.
        let Some(decision) = answered(&file, case) else { continue };
        if expected["throws"].is_string() {
            assert!(matches!(decision.state, AuthState::ForeignHandshake(_)), "{name}: {decision:?}");
            continue;
        }
        if is_stricter(case, &decision) {
            continue;
        }
        let (status, reason) = match &decision.state {
            AuthState::SignedIn(_) => ("signed-in", Value::Null),
            AuthState::SignedOut(reason) => ("signed-out", json!(reason)),
            AuthState::Handshake(reason) => ("handshake", json!(reason)),
            AuthState::ForeignHandshake(_) => panic!("{name}: {decision:?}"),
        };
        assert_eq!((&expected["status"], &expected["reason"]), (&json!(status), &reason), "{name}");
        assert_eq!(expected["location"], location(&decision), "{name}");
        compare_headers(name, expected, &decision);
        compare_session(name, expected, &decision);
        compared += 1;
    }
    assert!(compared >= 20, "{compared}");
}

fn compare_headers(name: &Value, expected: &Value, decision: &Decision) {
    let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
    let cookies: Vec<_> =
        decision.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| text(value)).collect();
    assert_eq!(texts(&expected["set_cookie"]), cookies, "{name}");
    let others: Map<_, _> = decision
        .headers
        .iter()
        .filter(|(name, _)| name != "set-cookie")
        .map(|(name, value)| (name.as_str().to_owned(), json!(text(value))))
        .collect();
    let mut recorded = expected["other_headers"].as_object().cloned().unwrap_or_default();
    recorded.remove("x-clerk-auth-message");
    assert_eq!(recorded, others, "{name}");
}

fn compare_session(name: &Value, expected: &Value, decision: &Decision) {
    let session = match &decision.state {
        AuthState::SignedIn(session) => Some(session).filter(|session| !session.is_pending()),
        AuthState::SignedOut(_) | AuthState::Handshake(_) | AuthState::ForeignHandshake(_) => None,
    };
    let auth = &expected["to_auth"];
    assert_eq!(auth["user_id"], json!(session.map(|session| session.user.as_str())), "{name}");
    assert_eq!(auth["session_id"], json!(session.map(|session| session.id.as_str())), "{name}");
    let organization = session.and_then(|session| session.organization.as_ref());
    assert_eq!(auth["org_id"], json!(organization.map(|organization| organization.id.as_str())), "{name}");
}

#[test]
fn sign_in_redirects_are_as_recorded() {
    for case in cases(&vectors("clerk/redirects.json"), "cases") {
        let input = &case["input"];
        let text = |name: &str| input[name].as_str().filter(|text| !text.is_empty());
        let instance = PublishableKey::parse(text("publishableKey").unwrap()).unwrap();
        let pages =
            SignInUrls { publishable_key: &instance, sign_in_url: text("signInUrl"), sign_up_url: text("signUpUrl") };
        let sender = ReturnTarget {
            at: text("baseUrl").unwrap(),
            return_to: text("returnBackUrl").unwrap_or_default(),
            dev_browser: text("devBrowserToken"),
            pending: text("sessionStatus") == Some("pending"),
        };
        assert_eq!(case["sign_in"], json!(pages.sign_in(&sender)), "{case}");
        assert_eq!(case["sign_up"], json!(pages.sign_up(&sender)), "{case}");
    }
}
