//! Cookies: those of other applications, unreadable ones and doubled ones.

use super::*;

/// A document request with lines of cookies as the bytes that they are.
fn with_cookie_lines(lines: &[&[u8]]) -> Decision {
    let mut headers =
        HeaderMap::from_iter([(HeaderName::from_static("sec-fetch-dest"), HeaderValue::from_static("document"))]);
    for line in lines {
        headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
    }
    decided(RequestHead { method: &Method::GET, target: "/admin", headers: &headers }, true)
}

#[test]
fn an_invalid_handshake_cookie_is_cleared_and_changes_nothing() {
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
    // A handshake cookie that brings a session leads to no redirect either: the URL has no
    // handshake parameter to remove.
    let decision = document("/admin", "__clerk_handshake_nonce=known");
    assert_eq!((reason(&decision).as_str(), &decision.location), ("signed in: user_1", &None));
}

#[test]
fn a_session_cookie_of_another_application_does_not_hide_the_token() {
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
fn a_second_loop_counter_does_not_hide_a_loop() {
    for other in ["junk", "0", "-1", ""] {
        let cookies = format!("__clerk_redirect_count={other}; __clerk_redirect_count=3; __client_uat={NOW_S}");
        assert_eq!(reason(&document("/admin", &cookies)), "signed out: client-uat-but-no-session-token", "{other}");
    }
    let decision = document("/admin", &format!("__clerk_redirect_count=4000; __client_uat={NOW_S}"));
    assert_eq!(reason(&decision), "signed out: client-uat-but-no-session-token");
}

#[test]
fn an_encoded_cookie_value_cannot_forge_a_second_cookie() {
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
fn an_unreadable_cookie_does_not_affect_the_others() {
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
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..Default::default()
    })]
    #[test]
    fn foreign_cookies_do_not_change_the_session(foreign in proptest::collection::vec(0x20_u8..=0xff, 0..24)) {
        let foreign: Vec<u8> = foreign.into_iter().filter(|byte| *byte != b';' && *byte != 0x7f).collect();
        let own = format!("; __clerk_db_jwt=dvb_1; __session={}; __client_uat={}", session_token(5), NOW_S - 9);
        let decision = with_cookie_lines(&[&[b"x=", foreign.as_slice(), own.as_bytes()].concat()]);
        proptest::prop_assert_eq!(reason(&decision), "signed in: user_1");
    }
}

#[test]
fn a_duplicate_host_cookie_is_a_stray_in_production_only() {
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("__client_uat=0; __client_uat=9"))]);
    assert_eq!(stray_cookies(&headers, &config(false)), ["__client_uat"]);
    assert_eq!(stray_cookies(&headers, &config(true)), [""; 0]);
}
