use super::*;
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

fn settings(development: bool) -> Settings {
    Settings {
        development,
        frontend_api: "https://clerk.example.com".to_owned(),
        public_origin: ORIGIN.to_owned(),
        expectations: Expectations::new("https://clerk.example.com".to_owned(), vec![ORIGIN.to_owned()]),
    }
}

/// A document request of a browser with these cookies.
fn document(target: &str, cookies: &str) -> Decision {
    run("GET", target, &[("cookie", cookies), ("sec-fetch-dest", "document")], true)
}

fn run(method: &str, target: &str, pairs: &[(&'static str, &str)], development: bool) -> Decision {
    let method: Method = method.parse().unwrap();
    let headers: HeaderMap = pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    let head = Head { method: &method, target, headers: &headers };
    let key = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let mut keys = Vec::new();
    loop {
        match decide(head, &settings(development), &keys, NOW_S * 1000) {
            Step::Done(decision) => return decision,
            Step::NeedsKey(kid) => {
                assert_eq!(kid.as_deref(), Some("ins_fixture1"));
                keys.push((kid, Some(key.clone())));
            }
        }
    }
}

fn reason(decision: &Decision) -> String {
    match &decision.state {
        State::SignedIn(session) => format!("signed in: {}", session.user),
        State::SignedOut(reason) => format!("signed out: {reason}"),
        State::Handshake(_, reason) => format!("handshake: {reason}"),
    }
}

fn location(decision: &Decision) -> &str {
    let State::Handshake(location, _) = &decision.state else { panic!("{}", reason(decision)) };
    location.to_str().unwrap()
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
fn only_documents_are_sent_to_the_frontend_api() {
    let cookies = format!("__client_uat={NOW_S}");
    let with = |method, pairs: &[(&'static str, &str)]| {
        let mut pairs = pairs.to_vec();
        pairs.push(("cookie", &cookies));
        matches!(run(method, "/admin", &pairs, true).state, State::Handshake(..))
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

#[test]
fn a_handshake_names_the_way_back_and_counts_itself() {
    let decision =
        document("/admin/members?page=2&__clerk_db_jwt=x", &format!("__client_uat={NOW_S}; __clerk_redirect_count=1"));
    let url = url::Url::parse(location(&decision)).unwrap();
    assert_eq!((url.host_str(), url.path()), (Some("clerk.example.com"), "/v1/client/handshake"));
    let back = url.query_pairs().find(|(name, _)| name == "redirect_url").unwrap().1.into_owned();
    assert_eq!(back, "http://localhost:3000/admin/members?page=2");
    assert_eq!(cookies_set(&decision), ["__clerk_redirect_count=2; Path=/; SameSite=Lax; HttpOnly; Max-Age=2"]);
}

#[test]
fn a_loop_ends_signed_out() {
    for count in ["3", "4", "200"] {
        let decision = document("/admin", &format!("__client_uat={NOW_S}; __clerk_redirect_count={count}"));
        assert_eq!(reason(&decision), "signed out: client-uat-but-no-session-token");
    }
}

fn handshake(session: &str) -> String {
    signed(
        &json!({ "handshake": [format!("__session={session}; Path=/; SameSite=Lax"), format!("__client_uat={NOW_S}; Path=/")] }),
    )
}

#[test]
fn in_development_a_handshake_returns_in_the_query_and_is_cleaned_away() {
    let token = handshake(&session_token(1));
    let decision = document(&format!("/admin?page=2&__clerk_handshake={token}&x=%20"), "");
    assert_eq!(location(&decision), "http://localhost:3000/admin?page=2&x=%20");
    assert_eq!(cookies_set(&decision).len(), 2);
}

#[test]
fn in_production_a_handshake_returns_in_a_cookie_and_signs_in_at_once() {
    let cookie = format!("__clerk_handshake={}", handshake(&session_token(1)));
    let decision = run("GET", "/admin", &[("cookie", &cookie), ("sec-fetch-dest", "document")], false);
    assert_eq!(reason(&decision), "signed in: user_1");
    assert_eq!(cookies_set(&decision).len(), 2);
}

#[test]
fn the_way_back_never_leaves_this_origin() {
    let decision = document(&format!("//evil.example/?__clerk_handshake={}", handshake(&session_token(1))), "");
    assert!(location(&decision).starts_with("http://localhost:3000//"), "{}", location(&decision));
}

#[test]
fn a_forged_handshake_changes_nothing() {
    let mut token = handshake(&session_token(1));
    token.push('x');
    assert_eq!(
        reason(&document(&format!("/admin?__clerk_handshake={token}"), "")),
        "signed out: session-token-and-uat-missing"
    );
}

#[test]
fn a_bearer_token_decides_alone() {
    let fresh = session_token(5);
    let with = |authorization: &str| {
        reason(&run("GET", "/", &[("authorization", authorization), ("sec-fetch-dest", "document")], true))
    };
    assert_eq!(with(&format!("Bearer {fresh}")), "signed in: user_1");
    assert_eq!(with(&format!("Bearer {}", session_token(120))), "signed out: token-expired");
    assert_eq!(with(&format!("bearer {fresh}")), "signed out: session-token-and-uat-missing");
    assert_eq!(with("Bearer "), "signed out: token-invalid");
}
