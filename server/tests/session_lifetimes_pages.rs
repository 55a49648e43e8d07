//! The pages that explain why a session has ended, and lead back to the page that was asked for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use support::sessions::{DAY, MINUTE, call_dashboard, session_holder};
use support::{Caller, TestApp};

#[tokio::test]
async fn the_sign_in_page_explains_the_sign_out_and_returns_to_the_page() {
    for still_has_it in [true, false] {
        let app = TestApp::with(&[("SESSION_MAX_AGE", "1d")]).await;
        call_dashboard(&app, "sess_a").await;
        app.advance_clock(DAY);
        let caller = session_holder(&app, "sess_a");
        let page = app.open(&caller, "/admin/members?page=2").await;
        let expected = "/sign-in?redirect_url=%2Fadmin%2Fmembers%3Fpage%3D2&signed_out=session_too_old";
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, expected));
        let caller = if still_has_it { caller } else { Caller::anonymous() };
        let sign_in = app.open(&caller, expected).await;
        assert!(
            sign_in.body.contains("You were signed out because your session reached its maximum age"),
            "{}",
            sign_in.body
        );
        assert!(sign_in.body.contains("data-back=\"/admin/members?page=2\""), "{}", sign_in.body);
        // Only a browser with the session has something to end.
        assert_eq!(sign_in.body.contains("data-ended"), still_has_it, "{}", sign_in.body);
        let made_up = app.open(&Caller::anonymous(), "/sign-in?signed_out=%3Cscript%3E").await;
        assert!(!made_up.body.contains("You were signed out"), "{}", made_up.body);
        let plain = app.send(post_of_a_browser(&session_holder(&app, "sess_a"))).await;
        assert_eq!(plain.status, StatusCode::SEE_OTHER);
        assert!(
            plain.header("location").starts_with("/sign-in?redirect_url=%2Fadmin%3Frefused%3D"),
            "{:?}",
            plain.headers
        );
        assert!(plain.header("location").ends_with("&signed_out=session_too_old"), "{:?}", plain.headers);
    }
}

fn post_of_a_browser(caller: &Caller) -> Request<Body> {
    let mut request = caller.post("/api/rename_organization", "name=Kept");
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request
}

#[tokio::test]
async fn with_an_external_sign_in_page_our_page_explains_the_sign_out() {
    let elsewhere = "https://accounts.example.com/sign-in";
    let app = TestApp::with(&[("CLERK_SIGN_IN_URL", elsewhere), ("SESSION_IDLE_TIMEOUT", "10m")]).await;
    call_dashboard(&app, "sess_a").await;
    app.advance_clock(11 * MINUTE);
    let page = app.open(&session_holder(&app, "sess_a"), "/admin/audit").await;
    let expected = "/sign-in?redirect_url=%2Fadmin%2Faudit&signed_out=session_idle";
    assert_eq!(page.header("location"), expected);
    let says = app.open(&session_holder(&app, "sess_a"), expected).await;
    assert_eq!(says.status, StatusCode::OK);
    assert!(says.body.contains("You were signed out because you were inactive"), "{}", says.body);
    assert!(says.body.contains(elsewhere) && says.body.contains("%2Fadmin%2Faudit"), "{}", says.body);
}
