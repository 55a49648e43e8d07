//! The lifetimes that the application sets for sessions. The tests move the clock, and every
//! request has a fresh token.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;
use support::app_with_clerk::AppWithClerk;
use support::sessions::{
    DAY, HOUR, MINUTE, accepted, call_dashboard, caller_now, session_holder, signed_out, status_and_reason,
};
use support::{Caller, TestApp, WEBHOOK_SECRET, deliver_webhook};

/// Requests that do not count as activity: token renewals, prefetches and requests of scripts.
async fn send_requests_without_activity(app: &TestApp, session: &str) {
    let renewal =
        Request::post(format!("/__clerk/v1/client/sessions/{session}/tokens")).header("host", "localhost:3000");
    let renewal = session_holder(app, session).with_cookies(renewal).header(header::ORIGIN, support::ORIGIN);
    app.send(renewal.body(Body::empty()).unwrap()).await;
    for (name, value) in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        let ahead =
            session_holder(app, session).with_cookies(Request::get("/admin")).header(header::ACCEPT, "text/html");
        let ahead = ahead.header("sec-fetch-dest", "document").header(name, value);
        app.send(ahead.body(Body::empty()).unwrap()).await;
    }
    let script = session_holder(app, session).with_cookies(Request::get("/admin")).header("sec-fetch-dest", "empty");
    app.send(script.body(Body::empty()).unwrap()).await;
}

#[tokio::test]
async fn a_session_lasts_seven_days_by_default() {
    let app = TestApp::new().await;
    assert_eq!(call_dashboard(&app, "sess_week").await, accepted());
    app.advance_clock(7 * DAY - HOUR);
    assert_eq!(call_dashboard(&app, "sess_week").await, accepted());
    assert_eq!(call_dashboard(&app, "sess_later").await, accepted());
    app.advance_clock(HOUR + MINUTE);
    assert_eq!(call_dashboard(&app, "sess_week").await, signed_out("session_too_old"));
    assert_eq!(call_dashboard(&app, "sess_week").await, signed_out("session_too_old"), "for good");
    assert_eq!(call_dashboard(&app, "sess_later").await, accepted());
}

#[tokio::test]
async fn the_maximum_age_is_a_setting_and_can_be_off() {
    for (setting, last_s) in [("12h", 12 * HOUR), ("off", 400 * DAY)] {
        let app = TestApp::with(&[("SESSION_MAX_AGE", setting)]).await;
        assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
        app.advance_clock(last_s - 5);
        assert_eq!(call_dashboard(&app, "sess_a").await, accepted(), "{setting}");
        app.advance_clock(10);
        let expected = if setting == "off" { accepted() } else { signed_out("session_too_old") };
        assert_eq!(call_dashboard(&app, "sess_a").await, expected, "{setting}");
    }
}

#[tokio::test]
async fn the_age_counts_from_clerks_created_at() {
    let app = TestApp::new().await;
    let created_ms = app.state.clock.now_ms() - 6 * DAY * 1000;
    for (id, created_at) in [("sess_old", created_ms), ("sess_seconds", created_ms / 1000), ("sess_zero", 0)] {
        let data = json!({ "id": id, "user_id": "user_ada", "status": "active",
            "created_at": created_at, "updated_at": created_ms });
        let event = json!({ "type": "session.created", "object": "event", "timestamp": created_ms, "data": data });
        let taken = deliver_webhook(&app, &format!("created_{id}"), &event.to_string(), WEBHOOK_SECRET).await;
        assert_eq!(taken.status, StatusCode::OK);
        assert_eq!(call_dashboard(&app, id).await, accepted(), "{id}");
    }
    app.advance_clock(DAY + MINUTE);
    assert_eq!(call_dashboard(&app, "sess_old").await, signed_out("session_too_old"));
    for unit in ["sess_seconds", "sess_zero"] {
        assert_eq!(call_dashboard(&app, unit).await, accepted(), "{unit}");
    }
}

#[tokio::test]
async fn token_renewal_does_not_count_as_activity() {
    let app = TestApp::with(&[("SESSION_IDLE_TIMEOUT", "30m")]).await;
    for session in ["sess_tab", "sess_page", "sess_call"] {
        assert_eq!(call_dashboard(&app, session).await, accepted());
    }
    for _ in 0..3 {
        app.advance_clock(10 * MINUTE - 5);
        send_requests_without_activity(&app, "sess_tab").await;
        let page = app.open(&session_holder(&app, "sess_page"), "/admin").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(call_dashboard(&app, "sess_call").await, accepted());
    }
    app.advance_clock(20);
    assert_eq!(call_dashboard(&app, "sess_tab").await, signed_out("session_idle"));
    for session in ["sess_page", "sess_call"] {
        assert_eq!(call_dashboard(&app, session).await, accepted(), "{session}");
    }
    app.advance_clock(30 * MINUTE + 1);
    assert_eq!(call_dashboard(&app, "sess_page").await, signed_out("session_idle"));
}

#[tokio::test]
async fn with_single_sessions_the_newest_browser_stays() {
    let app = TestApp::with(&[("SESSION_SINGLE", "on")]).await;
    assert_eq!(call_dashboard(&app, "sess_office").await, accepted());
    app.advance_clock(1);
    let somebody_else =
        caller_now(&app, |claims| (claims["sub"], claims["sid"]) = ("user_max".into(), "sess_max".into()));
    let support = caller_now(&app, |claims| {
        (claims["sid"], claims["act"]) = ("sess_support".into(), json!({ "sub": "user_support" }));
    });
    let pending = caller_now(&app, |claims| (claims["sid"], claims["sts"]) = ("sess_pending".into(), "pending".into()));
    for (other, status) in [(somebody_else, 200), (support, 200), (pending, 401)] {
        assert_eq!(status_and_reason(&app.call(&other, "show_dashboard", "").await), (status, String::new()));
        assert_eq!(call_dashboard(&app, "sess_office").await, accepted(), "no other session of theirs");
    }
    app.advance_clock(1);
    assert_eq!(call_dashboard(&app, "sess_home").await, accepted());
    for _ in 0..2 {
        assert_eq!(call_dashboard(&app, "sess_office").await, signed_out("session_replaced"));
        assert_eq!(call_dashboard(&app, "sess_home").await, accepted());
    }
}

#[tokio::test]
async fn turning_single_sessions_on_keeps_the_newest_existing_session() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("settled.db").display());
    let before = TestApp::with(&[("DATABASE_URL", &database)]).await;
    assert_eq!(call_dashboard(&before, "sess_office").await, accepted());
    before.advance_clock(MINUTE);
    assert_eq!(call_dashboard(&before, "sess_home").await, accepted());
    assert_eq!(call_dashboard(&before, "sess_office").await, accepted());
    let after = TestApp::with(&[("DATABASE_URL", &database), ("SESSION_SINGLE", "on")]).await;
    after.advance_clock(2 * MINUTE);
    assert_eq!(call_dashboard(&after, "sess_office").await, signed_out("session_replaced"));
    assert_eq!(call_dashboard(&after, "sess_home").await, accepted());
}

#[tokio::test]
async fn a_clock_set_back_neither_ends_nor_extends_a_session() {
    let app = TestApp::with(&[("SESSION_IDLE_TIMEOUT", "2d"), ("SESSION_MAX_AGE", "7d")]).await;
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
    for _ in 0..5 {
        app.advance_clock(DAY);
        assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
    }
    app.advance_clock(-3 * DAY);
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted(), "five days old, and active a moment ago");
    app.advance_clock(DAY);
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
    app.advance_clock(DAY + MINUTE);
    assert_eq!(call_dashboard(&app, "sess_a").await, signed_out("session_too_old"));
    assert_eq!(call_dashboard(&app, "sess_b").await, accepted());
    app.advance_clock(-30 * DAY);
    assert_eq!(call_dashboard(&app, "sess_b").await, accepted(), "from before it was first seen");
}

#[tokio::test]
async fn session_lifetimes_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("kept.db").display());
    let variables = [("DATABASE_URL", database.as_str()), ("SESSION_IDLE_TIMEOUT", "1h"), ("SESSION_MAX_AGE", "1d")];
    let mut app = TestApp::with(&variables).await;
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
    assert_eq!(call_dashboard(&app, "sess_idle").await, accepted());
    let mut passed_s = 0;
    for _ in 0..24 {
        // The last activity is seconds old when the process ends.
        app.advance_clock(HOUR - MINUTE);
        passed_s += HOUR - MINUTE;
        assert_eq!(call_dashboard(&app, "sess_a").await, accepted(), "{passed_s}");
        app.state.gate.services().lifetimes.finish().await;
        app = TestApp::with(&variables).await;
        app.advance_clock(passed_s);
    }
    assert_eq!(call_dashboard(&app, "sess_idle").await, signed_out("session_idle"));
    app.advance_clock(DAY - passed_s + 1);
    assert_eq!(call_dashboard(&app, "sess_a").await, signed_out("session_too_old"));
    app.state.gate.services().lifetimes.finish().await;
    let again = TestApp::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "off")]).await;
    assert_eq!(call_dashboard(&again, "sess_a").await, signed_out("session_too_old"), "what has ended stays so");
}

#[tokio::test]
async fn a_database_outage_signs_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("held.db").display());
    let app = TestApp::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "1d")]).await;
    for session in ["sess_known", "sess_old"] {
        assert_eq!(call_dashboard(&app, session).await, accepted());
    }
    let pool = sqlx::AnyPool::connect(&database).await.unwrap();
    let held = pool.begin_with("begin immediate").await.unwrap();
    let unknown = app.call(&session_holder(&app, "sess_unknown"), "show_dashboard", "").await;
    assert_eq!((unknown.status, unknown.json()), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
    assert_eq!(unknown.header("retry-after"), "2");
    assert_eq!(call_dashboard(&app, "sess_known").await, accepted());
    app.advance_clock(DAY);
    assert_eq!(
        call_dashboard(&app, "sess_old").await,
        signed_out("session_too_old"),
        "what is known needs no database"
    );
    held.rollback().await.unwrap();
    assert_eq!(call_dashboard(&app, "sess_unknown").await, accepted());
    app.state.gate.services().lifetimes.finish().await;
    let again = TestApp::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "off")]).await;
    assert_eq!(
        call_dashboard(&again, "sess_old").await,
        signed_out("session_too_old"),
        "stored when the database was back"
    );
}

#[tokio::test]
async fn a_permission_can_require_a_younger_session() {
    let app = TestApp::new().await;
    let managed = async |caller: Caller| app.call(&caller, "show_security", "").await;
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted());
    assert_eq!(call_dashboard(&app, "sess_max").await, accepted());
    app.advance_clock(12 * HOUR - MINUTE);
    assert_eq!(managed(session_holder(&app, "sess_a")).await.status, StatusCode::OK);
    app.advance_clock(2 * MINUTE);
    let masks = support::permission_mask_without(domain::permission::Permission::ManageUsers);
    let without = caller_now(&app, |claims| (claims["sid"], claims["o"]["fpm"]) = ("sess_max".into(), masks.into()));
    assert_eq!(managed(without).await.status, StatusCode::FORBIDDEN, "whoever does not hold it would gain nothing");
    assert_eq!(call_dashboard(&app, "sess_max").await, accepted());
    assert_eq!(call_dashboard(&app, "sess_a").await, accepted(), "it goes on for everything else");
    let refused = managed(session_holder(&app, "sess_a")).await;
    assert_eq!(status_and_reason(&refused), signed_out("session_too_old_for_permission"));
    assert_eq!(call_dashboard(&app, "sess_a").await, signed_out("session_too_old_for_permission"));
    assert_eq!(managed(session_holder(&app, "sess_new")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_expired_session_is_ended_at_clerk_once_and_audited() {
    let setup = AppWithClerk::new().await;
    let client = clerk::http_client::http_client(Duration::from_secs(5)).unwrap();
    let request = client.post(format!("{}/v1/sessions", setup.clerk.api_url())).bearer_auth(setup.clerk.secret_key());
    let session = request.json(&json!({ "user_id": "user_local_ada" })).send().await.unwrap();
    let session: Value = session.json().await.unwrap();
    let id = session["id"].as_str().unwrap();
    let app = &setup.app;
    let old = || caller_now(app, |claims| set_ada(claims, id));
    assert_eq!(status_and_reason(&app.call(&old(), "show_dashboard", "").await), accepted());
    // Clerk's clock does not move, so Clerk's own lifetime does not end the session.
    app.advance_clock(7 * DAY + MINUTE);
    let refused_once = json!({ "fail": 503, "path": format!("/v1/sessions/{id}/revoke"), "fail_times": 1 });
    setup.set_clerk_faults(refused_once).await;
    for _ in 0..5 {
        assert_eq!(status_and_reason(&app.call(&old(), "show_dashboard", "").await), signed_out("session_too_old"));
    }
    let refused = async {
        while setup.clerk_faults().await["fail_times"] != 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), refused).await.expect("Clerk is told and refuses");
    assert_eq!(setup.fetch_from_clerk(&format!("sessions/{id}")).await["status"], "active");
    // The server tries again after a minute.
    app.advance_clock(MINUTE + 1);
    let told_clerk = async {
        while setup.fetch_from_clerk(&format!("sessions/{id}")).await["status"] != "revoked" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told_clerk).await.unwrap();
    let log = app.call(&caller_now(app, |claims| set_ada(claims, "sess_new")), "list_audit", "page=0").await.json();
    let rows: Vec<_> = log["rows"].as_array().unwrap().iter().filter(|row| row["operation"] == "end_session").collect();
    assert_eq!(rows.len(), 1, "{log}");
    assert_eq!((&rows[0]["outcome"], &rows[0]["times"]), (&"session_too_old".into(), &1.into()));
}

fn set_ada(claims: &mut Value, session: &str) {
    (claims["sub"], claims["sid"], claims["o"]["id"]) =
        ("user_local_ada".into(), session.into(), local_clerk::OPERATORS.into());
}
