//! The state machine, request by request. The helpers here serve the files below.

mod cookies;
mod handshakes;
mod problems;
mod sign_out;

use super::public_url::PublicUrl;
use super::*;
use crate::ids::SessionId;
use crate::keys::VerifyingKey;
use crate::publishable_key::PublishableKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const NOW_S: i64 = 1_750_000_000;
const ORIGIN: &str = "http://localhost:3000";

fn fixtures() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/clerk/keys.json")).unwrap()
}

fn signed(claims: &Value) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("ins_fixture1".to_owned());
    let key = EncodingKey::from_rsa_pem(fixtures()["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

fn session_token(age_s: i64) -> String {
    let issued = NOW_S - age_s;
    signed(&json!({
        "v": 2, "iss": "https://clerk.example.com", "azp": ORIGIN, "sub": "user_1", "sid": "sess_1",
        "iat": issued, "nbf": issued - 10, "exp": issued + 60, "fva": [0, -1], "sts": "active",
    }))
}

fn config(development: bool) -> AuthConfig {
    let key = if development { "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k" } else { "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k" };
    AuthConfig::new(PublishableKey::parse(key).unwrap(), ORIGIN)
}

/// A document request of a browser with these cookies, known to a development instance.
fn document(target: &str, cookies: &str) -> Decision {
    let cookies = format!("__clerk_db_jwt=dvb_1; {cookies}");
    run("GET", target, &[("cookie", &cookies), ("sec-fetch-dest", "document")], true)
}

fn run(method: &str, target: &str, pairs: &[(&'static str, &str)], development: bool) -> Decision {
    let method: Method = method.parse().unwrap();
    let headers: HeaderMap = pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    decided(RequestHead { method: &method, target, headers: &headers }, development)
}

fn decided(head: RequestHead<'_>, development: bool) -> Decision {
    let key = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let mut results = LookupResults::default();
    loop {
        match decide(head, &config(development), &results, NOW_S * 1000) {
            Progress::Done(decision) => return decision,
            Progress::Needs(Lookup::Key(kid)) => {
                assert_eq!(kid.as_deref(), Some("ins_fixture1"));
                results.keys.push((kid, Some(key.clone())));
            }
            Progress::Needs(Lookup::HandshakePayload(nonce)) => {
                results.handshake_payload = Some(HandshakePayload::Directives(payload(&nonce)));
            }
            Progress::Needs(Lookup::Refresh(refresh)) => results.refreshed = Some(refreshed(&refresh)),
        }
    }
}

/// The payload that the Backend API has for a nonce.
fn payload(nonce: &str) -> Vec<String> {
    if nonce == "known" { vec![format!("__session={}; Path=/", session_token(1))] } else { Vec::new() }
}

fn refreshed(refresh: &Refresh) -> Result<Vec<String>, String> {
    assert_eq!((refresh.session.as_str(), refresh.request_origin.as_str()), ("sess_1", ORIGIN));
    match refresh.refresh_token.as_str() {
        "good" => Ok(vec![format!("__session={}; Path=/", session_token(1))]),
        "foreign" => Ok(vec!["__session=garbage; Path=/".to_owned()]),
        _ => Err("refresh_token_expired".to_owned()),
    }
}

fn reason(decision: &Decision) -> String {
    match &decision.state {
        AuthState::SignedIn(session) => format!("signed in: {}", session.user),
        AuthState::SignedOut(reason) => format!("signed out: {reason}"),
        AuthState::Handshake(reason) => format!("handshake: {reason}"),
        AuthState::ForeignHandshake(reason) => format!("foreign: {}", reason.as_str()),
    }
}

fn location(decision: &Decision) -> &str {
    decision.location.as_ref().unwrap_or_else(|| panic!("{}", reason(decision))).to_str().unwrap()
}

fn cookies_set(decision: &Decision) -> Vec<&str> {
    decision
        .headers
        .iter()
        .filter(|(name, _)| *name == header::SET_COOKIE)
        .map(|(_, value)| value.to_str().unwrap())
        .collect()
}

#[test]
fn each_state_of_the_cookies_has_its_outcome() {
    let (fresh, old) = (session_token(5), session_token(120));
    let uat = NOW_S - 1000;
    for (cookies, outcome) in [
        (String::new(), "signed out: session-token-and-uat-missing"),
        (format!("__session={fresh}"), "handshake: session-token-but-no-client-uat"),
        (format!("__client_uat={uat}"), "handshake: client-uat-but-no-session-token"),
        (format!("__session=garbage; __client_uat={uat}"), "signed out: token-invalid"),
        (format!("__session={fresh}; __client_uat={}", NOW_S + 9), "handshake: session-token-iat-before-client-uat"),
        (
            format!("__session={old}; __client_uat={uat}"),
            "handshake: session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (format!("__session={}; __client_uat={uat}", session_token(-30)), "handshake: session-token-nbf"),
        (format!("__session={fresh}; __client_uat={uat}"), "signed in: user_1"),
        (format!("__session={fresh}; __session=garbage; __client_uat={uat}"), "signed in: user_1"),
        ("__session=; __client_uat=0".to_owned(), "signed out: session-token-and-uat-missing"),
    ] {
        assert_eq!(reason(&document("/admin", &cookies)), outcome, "{cookies}");
    }
}

#[test]
fn a_key_that_the_source_no_longer_has_ends_a_remembered_token() {
    let (config, token) = (config(false), session_token(5));
    let headers =
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap())]);
    let head = RequestHead { method: &Method::GET, target: "/", headers: &headers };
    let own = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let other = VerifyingKey::from_pem(fixtures()["other_public_key_spki_pem"].as_str().unwrap()).unwrap();
    for (key, wanted) in [
        (Some(own.clone()), "signed in: user_1"),
        (None, "signed out: jwk-kid-mismatch"),
        (Some(other), "signed out: token-invalid-signature"),
        (Some(own), "signed in: user_1"),
    ] {
        let unasked = decide(head, &config, &LookupResults::default(), NOW_S * 1000);
        assert!(matches!(unasked, Progress::Needs(Lookup::Key(_))), "the source is asked for each request");
        let keys = vec![(Some("ins_fixture1".to_owned()), key)];
        let results = LookupResults { keys, ..LookupResults::default() };
        let Progress::Done(decision) = decide(head, &config, &results, NOW_S * 1000) else { panic!("no decision") };
        assert_eq!(reason(&decision), wanted);
    }
}

#[test]
fn only_documents_are_sent_to_the_frontend_api() {
    let cookies = format!("__client_uat={NOW_S}");
    let with = |method, pairs: &[(&'static str, &str)]| {
        let mut pairs = pairs.to_vec();
        pairs.push(("cookie", &cookies));
        matches!(run(method, "/admin", &pairs, false).state, AuthState::Handshake(..))
    };
    assert!(with("GET", &[("sec-fetch-dest", "document")]));
    assert!(with("GET", &[("accept", "text/html,*/*")]));
    for (method, pairs) in [
        ("HEAD", &[("sec-fetch-dest", "document")][..]),
        ("POST", &[("sec-fetch-dest", "document")]),
        ("GET", &[("sec-fetch-dest", "empty"), ("accept", "text/html")]),
        ("GET", &[("accept", "application/json, text/html")]),
        ("GET", &[]),
    ] {
        assert!(!with(method, pairs), "{method} {pairs:?}");
    }
}

fn handshake(session: &str) -> String {
    let cookies = [format!("__session={session}; Path=/; SameSite=Lax"), format!("__client_uat={NOW_S}; Path=/")];
    signed(&json!({ "handshake": cookies }))
}

#[test]
fn an_expired_session_is_refreshed_where_it_can_be() {
    let suffix = config(false).publishable_key.cookie_suffix().to_owned();
    let with = |method, refresh: &str| {
        let cookies =
            format!("__session={}; __client_uat={}; __refresh_{suffix}={refresh}", session_token(120), NOW_S - 1000);
        run(method, "/admin", &[("cookie", &cookies), ("sec-fetch-dest", "empty")], false)
    };
    assert_eq!(reason(&with("GET", "good")), "signed in: user_1");
    assert_eq!(cookies_set(&with("GET", "good")).len(), 1);
    let refused = |tag: &str| format!("signed out: session-token-expired-refresh-{tag}");
    assert_eq!(reason(&with("GET", "old")), refused("refresh_token_expired"));
    assert_eq!(reason(&with("GET", "foreign")), refused("invalid-session-token"));
    assert_eq!(reason(&with("POST", "good")), refused("non-eligible-non-get"));
}

#[test]
fn a_refresh_names_the_session_that_was_signed_whatever_the_cookie_says() {
    let suffix = config(false).publishable_key.cookie_suffix().to_owned();
    let expired = session_token(120);
    let claims = json!({ "iss": "https://clerk.example.com", "sid": "sess_2" }).to_string();
    let (header, signature) = (expired.split('.').next().unwrap(), expired.rsplit('.').next().unwrap());
    let forged = format!("{header}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(claims));
    let key = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    for (cookie, session) in [(&forged, "sess_2"), (&expired, "sess_1")] {
        let cookies = format!("__session={cookie}; __client_uat=1; __refresh_{suffix}=good");
        let headers = HeaderMap::from_iter([
            (header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {expired}")).unwrap()),
            (header::COOKIE, HeaderValue::from_str(&cookies).unwrap()),
        ]);
        let head = RequestHead { method: &Method::GET, target: "/admin", headers: &headers };
        let keys = vec![(Some("ins_fixture1".to_owned()), Some(key.clone()))];
        let results = LookupResults { keys, ..LookupResults::default() };
        let Progress::Needs(Lookup::Refresh(refresh)) = decide(head, &config(false), &results, NOW_S * 1000) else {
            panic!("no refresh for {session}");
        };
        assert_eq!((refresh.session.as_str(), refresh.signed_session.as_str()), (session, "sess_1"));
    }
}

#[test]
fn an_unknown_browser_gets_a_dev_browser_first() {
    let stranger = |target: &str| reason(&run("GET", target, &[("sec-fetch-dest", "document")], true));
    assert_eq!(stranger("/"), "handshake: dev-browser-missing");
    assert_eq!(stranger("/?__clerk_db_jwt=dvb_2"), "handshake: dev-browser-sync");
    assert_eq!(reason(&document("/", "")), "signed out: session-token-and-uat-missing");
}

#[test]
fn a_forwarded_host_counts_only_from_our_proxies_and_only_if_it_is_ours() {
    let origin = |trusts: bool, host: &str| {
        let mut config = config(false);
        config.trusts_forwarded = trusts;
        config.expectations.authorized_parties.push("https://other.example.com".to_owned());
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-forwarded-host"), HeaderValue::from_str(host).unwrap()),
            (HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("https")),
        ]);
        let head = RequestHead { method: &Method::GET, target: "/", headers: &headers };
        PublicUrl::new(head, &config).origin().to_owned()
    };
    assert_eq!(origin(true, "other.example.com"), "https://other.example.com");
    assert_eq!(origin(false, "other.example.com"), ORIGIN);
    assert_eq!(origin(true, "evil.example"), ORIGIN);
    assert_eq!(origin(true, "other.example.com/x?"), ORIGIN);
}

#[test]
fn a_token_in_the_header_decides_alone() {
    let fresh = session_token(5);
    let with = |authorization: &str| {
        reason(&run("GET", "/", &[("authorization", authorization), ("sec-fetch-dest", "empty")], false))
    };
    assert_eq!(with(&format!("Bearer {fresh}")), "signed in: user_1");
    assert_eq!(with(&fresh), "signed in: user_1");
    assert_eq!(
        with(&format!("Bearer {}", session_token(120))),
        "signed out: session-token-expired-refresh-non-eligible-no-refresh-cookie"
    );
    assert_eq!(with(&format!("bearer {fresh}")), "signed out: session-token-and-uat-missing");
    assert_eq!(with("Bearer "), "signed out: token-invalid");
}
