//! The problem that a request shows where a loop of redirects ends.

use super::*;

fn problem(cookies: &str) -> Option<SignInProblem> {
    document("/admin", &format!("__clerk_redirect_count=3; {cookies}")).problem
}

#[test]
fn a_loop_reports_its_cause() {
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
        assert_eq!(problem(&cookies), Some(expected), "{cookies}");
        assert!(!expected.to_string().contains("key"), "{expected}");
    }
    let pairs = [("cookie", "__clerk_redirect_count=3"), ("sec-fetch-dest", "document")];
    assert_eq!(run("GET", "/", &pairs, true).problem, Some(SignInProblem::CookieMissing("__clerk_db_jwt")));
    assert_eq!(document("/admin", &format!("__client_uat={uat}")).problem, None);
    // All tabs share the counter, so several that are opened at once look like a loop.
    for hedged in [SignInProblem::TokenOld(9), SignInProblem::CookieMissing("__session")] {
        let text = hedged.to_string();
        assert!(text.contains("several pages") && text.contains("may") && !text.contains("has to be set"), "{text}");
    }
    assert!(SignInProblem::ClockBehind(90).to_string().contains("90 seconds behind"));
}

#[test]
fn in_production_the_handshake_payload_shows_the_problem() {
    let with = |token: &str| {
        let cookies = format!("__clerk_handshake={token}; __client_uat={NOW_S}; __clerk_redirect_count=3");
        run("GET", "/admin", &[("cookie", &cookies), ("sec-fetch-dest", "document")], false).problem
    };
    assert_eq!(with(&handshake(&session_token(3600))), Some(SignInProblem::TokenOld(3600)));
    assert_eq!(with(&handshake(&session_token(-90))), Some(SignInProblem::ClockBehind(90)));
    let mut forged = handshake(&session_token(1));
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    assert_eq!(with(&forged), Some(SignInProblem::Keys));
}

#[test]
fn an_oversize_cookie_is_reported_and_the_older_one_cleared() {
    let mut claims: Value = json!({
        "v": 2, "iss": "https://clerk.example.com", "azp": ORIGIN, "sub": "user_1", "sid": "sess_1",
        "iat": NOW_S, "nbf": NOW_S - 10, "exp": NOW_S + 60,
    });
    claims["custom"] = "x".repeat(3000).into();
    let cookie = format!("__clerk_handshake={}", handshake(&signed(&claims)));
    let decision = run("GET", "/admin", &[("cookie", &cookie), ("sec-fetch-dest", "document")], false);
    assert!(matches!(decision.problem, Some(SignInProblem::CookieTooLarge(4097..))), "{:?}", decision.problem);
    assert!(
        cookies_set(&decision).contains(&"__session=; Path=/; Max-Age=0; SameSite=Lax"),
        "{:?}",
        cookies_set(&decision)
    );
}
