//! Handshakes: the redirect, its return and its limits.

use super::*;

#[test]
fn a_handshake_has_a_redirect_url_and_a_loop_counter() {
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

#[test]
fn in_development_a_handshake_returns_in_the_query_and_leaves_the_url() {
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
fn the_redirect_url_of_a_handshake_stays_on_this_origin() {
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
fn a_handshake_nonce_is_exchanged_for_the_session() {
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
