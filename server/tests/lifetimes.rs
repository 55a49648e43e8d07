//! How long sessions live, beside what Clerk says: the clock is turned, and every request brings a fresh token.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;
use support::place::Place;
use support::{Answer, Person, Town, WEBHOOK_SECRET, changed, deliver, postgres_schema};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Somebody whose token is of this moment of a town's clock.
fn at(town: &Town, change: impl FnOnce(&mut Value)) -> Person {
    changed(|claims| {
        let now = town.app.clock.now_ms() / 1000;
        (claims["iat"], claims["nbf"], claims["exp"]) = (now.into(), (now - 10).into(), (now + 60).into());
        change(claims);
    })
}

fn holder(town: &Town, session: &str) -> Person {
    at(town, |claims| claims["sid"] = session.into())
}

async fn call(town: &Town, session: &str) -> (u16, String) {
    told(&town.call(&holder(town, session), "show_dashboard", "").await)
}

/// Status and reason of an answer.
fn told(answer: &Answer) -> (u16, String) {
    let reason = if answer.status == StatusCode::OK { String::new() } else { reason(answer) };
    (answer.status.as_u16(), reason)
}

fn reason(answer: &Answer) -> String {
    let json = answer.json();
    assert!(answer.status != StatusCode::UNAUTHORIZED || json["error"] == "unauthenticated", "{json}");
    json["reason"].as_str().unwrap_or_default().to_owned()
}

fn running() -> (u16, String) {
    (200, String::new())
}

fn ended(rule: &str) -> (u16, String) {
    (401, rule.to_owned())
}

/// What only keeps a tab alive, or is fetched before anybody wants it.
async fn without_activity(town: &Town, session: &str) {
    let renewal =
        Request::post(format!("/__clerk/v1/client/sessions/{session}/tokens")).header("host", "localhost:3000");
    let renewal = holder(town, session).on(renewal).header(header::ORIGIN, support::ORIGIN);
    town.send(renewal.body(Body::empty()).unwrap()).await;
    for (name, value) in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        let ahead = holder(town, session).on(Request::get("/admin")).header(header::ACCEPT, "text/html");
        let ahead = ahead.header("sec-fetch-dest", "document").header(name, value);
        town.send(ahead.body(Body::empty()).unwrap()).await;
    }
    let script = holder(town, session).on(Request::get("/admin")).header("sec-fetch-dest", "empty");
    town.send(script.body(Body::empty()).unwrap()).await;
}

#[tokio::test]
async fn a_session_lives_for_seven_days_where_nothing_else_is_said() {
    let town = Town::new().await;
    assert_eq!(call(&town, "sess_week").await, running());
    town.forward(7 * DAY - HOUR);
    assert_eq!(call(&town, "sess_week").await, running());
    assert_eq!(call(&town, "sess_later").await, running());
    town.forward(HOUR + MINUTE);
    assert_eq!(call(&town, "sess_week").await, ended("session_too_old"));
    assert_eq!(call(&town, "sess_week").await, ended("session_too_old"), "for good");
    assert_eq!(call(&town, "sess_later").await, running());
}

#[tokio::test]
async fn the_longest_age_is_a_setting_and_may_be_off() {
    for (setting, last_s) in [("12h", 12 * HOUR), ("off", 400 * DAY)] {
        let town = Town::with(&[("SESSION_MAX_AGE", setting)]).await;
        assert_eq!(call(&town, "sess_a").await, running());
        town.forward(last_s - 5);
        assert_eq!(call(&town, "sess_a").await, running(), "{setting}");
        town.forward(10);
        let expected = if setting == "off" { running() } else { ended("session_too_old") };
        assert_eq!(call(&town, "sess_a").await, expected, "{setting}");
    }
}

#[tokio::test]
async fn the_age_counts_from_the_time_that_clerk_tells() {
    let town = Town::new().await;
    let created_ms = town.app.clock.now_ms() - 6 * DAY * 1000;
    for (id, created_at) in [("sess_old", created_ms), ("sess_seconds", created_ms / 1000), ("sess_zero", 0)] {
        let data = json!({ "id": id, "user_id": "user_ada", "status": "active", "created_at": created_at, "updated_at": created_ms });
        let event = json!({ "type": "session.created", "object": "event", "timestamp": created_ms, "data": data });
        let taken = deliver(&town, &format!("created_{id}"), &event.to_string(), WEBHOOK_SECRET).await;
        assert_eq!(taken.status, StatusCode::OK);
        assert_eq!(call(&town, id).await, running(), "{id}");
    }
    town.forward(DAY + MINUTE);
    assert_eq!(call(&town, "sess_old").await, ended("session_too_old"));
    for unit in ["sess_seconds", "sess_zero"] {
        assert_eq!(call(&town, unit).await, running(), "{unit}");
    }
}

#[tokio::test]
async fn a_tab_that_only_renews_its_token_is_idle() {
    let town = Town::with(&[("SESSION_IDLE_TIMEOUT", "30m")]).await;
    for session in ["sess_tab", "sess_page", "sess_call"] {
        assert_eq!(call(&town, session).await, running());
    }
    for _ in 0..3 {
        town.forward(10 * MINUTE - 5);
        without_activity(&town, "sess_tab").await;
        let page = town.open(&holder(&town, "sess_page"), "/admin").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(call(&town, "sess_call").await, running());
    }
    town.forward(20);
    assert_eq!(call(&town, "sess_tab").await, ended("session_idle"));
    for session in ["sess_page", "sess_call"] {
        assert_eq!(call(&town, session).await, running(), "{session}");
    }
    town.forward(30 * MINUTE + 1);
    assert_eq!(call(&town, "sess_page").await, ended("session_idle"));
}

#[tokio::test]
async fn of_two_browsers_the_newest_stays() {
    let town = Town::with(&[("SESSION_SINGLE", "on")]).await;
    assert_eq!(call(&town, "sess_office").await, running());
    town.forward(1);
    let somebody_else = at(&town, |claims| (claims["sub"], claims["sid"]) = ("user_max".into(), "sess_max".into()));
    let support = at(&town, |claims| {
        (claims["sid"], claims["act"]) = ("sess_support".into(), json!({ "sub": "user_support" }));
    });
    let pending = at(&town, |claims| (claims["sid"], claims["sts"]) = ("sess_pending".into(), "pending".into()));
    for (other, status) in [(somebody_else, 200), (support, 200), (pending, 401)] {
        assert_eq!(told(&town.call(&other, "show_dashboard", "").await), (status, String::new()));
        assert_eq!(call(&town, "sess_office").await, running(), "no other session of theirs");
    }
    town.forward(1);
    assert_eq!(call(&town, "sess_home").await, running());
    for _ in 0..2 {
        assert_eq!(call(&town, "sess_office").await, ended("session_replaced"));
        assert_eq!(call(&town, "sess_home").await, running());
    }
}

#[tokio::test]
async fn sessions_that_were_there_before_the_setting_are_settled_by_their_age() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("settled.db").display());
    let before = Town::with(&[("DATABASE_URL", &database)]).await;
    assert_eq!(call(&before, "sess_office").await, running());
    before.forward(MINUTE);
    assert_eq!(call(&before, "sess_home").await, running());
    assert_eq!(call(&before, "sess_office").await, running());
    let after = Town::with(&[("DATABASE_URL", &database), ("SESSION_SINGLE", "on")]).await;
    after.forward(2 * MINUTE);
    assert_eq!(call(&after, "sess_office").await, ended("session_replaced"));
    assert_eq!(call(&after, "sess_home").await, running());
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_nobody_and_lengthens_nothing() {
    let town = Town::with(&[("SESSION_IDLE_TIMEOUT", "2d"), ("SESSION_MAX_AGE", "7d")]).await;
    assert_eq!(call(&town, "sess_a").await, running());
    for _ in 0..5 {
        town.forward(DAY);
        assert_eq!(call(&town, "sess_a").await, running());
    }
    town.forward(-3 * DAY);
    assert_eq!(call(&town, "sess_a").await, running(), "five days old, and active a moment ago");
    town.forward(DAY);
    assert_eq!(call(&town, "sess_a").await, running());
    town.forward(DAY + MINUTE);
    assert_eq!(call(&town, "sess_a").await, ended("session_too_old"));
    assert_eq!(call(&town, "sess_b").await, running());
    town.forward(-30 * DAY);
    assert_eq!(call(&town, "sess_b").await, running(), "from before it was first seen");
}

#[tokio::test]
async fn a_restart_in_between_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("kept.db").display());
    let variables = [("DATABASE_URL", database.as_str()), ("SESSION_IDLE_TIMEOUT", "1h"), ("SESSION_MAX_AGE", "1d")];
    let mut town = Town::with(&variables).await;
    assert_eq!(call(&town, "sess_a").await, running());
    assert_eq!(call(&town, "sess_idle").await, running());
    let mut passed_s = 0;
    for _ in 0..24 {
        // The last activity is seconds old when the process ends.
        town.forward(HOUR - MINUTE);
        passed_s += HOUR - MINUTE;
        assert_eq!(call(&town, "sess_a").await, running(), "{passed_s}");
        town.app.gate.services().lifetimes.finish().await;
        town = Town::with(&variables).await;
        town.forward(passed_s);
    }
    assert_eq!(call(&town, "sess_idle").await, ended("session_idle"));
    town.forward(DAY - passed_s + 1);
    assert_eq!(call(&town, "sess_a").await, ended("session_too_old"));
    town.app.gate.services().lifetimes.finish().await;
    let again = Town::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "off")]).await;
    assert_eq!(call(&again, "sess_a").await, ended("session_too_old"), "what has ended stays so");
}

/// Two servers on one PostgreSQL, whose clocks are turned together.
struct Two {
    one: Town,
    other: Town,
}

impl Two {
    async fn with(variables: &[(&str, &str)]) -> Option<Self> {
        let database = postgres_schema().await?;
        let variables: Vec<_> = variables.iter().copied().chain([("DATABASE_URL", database.as_str())]).collect();
        Some(Self { one: Town::with(&variables).await, other: Town::with(&variables).await })
    }

    fn forward(&self, seconds: i64) {
        self.one.forward(seconds);
        self.other.forward(seconds);
    }
}

#[tokio::test]
async fn two_servers_know_one_age_and_one_last_activity() {
    let Some(two) = Two::with(&[("SESSION_IDLE_TIMEOUT", "30m"), ("SESSION_MAX_AGE", "1d")]).await else { return };
    assert_eq!(call(&two.one, "sess_a").await, running());
    assert_eq!(call(&two.other, "sess_a").await, running());
    for _ in 0..47 {
        // The first server alone is used; it writes at least once a minute.
        two.forward(29 * MINUTE);
        assert_eq!(call(&two.one, "sess_a").await, running());
        two.one.app.gate.services().lifetimes.finish().await;
    }
    two.forward(10 * MINUTE);
    assert_eq!(call(&two.other, "sess_a").await, running(), "idle here, but not there");
    assert_eq!(call(&two.other, "sess_new").await, running());
    two.forward(DAY - 47 * 29 * MINUTE - 10 * MINUTE);
    assert_eq!(call(&two.other, "sess_a").await, ended("session_too_old"), "first seen by the first server");
    assert_eq!(call(&two.one, "sess_a").await, ended("session_too_old"));
}

#[tokio::test]
async fn two_servers_keep_one_session_for_each_person() {
    let Some(two) = Two::with(&[("SESSION_SINGLE", "on")]).await else { return };
    assert_eq!(call(&two.one, "sess_office").await, running());
    two.forward(1);
    assert_eq!(call(&two.other, "sess_home").await, running());
    assert_eq!(call(&two.other, "sess_office").await, ended("session_replaced"));
    // The first server learns of it within seconds.
    let learnt = async {
        while call(&two.one, "sess_office").await == running() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), learnt).await.unwrap();
    assert_eq!(call(&two.one, "sess_office").await, ended("session_replaced"));
    assert_eq!(call(&two.one, "sess_home").await, running());
}

#[tokio::test]
async fn while_the_database_is_away_nobody_is_taken_for_signed_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("held.db").display());
    let town = Town::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "1d")]).await;
    for session in ["sess_known", "sess_old"] {
        assert_eq!(call(&town, session).await, running());
    }
    let pool = sqlx::AnyPool::connect(&database).await.unwrap();
    let held = pool.begin_with("begin immediate").await.unwrap();
    let unknown = town.call(&holder(&town, "sess_unknown"), "show_dashboard", "").await;
    assert_eq!((unknown.status, unknown.json()), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
    assert_eq!(unknown.header("retry-after"), "2");
    assert_eq!(call(&town, "sess_known").await, running());
    town.forward(DAY);
    assert_eq!(call(&town, "sess_old").await, ended("session_too_old"), "what is known needs no database");
    held.rollback().await.unwrap();
    assert_eq!(call(&town, "sess_unknown").await, running());
    town.app.gate.services().lifetimes.finish().await;
    let again = Town::with(&[("DATABASE_URL", &database), ("SESSION_MAX_AGE", "off")]).await;
    assert_eq!(call(&again, "sess_old").await, ended("session_too_old"), "stored when the database was back");
}

#[tokio::test]
async fn a_permission_may_ask_for_a_younger_session() {
    let town = Town::new().await;
    let users = async |person: Person| town.call(&person, "list_users", "page=0&query=").await;
    assert_eq!(call(&town, "sess_a").await, running());
    assert_eq!(call(&town, "sess_max").await, running());
    town.forward(12 * HOUR - MINUTE);
    // Clerk is not there in this town; whoever gets as far as asking it was let in.
    assert_eq!(users(holder(&town, "sess_a")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    town.forward(2 * MINUTE);
    let masks = support::masks_without(domain::permission::Permission::ManageUsers);
    let without = at(&town, |claims| (claims["sid"], claims["o"]["fpm"]) = ("sess_max".into(), masks.into()));
    assert_eq!(users(without).await.status, StatusCode::FORBIDDEN, "whoever does not hold it would gain nothing");
    assert_eq!(call(&town, "sess_max").await, running());
    assert_eq!(call(&town, "sess_a").await, running(), "it goes on for everything else");
    let refused = users(holder(&town, "sess_a")).await;
    assert_eq!(told(&refused), ended("session_too_old_for_permission"));
    assert_eq!(call(&town, "sess_a").await, ended("session_too_old_for_permission"));
    assert_eq!(users(holder(&town, "sess_new")).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_page_says_why_and_leads_back_to_what_was_wanted() {
    for still_has_it in [true, false] {
        let town = Town::with(&[("SESSION_MAX_AGE", "1d")]).await;
        call(&town, "sess_a").await;
        town.forward(DAY);
        let person = holder(&town, "sess_a");
        let page = town.open(&person, "/admin/members?page=2").await;
        let expected = "/sign-in?redirect_url=%2Fadmin%2Fmembers%3Fpage%3D2&signed_out=session_too_old";
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, expected));
        let person = if still_has_it { person } else { Person::nobody() };
        let sign_in = town.open(&person, expected).await;
        assert!(
            sign_in.body.contains("You were signed out because you had been signed in for as long"),
            "{}",
            sign_in.body
        );
        assert!(sign_in.body.contains("data-back=\"/admin/members?page=2\""), "{}", sign_in.body);
        // Only who still has the session has something to end.
        assert_eq!(sign_in.body.contains("data-ended"), still_has_it, "{}", sign_in.body);
        let made_up = town.open(&Person::nobody(), "/sign-in?signed_out=%3Cscript%3E").await;
        assert!(!made_up.body.contains("You were signed out"), "{}", made_up.body);
        let plain = town.send(post_of_a_browser(&holder(&town, "sess_a"))).await;
        assert_eq!(plain.status, StatusCode::SEE_OTHER);
        assert!(
            plain.header("location").starts_with("/sign-in?redirect_url=%2Fadmin%3Frefused%3D"),
            "{:?}",
            plain.headers
        );
        assert!(plain.header("location").ends_with("&signed_out=session_too_old"), "{:?}", plain.headers);
    }
}

fn post_of_a_browser(person: &Person) -> Request<Body> {
    let mut request = person.post("/api/rename_organization", "name=Kept");
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request
}

#[tokio::test]
async fn where_people_sign_in_elsewhere_a_page_of_ours_says_why() {
    let elsewhere = "https://accounts.example.com/sign-in";
    let town = Town::with(&[("CLERK_SIGN_IN_URL", elsewhere), ("SESSION_IDLE_TIMEOUT", "10m")]).await;
    call(&town, "sess_a").await;
    town.forward(11 * MINUTE);
    let page = town.open(&holder(&town, "sess_a"), "/admin/audit").await;
    let expected = "/sign-in?redirect_url=%2Fadmin%2Faudit&signed_out=session_idle";
    assert_eq!(page.header("location"), expected);
    let says = town.open(&holder(&town, "sess_a"), expected).await;
    assert_eq!(says.status, StatusCode::OK);
    assert!(says.body.contains("You were signed out because you had not done anything"), "{}", says.body);
    assert!(says.body.contains(elsewhere) && says.body.contains("%2Fadmin%2Faudit"), "{}", says.body);
}

#[tokio::test]
async fn the_session_ends_at_clerk_once_and_the_audit_log_names_the_rule() {
    let place = Place::new().await;
    let client = clerk::http_client::http_client(Duration::from_secs(5)).unwrap();
    let request = client.post(format!("{}/v1/sessions", place.clerk.api_url())).bearer_auth(place.clerk.secret_key());
    let session = request.json(&json!({ "user_id": "user_local_ada" })).send().await.unwrap();
    let session: Value = session.json().await.unwrap();
    let id = session["id"].as_str().unwrap();
    let town = &place.town;
    let old = || at(town, |claims| of_ada(claims, id));
    assert_eq!(told(&town.call(&old(), "show_dashboard", "").await), running());
    // Clerk's own clock stands, so that its own lifetime is not what ends the session.
    town.forward(7 * DAY + MINUTE);
    place.faults(json!({ "fail": 503 })).await;
    for _ in 0..5 {
        assert_eq!(told(&town.call(&old(), "show_dashboard", "").await), ended("session_too_old"));
    }
    assert_eq!(place.at_clerk(&format!("sessions/{id}")).await["status"], Value::Null, "Clerk is away");
    place.faults(json!({})).await;
    assert_eq!(place.at_clerk(&format!("sessions/{id}")).await["status"], "active");
    // The next try comes after a minute.
    town.forward(MINUTE + 1);
    let told_clerk = async {
        while place.at_clerk(&format!("sessions/{id}")).await["status"] != "revoked" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told_clerk).await.unwrap();
    let log = town.call(&at(town, |claims| of_ada(claims, "sess_new")), "list_audit", "page=0").await.json();
    let rows: Vec<_> = log["rows"].as_array().unwrap().iter().filter(|row| row["operation"] == "end_session").collect();
    assert_eq!(rows.len(), 1, "{log}");
    assert_eq!((&rows[0]["outcome"], &rows[0]["times"]), (&"session_too_old".into(), &1.into()));
}

fn of_ada(claims: &mut Value, session: &str) {
    (claims["sub"], claims["sid"], claims["o"]["id"]) =
        ("user_local_ada".into(), session.into(), local_clerk::OPERATORS.into());
}
