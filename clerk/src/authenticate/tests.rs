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

fn settings(development: bool) -> AuthConfig {
    let key = if development { "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k" } else { "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k" };
    let instance = PublishableKey::parse(key).unwrap();
    AuthConfig {
        cookie_suffix: instance.cookie_suffix(),
        instance,
        frontend_api: "https://clerk.example.com".to_owned(),
        public_origin: ORIGIN.to_owned(),
        trusts_forwarded: false,
        organization_sync: None,
        expectations: Expectations::new("https://clerk.example.com".to_owned(), vec![ORIGIN.to_owned()]),
    }
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
    let mut answers = LookupResults::default();
    loop {
        match decide(head, &settings(development), &answers, NOW_S * 1000) {
            Progress::Done(decision) => return decision,
            Progress::Needs(Lookup::Key(kid)) => {
                assert_eq!(kid.as_deref(), Some("ins_fixture1"));
                answers.keys.push((kid, Some(key.clone())));
            }
            Progress::Needs(Lookup::HandshakePayload(nonce)) => answers.handshake_payload = Some(payload(&nonce)),
            Progress::Needs(Lookup::Refresh(refresh)) => answers.refreshed = Some(refreshed(&refresh)),
        }
    }
}

/// What the Backend API knows behind a nonce.
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

/// A document request with lines of cookies as the bytes that they are.
fn with_cookie_lines(lines: &[&[u8]]) -> Decision {
    let mut headers =
        HeaderMap::from_iter([(HeaderName::from_static("sec-fetch-dest"), HeaderValue::from_static("document"))]);
    for line in lines {
        headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
    }
    decided(RequestHead { method: &Method::GET, target: "/admin", headers: &headers }, true)
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

#[test]
fn a_handshake_names_the_way_back_and_counts_itself() {
    let decision =
        document("/admin/members?page=2&__clerk_db_jwt=x", &format!("__client_uat={NOW_S}; __clerk_redirect_count=1"));
    let url = url::Url::parse(location(&decision)).unwrap();
    assert_eq!((url.host_str(), url.path()), (Some("clerk.example.com"), "/v1/client/handshake"));
    let back = url.query_pairs().find(|(name, _)| name == "redirect_url").unwrap().1.into_owned();
    assert_eq!(back, "http://localhost:3000/admin/members?page=2");
    assert_eq!(cookies_set(&decision), ["__clerk_redirect_count=2; SameSite=Lax; HttpOnly; Max-Age=2"]);
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
    token.replace_range(token.len() - 8.., "AAAAAAAA");
    let target = format!("/admin?__clerk_handshake={token}");
    let decision = run("GET", &target, &[("sec-fetch-dest", "document")], false);
    assert_eq!(reason(&decision), "signed out: session-token-and-uat-missing");
    assert!(cookies_set(&decision).is_empty());
    // In development somebody has switched keys, and only they can clear their cookies.
    assert_eq!(reason(&document(&target, "")), "foreign: token-invalid-signature");
}

#[test]
fn a_nonce_is_looked_up_and_what_is_behind_it_signs_in() {
    let with = |nonce: &str| {
        run(
            "GET",
            "/admin",
            &[("cookie", &format!("__clerk_handshake_nonce={nonce}")), ("sec-fetch-dest", "document")],
            false,
        )
    };
    assert_eq!(reason(&with("known")), "signed in: user_1");
    assert_eq!(cookies_set(&with("known")).len(), 1);
    assert_eq!(reason(&with("unknown")), "signed out: session-token-missing");
}

#[test]
fn a_cookie_that_is_called_like_a_handshake_and_brings_nothing_is_cleared_and_changes_nothing() {
    let known = format!("__session={}; __client_uat={}", session_token(5), NOW_S - 1000);
    let foreign = handshake(&session_token(5)).replacen('.', "A.", 1);
    for development in [true, false] {
        for (name, value) in [
            ("__clerk_handshake_nonce", "unknown"),
            ("__clerk_handshake", "junk"),
            ("__clerk_handshake", "a.b.c"),
            ("__clerk_handshake", &foreign),
        ] {
            let cookies = format!("__clerk_db_jwt=dvb_1; {name}={value}; {known}");
            let pairs = [("cookie", cookies.as_str()), ("sec-fetch-dest", "document")];
            let decision = run("GET", "/admin", &pairs, development);
            assert_eq!((reason(&decision).as_str(), &decision.location), ("signed in: user_1", &None), "{name}");
            assert_eq!(cookies_set(&decision), [format!("{name}=; Path=/; Max-Age=0; SameSite=Lax")], "{value}");
        }
    }
    // One that brings a session leads to no redirect either: the address has nothing to be cleaned of.
    let decision = document("/admin", "__clerk_handshake_nonce=known");
    assert_eq!((reason(&decision).as_str(), &decision.location), ("signed in: user_1", &None));
}

#[test]
fn a_session_cookie_of_another_application_hides_no_token() {
    let uat = NOW_S - 1000;
    let of = |issuer: &str| signed(&json!({ "iss": issuer, "sub": "user_2", "sid": "sess_2", "iat": NOW_S }));
    for other in ["abc", "", "a.b.c", "%zz", &of("https://clerk.elsewhere.example"), &signed(&json!({ "sub": "1" }))] {
        // Browsers send the cookie with the longer path first.
        let decision =
            document("/admin", &format!("__session={other}; __session={}; __client_uat={uat}", session_token(5)));
        assert_eq!(reason(&decision), "signed in: user_1", "{other}");
    }
}

#[test]
fn no_other_counter_hides_a_loop() {
    for other in ["junk", "0", "-1", ""] {
        let cookies = format!("__clerk_redirect_count={other}; __clerk_redirect_count=3; __client_uat={NOW_S}");
        assert_eq!(reason(&document("/admin", &cookies)), "signed out: client-uat-but-no-session-token", "{other}");
    }
    let decision = document("/admin", &format!("__clerk_redirect_count=4000; __client_uat={NOW_S}"));
    assert_eq!(reason(&decision), "signed out: client-uat-but-no-session-token");
}

#[test]
fn an_expired_session_is_refreshed_where_it_can_be() {
    let suffix = settings(false).cookie_suffix;
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
fn an_unknown_browser_is_introduced_to_a_development_instance_first() {
    let stranger = |target: &str| reason(&run("GET", target, &[("sec-fetch-dest", "document")], true));
    assert_eq!(stranger("/"), "handshake: dev-browser-missing");
    assert_eq!(stranger("/?__clerk_db_jwt=dvb_2"), "handshake: dev-browser-sync");
    assert_eq!(reason(&document("/", "")), "signed out: session-token-and-uat-missing");
}

#[test]
fn an_encoded_cookie_value_is_decoded_and_forges_no_second_cookie() {
    let fresh = session_token(5);
    let encoded = fresh.replace('.', "%2E");
    assert_eq!(
        reason(&document("/", &format!("__session={encoded}; __client_uat={}", NOW_S - 9))),
        "signed in: user_1"
    );
    assert_eq!(
        reason(&document("/", &format!("x=1%3B__session={fresh}%3B__client_uat={}", NOW_S - 9))),
        "signed out: session-token-and-uat-missing"
    );
}

#[test]
fn a_cookie_that_cannot_be_read_takes_no_other_one_along() {
    let own = format!("__clerk_db_jwt=dvb_1; __session={}; __client_uat={}", session_token(5), NOW_S - 9);
    for foreign in [
        "city=Zürich".as_bytes(),
        b"city=Z\xfcrich",
        b"city=\xff\xfe",
        "städt=1".as_bytes(),
        "Zürich".as_bytes(),
        "=Zürich".as_bytes(),
        "__session=Zürich".as_bytes(),
        b"a=\"b; c\"",
        b"=",
        b"",
        b";;;",
    ] {
        let (before, after) = ([foreign, b"; ", own.as_bytes()].concat(), [own.as_bytes(), b"; ", foreign].concat());
        for lines in [&[before.as_slice()][..], &[&after], &[foreign, own.as_bytes()], &[own.as_bytes(), foreign]] {
            assert_eq!(reason(&with_cookie_lines(lines)), "signed in: user_1", "{}", String::from_utf8_lossy(foreign));
        }
    }
    // The counter that ends a loop may share the line too.
    let looping = format!("__clerk_db_jwt=dvb_1; __client_uat={NOW_S}; __clerk_redirect_count=3; city=Zürich");
    let decision = with_cookie_lines(&[looping.as_bytes()]);
    assert_eq!(reason(&decision), "signed out: client-uat-but-no-session-token");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_foreign_cookie_changes_who_is_asking(foreign in proptest::collection::vec(0x20_u8..=0xff, 0..24)) {
        let foreign: Vec<u8> = foreign.into_iter().filter(|byte| *byte != b';' && *byte != 0x7f).collect();
        let own = format!("; __clerk_db_jwt=dvb_1; __session={}; __client_uat={}", session_token(5), NOW_S - 9);
        let decision = with_cookie_lines(&[&[b"x=", foreign.as_slice(), own.as_bytes()].concat()]);
        proptest::prop_assert_eq!(reason(&decision), "signed in: user_1");
    }
}

#[test]
fn a_forwarded_host_counts_only_from_our_proxies_and_only_if_it_is_ours() {
    let origin = |trusts: bool, host: &str| {
        let mut settings = settings(false);
        settings.trusts_forwarded = trusts;
        settings.expectations.authorized_parties.push("https://other.example.com".to_owned());
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-forwarded-host"), HeaderValue::from_str(host).unwrap()),
            (HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("https")),
        ]);
        let head = RequestHead { method: &Method::GET, target: "/", headers: &headers };
        PublicUrl::of(head, &settings).origin().to_owned()
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

fn leaves(cookies: &str, before: Option<&str>) -> SignOutTarget {
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookies).unwrap())]);
    let head = RequestHead { method: &Method::POST, target: "/sign-out", headers: &headers };
    let key = VerifyingKey::from_pem(fixtures()["public_key_spki_pem"].as_str().unwrap()).unwrap();
    let mut answers = LookupResults::default();
    loop {
        match sign_out_target(head, &settings(true), &answers, NOW_S * 1000, before) {
            Ok(leaving) => return leaving,
            Err(Lookup::Key(kid)) => answers.keys.push((kid, Some(key.clone()))),
            Err(need) => panic!("{need:?}"),
        }
    }
}

#[test]
fn a_token_tells_whose_session_ends_for_as_long_as_it_is_signed() {
    let session = |token: &str| SignOutTarget::Session(SessionId::parse("sess_1").unwrap(), token.to_owned());
    for age_s in [0, 120, 86_400 * 30, -3600] {
        let token = session_token(age_s);
        assert_eq!(leaves(&format!("__session={token}; __client_uat=1"), None), session(&token), "{age_s}");
        assert_eq!(leaves("__client_uat=0", Some(&token)), session(&token), "{age_s}");
    }
    let claims = |change: &dyn Fn(&mut Value)| {
        let mut claims =
            json!({ "iss": "https://clerk.example.com", "sub": "user_1", "sid": "sess_1", "exp": NOW_S - 90 });
        change(&mut claims);
        signed(&claims)
    };
    let without_origin = claims(&|_| {});
    assert_eq!(leaves(&format!("__session={without_origin}"), None), session(&without_origin));
    let mut forged = session_token(120);
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    let (foreign, nameless) =
        (claims(&|c| c["iss"] = "https://other.example".into()), claims(&|c| c["sid"] = "user_1".into()));
    // The cookies beside a token of another instance are that instance's too.
    assert_eq!(leaves(&format!("__session={foreign}; __client_uat={NOW_S}"), None), SignOutTarget::Nobody);
    for token in [forged.as_str(), &nameless, "garbage", ""] {
        assert_eq!(
            leaves(&format!("__session={token}; __client_uat={NOW_S}"), Some(token)),
            SignOutTarget::Unknown,
            "{token}"
        );
        assert_eq!(leaves(&format!("__session={token}"), None), SignOutTarget::Nobody, "{token}");
    }
}

fn trouble(cookies: &str) -> Option<SignInProblem> {
    document("/admin", &format!("__clerk_redirect_count=3; {cookies}")).trouble
}

#[test]
fn what_ends_a_loop_is_called_by_its_name() {
    let uat = NOW_S - 10_000;
    for (cookies, expected) in [
        (format!("__client_uat={uat}"), SignInProblem::CookieMissing("__session")),
        (format!("__session={}", session_token(1)), SignInProblem::CookieMissing("__client_uat")),
        (format!("__session={}; __client_uat={uat}", session_token(3600)), SignInProblem::TokenOld(3600)),
        (format!("__session={}; __client_uat={uat}", session_token(-3600)), SignInProblem::ClockBehind(3600)),
        (
            format!("__session={}; __client_uat=0; __client_uat={uat}", session_token(1)),
            SignInProblem::CookieTwice("__client_uat"),
        ),
    ] {
        assert_eq!(trouble(&cookies), Some(expected), "{cookies}");
        assert!(!expected.to_string().contains("key"), "{expected}");
    }
    let pairs = [("cookie", "__clerk_redirect_count=3"), ("sec-fetch-dest", "document")];
    assert_eq!(run("GET", "/", &pairs, true).trouble, Some(SignInProblem::CookieMissing("__clerk_db_jwt")));
    assert_eq!(document("/admin", &format!("__client_uat={uat}")).trouble, None);
    // All tabs share the counter, so several that are opened at once look like a loop.
    for hedged in [SignInProblem::TokenOld(9), SignInProblem::CookieMissing("__session")] {
        let text = hedged.to_string();
        assert!(text.contains("several pages") && text.contains("may") && !text.contains("has to be set"), "{text}");
    }
    assert!(SignInProblem::ClockBehind(90).to_string().contains("90 seconds behind"));
}

#[test]
fn a_cookie_of_the_host_is_a_stray_only_where_clerk_sets_one_for_the_domain() {
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("__client_uat=0; __client_uat=9"))]);
    assert_eq!(stray_cookies(&headers, &settings(false)), ["__client_uat"]);
    assert_eq!(stray_cookies(&headers, &settings(true)), [""; 0]);
}

#[test]
fn in_production_what_a_handshake_brought_tells_the_trouble() {
    let with = |token: &str| {
        let cookies = format!("__clerk_handshake={token}; __client_uat={NOW_S}; __clerk_redirect_count=3");
        run("GET", "/admin", &[("cookie", &cookies), ("sec-fetch-dest", "document")], false).trouble
    };
    assert_eq!(with(&handshake(&session_token(3600))), Some(SignInProblem::TokenOld(3600)));
    assert_eq!(with(&handshake(&session_token(-90))), Some(SignInProblem::ClockBehind(90)));
    let mut forged = handshake(&session_token(1));
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    assert_eq!(with(&forged), Some(SignInProblem::Keys));
}

#[test]
fn a_cookie_that_browsers_drop_is_named_and_leaves_none_behind_that_is_older() {
    let mut claims: Value = json!({
        "v": 2, "iss": "https://clerk.example.com", "azp": ORIGIN, "sub": "user_1", "sid": "sess_1",
        "iat": NOW_S, "nbf": NOW_S - 10, "exp": NOW_S + 60,
    });
    claims["custom"] = "x".repeat(3000).into();
    let cookie = format!("__clerk_handshake={}", handshake(&signed(&claims)));
    let decision = run("GET", "/admin", &[("cookie", &cookie), ("sec-fetch-dest", "document")], false);
    assert!(matches!(decision.trouble, Some(SignInProblem::CookieTooLarge(4097..))), "{:?}", decision.trouble);
    assert!(
        cookies_set(&decision).contains(&"__session=; Path=/; Max-Age=0; SameSite=Lax"),
        "{:?}",
        cookies_set(&decision)
    );
}
