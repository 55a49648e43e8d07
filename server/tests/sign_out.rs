//! Sign-out: the session ends at Clerk at any age of its token, or the page says that it has not
//! ended. No cookie stays behind.
#![cfg(feature = "local-clerk")]

mod support;

use axum::body::Body;
use domain::brand::SIGN_OUT_COOKIE as MARK;
use http::{Request, StatusCode, header};
use serde_json::json;
use support::app_with_clerk::AppWithClerk;
use support::sign_out::{
    UNFINISHED, cookie, cookies, new_session, open_with, session_holder, sign_in_two_accounts, sign_out_with,
    status_at_clerk, unfinished_sign_out,
};
use support::{Caller, TestApp, caller_with};

#[tokio::test]
async fn an_unfinished_sign_out_comes_before_the_next_sign_in() {
    let setup = AppWithClerk::new().await;
    let (_, caller) = new_session(&setup, 0).await;
    setup.set_clerk_faults(json!({ "fail": 503 })).await;
    let known = unfinished_sign_out(&setup.app, &format!("__session={}; __client_uat=1", caller.token())).await;
    let unknown = unfinished_sign_out(&setup.app, "__session=garbage; __client_uat=1").await;
    let long = caller_with(|claims| claims["custom"] = "x".repeat(4000).into());
    let too_long = unfinished_sign_out(&setup.app, &format!("__session={}; __client_uat=1", long.token())).await;
    assert_eq!(unknown, too_long);
    for mark in [&known, &unknown] {
        let ways = ["/sign-in", "/sign-in?redirect_url=%2Fadmin%2Fmembers", "/sign-in/factor-one", "/sign-in/tasks"];
        for way in ways.into_iter().chain(["/sign-in?add_account=true"]) {
            let response = open_with(&setup.app, way, mark).await;
            let to = (response.status, response.header("location"), response.header("cache-control"));
            assert_eq!(to, (StatusCode::SEE_OTHER, UNFINISHED, "no-store"), "{way} {mark}");
        }
        // A ticket link keeps its ticket.
        let invited = open_with(&setup.app, "/sign-in?__clerk_ticket=dGlja2V0", mark).await;
        assert_ne!(invited.header("location"), UNFINISHED);
    }
    setup.set_clerk_faults(json!({})).await;
    // A user with a new session returns to the dashboard, unless it may be the session that is
    // still running.
    let (_, another) = new_session(&setup, 0).await;
    let session = |mark: &str| format!("__session={}; __client_uat=1; {mark}", another.token());
    assert_eq!(open_with(&setup.app, "/sign-in", &session(&known)).await.header("location"), "/admin");
    assert_eq!(open_with(&setup.app, "/sign-in", &session(&unknown)).await.header("location"), UNFINISHED);
}

#[tokio::test]
async fn only_its_own_cookie_marks_a_sign_out_as_unfinished() {
    let app = TestApp::new().await;
    for cookie in ["", &format!("{MARK}="), &format!("{MARK}=junk"), "other=unknown"] {
        let page = open_with(&app, UNFINISHED, cookie).await;
        assert!(page.body.contains("Sign out?") && !page.body.contains("not ended yet"), "{cookie}: {}", page.body);
        assert_ne!(open_with(&app, "/sign-in", cookie).await.header("location"), UNFINISHED, "{cookie}");
    }
    let own = &format!("{MARK}=junk; {MARK}=unknown");
    assert!(open_with(&app, UNFINISHED, own).await.body.contains("not ended yet"));
}

#[tokio::test]
async fn pages_for_anonymous_visitors_are_not_cached_either() {
    let app = TestApp::new().await;
    for path in ["/", "/sign-out", UNFINISHED] {
        let response = open_with(&app, path, "a=b").await;
        assert_eq!(
            (response.status, response.header("cache-control")),
            (StatusCode::OK, "private, no-store"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_session_ends_at_clerk_at_any_token_age() {
    let setup = AppWithClerk::new().await;
    for age_s in [0, 70, 3600, 8 * 86_400, -30] {
        let (session, caller) = new_session(&setup, age_s).await;
        let response = setup.app.send(caller.post("/sign-out", "")).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/"), "{age_s}");
        assert_eq!(status_at_clerk(&setup, &session).await, "revoked", "{age_s}");
        for setup in ["/sign-out", "/sign-in"] {
            let cleared = format!("{MARK}=; Path={setup}; Max-Age=0; HttpOnly; SameSite=Lax");
            assert!(cookies(&response).contains(&cleared.as_str()), "{:?}", cookies(&response));
        }
    }
}

#[tokio::test]
async fn both_cookie_names_identify_the_session() {
    let setup = AppWithClerk::new().await;
    let suffix = setup.app.state.clerk.publishable_key.cookie_suffix();
    for name in ["__session".to_owned(), format!("__session_{suffix}")] {
        let (session, caller) = new_session(&setup, 300).await;
        sign_out_with(&setup.app, &format!("city=Z\u{fc}rich; {name}={}", caller.token())).await;
        assert_eq!(status_at_clerk(&setup, &session).await, "revoked", "{name}");
    }
    let (session, caller) = new_session(&setup, 300).await;
    let cookies = format!("__session=garbage; __session_{suffix}={}; __client_uat=1", caller.token());
    sign_out_with(&setup.app, &cookies).await;
    assert_eq!(status_at_clerk(&setup, &session).await, "revoked");
}

#[tokio::test]
async fn an_unverified_token_never_ends_a_session() {
    let setup = AppWithClerk::new().await;
    let (session, caller) = new_session(&setup, 70).await;
    let (head, signature) = caller.token().rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let unsigned = head.replacen(head.split('.').next().unwrap(), "eyJhbGciOiJub25lIn0", 1);
    let elsewhere = caller_with(|claims| {
        (claims["sid"], claims["iss"]) = (session.as_str().into(), "https://clerk.elsewhere.example".into());
    });
    sign_out_with(&setup.app, &format!("__session={}; __client_uat=1", elsewhere.token())).await;
    assert_eq!(status_at_clerk(&setup, &session).await, "active");
    for token in [&forged, &format!("{unsigned}."), "garbage", ""] {
        let response = sign_out_with(&setup.app, &format!("__session={token}; __client_uat=1")).await;
        assert_eq!(response.header("location"), UNFINISHED, "{token}");
        assert_eq!(status_at_clerk(&setup, &session).await, "active", "{token}");
        // The next page needs this cookie to start the handshake that fetches a new token.
        assert!(
            !cookies(&response).iter().any(|cookie| cookie.starts_with("__client_uat")),
            "{:?}",
            cookies(&response)
        );
        assert!(cookie(&response, "__session=").contains("Max-Age=0"));
    }
    let nobody = sign_out_with(&setup.app, "__clerk_db_jwt=dvb_test; __client_uat=0").await;
    assert_eq!(nobody.header("location"), "/");
}

#[tokio::test]
async fn during_an_outage_the_page_says_so_and_the_next_attempt_ends_the_session() {
    let setup = AppWithClerk::new().await;
    for (trouble, age_s) in [(json!({ "fail": 503 }), 0), (json!({ "drop_connection": true }), 300)] {
        let (session, caller) = new_session(&setup, age_s).await;
        setup.set_clerk_faults(trouble).await;
        let response = setup.app.send(caller.post("/sign-out", "")).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, UNFINISHED));
        assert!(
            cookie(&response, "__session=").contains("Max-Age=0")
                && cookie(&response, "__client_uat=").contains("Max-Age=0")
        );
        let kept = cookie(&response, MARK).to_owned();
        assert!(kept.contains("Path=/sign-out") && kept.contains("HttpOnly"), "{kept}");
        let page = open_with(&setup.app, UNFINISHED, kept.split(';').next().unwrap()).await;
        assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "private, no-store"));
        assert!(
            page.body.contains("Your session has not ended yet") && page.body.contains("Try again"),
            "{}",
            page.body
        );
        // This server refuses the session in any case.
        assert_ne!(setup.app.open(&caller, "/admin").await.status, StatusCode::OK);
        setup.set_clerk_faults(json!({})).await;
        let kept = kept.split(';').next().unwrap();
        setup.advance_clock(300);
        let again = sign_out_with(&setup.app, &format!("__clerk_db_jwt=dvb_test; {kept}")).await;
        assert_eq!(again.header("location"), "/");
        assert_eq!(status_at_clerk(&setup, &session).await, "revoked");
        assert!(cookie(&again, &format!("{MARK}=;")).contains("Max-Age=0"));
    }
}

#[tokio::test]
async fn sign_out_ends_every_account_of_this_browser_only() {
    let setup = AppWithClerk::new().await;
    let (elsewhere, _) = new_session(&setup, 0).await;
    let [ada, max] = sign_in_two_accounts(&setup).await;
    let response = setup.app.send(session_holder(&ada, 0).post("/sign-out", "")).await;
    assert_eq!(response.header("location"), "/");
    for (session, status) in [(&ada, "revoked"), (&max, "revoked"), (&elsewhere, "active")] {
        assert_eq!(status_at_clerk(&setup, session).await, status, "{session}");
    }
    // The last token of the session is no longer valid.
    let left = caller_with(|claims| (claims["sub"], claims["sid"]) = ("user_local_max".into(), max.as_str().into()));
    assert_ne!(setup.app.open(&left, "/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_left_running_ends_with_the_next_users_sign_out() {
    let setup = AppWithClerk::new().await;
    let (first, caller) = new_session(&setup, 0).await;
    setup.set_clerk_faults(json!({ "fail": 503 })).await;
    let unfinished = setup.app.send(caller.post("/sign-out", "")).await;
    let kept = cookie(&unfinished, MARK).split(';').next().unwrap().to_owned();
    setup.set_clerk_faults(json!({})).await;
    let (second, another) = new_session(&setup, 0).await;
    let cookies = format!("__session={}; __client_uat=1; {kept}", another.token());
    assert_eq!(sign_out_with(&setup.app, &cookies).await.header("location"), "/");
    for session in [first, second] {
        assert_eq!(status_at_clerk(&setup, &session).await, "revoked");
    }
}

#[tokio::test]
async fn several_sessions_left_running_end_with_the_next_attempt() {
    let setup = AppWithClerk::new().await;
    let [(first, ada), (second, max)] = [new_session(&setup, 0).await, new_session(&setup, 0).await];
    setup.set_clerk_faults(json!({ "fail": 503 })).await;
    let mut kept = unfinished_sign_out(&setup.app, &format!("__session={}; __client_uat=1", ada.token())).await;
    // The third sign-out has no token, and the fourth repeats one. Both keep the earlier tokens.
    for token in [max.token(), "garbage", ada.token()] {
        kept = unfinished_sign_out(&setup.app, &format!("__session={token}; __client_uat=1; {kept}")).await;
    }
    assert_eq!((kept.matches(ada.token()).count(), kept.matches(max.token()).count()), (1, 1), "{kept}");
    setup.set_clerk_faults(json!({})).await;
    let done = sign_out_with(&setup.app, &format!("__clerk_db_jwt=dvb_test; {kept}")).await;
    assert_eq!(done.header("location"), "/");
    for session in [first, second] {
        assert_eq!(status_at_clerk(&setup, &session).await, "revoked");
    }
}

#[tokio::test]
async fn a_session_unknown_to_clerk_counts_as_ended() {
    let setup = AppWithClerk::new().await;
    let response = setup.app.send(session_holder("sess_unknown", 300).post("/sign-out", "")).await;
    assert_eq!(response.header("location"), "/");
}

#[tokio::test]
async fn without_keys_the_token_is_kept_for_the_next_attempt() {
    let app = TestApp::with(&[("CLERK_JWT_KEY", "")]).await;
    let caller = session_holder("sess_ada", 300);
    let response = app.send(caller.post("/sign-out", "")).await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, UNFINISHED));
    assert!(cookie(&response, MARK).contains(caller.token()));
    assert!(cookie(&response, "__session=").contains("Max-Age=0"));
}

#[tokio::test]
async fn sign_out_clears_clerks_cookies_for_the_host_and_every_domain() {
    let app =
        TestApp::with(&[("PUBLIC_ORIGIN", "https://admin.example.com"), ("CLERK_API_URL", "http://127.0.0.1:9")]).await;
    let request = Request::post("/sign-out").header(header::ORIGIN, "https://admin.example.com");
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    let suffix = app.state.clerk.publishable_key.cookie_suffix();
    for name in ["__client_uat".to_owned(), format!("__client_uat_{suffix}")] {
        for domain in ["", "; Domain=admin.example.com", "; Domain=example.com"] {
            let cookie = format!("{name}=; Path=/{domain}; Max-Age=0; SameSite=Lax; Secure");
            assert!(cookies(&response).contains(&cookie.as_str()), "{cookie}: {:?}", cookies(&response));
        }
    }
    for begin in ["__session=;".to_owned(), format!("__session_{suffix}=;"), format!("__refresh_{suffix}=;")] {
        assert!(cookie(&response, &begin).contains("; Path=/; Max-Age=0"));
    }
    assert!(
        cookies(&response).iter().all(|cookie| cookie.contains("=; ") && cookie.contains("Max-Age=0")),
        "{:?}",
        cookies(&response)
    );
}

#[tokio::test]
async fn a_handshake_replayed_after_sign_out_signs_nobody_in() {
    let setup = AppWithClerk::new().await;
    let (session, caller) = new_session(&setup, 0).await;
    let handshake = |caller: &Caller| {
        let directives = [
            format!("__session={}; Path=/; SameSite=Lax", caller.token()),
            "__client_uat=1; Path=/".to_owned(),
            "__clerk_handshake=; Path=/; Max-Age=0".to_owned(),
        ];
        let carrier = Caller::with_claims(&json!({ "handshake": directives }));
        format!("/admin?page=2&__clerk_handshake={}", carrier.token())
    };
    let before = setup.app.open(&Caller::anonymous(), &handshake(&caller)).await;
    assert_eq!(cookies(&before).len(), 3);
    setup.app.send(caller.post("/sign-out", "")).await;
    // The URL stays in the browser's history. In development, a handshake may bring a token that is
    // up to a day old.
    for later_s in [0, 3600, 20 * 3600] {
        setup.advance_clock(later_s);
        let response = setup.app.open(&Caller::anonymous(), &handshake(&session_holder(&session, 0))).await;
        assert_eq!(response.status, StatusCode::TEMPORARY_REDIRECT, "{later_s}");
        assert_eq!(response.header("location"), "http://localhost:3000/admin?page=2");
        assert_eq!(cookies(&response), ["__clerk_handshake=; Path=/; Max-Age=0"], "{later_s}");
    }
}
