//! The whole application with its limits at Upstash: a call, readiness, and `server check`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use gatehouse::config::Config;
use gatehouse::random::Token;
use http::{Request, StatusCode};
use local_upstash::{Canned, Faults, LocalUpstash};
use serde_json::{Value, json};
use server::check;
use std::path::Path;
use support::{Caller, TestApp};
use tower::ServiceExt;

const TOKEN: &str = "AX_opensesame";
const RENAME: &str = "rename_organization";

/// Variables for a server with its limits there, under a prefix of its own.
fn variables(url: &str, token: &str) -> [(&'static str, String); 3] {
    [
        ("UPSTASH_REDIS_REST_URL", url.to_owned()),
        ("UPSTASH_REDIS_REST_TOKEN", token.to_owned()),
        ("RATE_LIMIT_PREFIX", Token::random().as_str().to_owned()),
    ]
}

async fn app(upstash: &LocalUpstash) -> TestApp {
    let variables = variables(&upstash.url(), TOKEN);
    TestApp::with(&variables.each_ref().map(|(name, value)| (*name, value.as_str()))).await
}

async fn limiter_is(app: &TestApp) -> (StatusCode, Value) {
    let response = app.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    assert!(!response.body.contains("UPSTASH"), "{}", response.body);
    (response.status, response.json()["limiter"].clone())
}

#[tokio::test]
async fn the_sixth_call_is_refused_and_each_costs_one_request() {
    let Some(upstash) = support::start_upstash(TOKEN).await else { return };
    let app = app(&upstash).await;
    app.skip_to_fresh_window();
    for left in (0..5).rev() {
        let response = app.call(&Caller::admin(), RENAME, "name=Engines").await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.body);
        assert!(response.header("ratelimit").contains(&format!("r={left};")), "{}", response.header("ratelimit"));
    }
    let asked = upstash.take_requests();
    // The first call may load the script into Redis.
    assert_eq!(asked.iter().filter(|name| *name == "EVALSHA").count(), 5, "{asked:?}");
    let refused = app.call(&Caller::admin(), RENAME, "name=Engines").await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
}

#[tokio::test]
async fn an_upstash_outage_answers_503_and_shows_in_readiness() {
    let Some(upstash) = support::start_upstash(TOKEN).await else { return };
    for response in [Canned::QUOTA, Canned::FAILURE, Canned::PAGE] {
        // Readiness is remembered, so each outage gets an application that has not asked yet.
        let app = app(&upstash).await;
        upstash.set_faults(Faults { answer: Some(response), ..Faults::default() });
        let refused = app.call(&Caller::admin(), RENAME, "name=Engines").await;
        assert_eq!(
            (refused.status, refused.json()),
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" }))
        );
        assert!(!refused.header("retry-after").is_empty() && refused.header("ratelimit").is_empty());
        assert_eq!(limiter_is(&app).await, (StatusCode::SERVICE_UNAVAILABLE, json!("down")));
    }
    upstash.set_faults(Faults::default());
    let app = app(&upstash).await;
    assert_eq!(app.call(&Caller::admin(), RENAME, "name=Engines").await.status, StatusCode::OK);
    assert_eq!(limiter_is(&app).await, (StatusCode::OK, json!("ready")));
}

#[tokio::test]
async fn a_flood_of_readyz_costs_one_request_at_upstash() {
    let Some(upstash) = support::start_upstash(TOKEN).await else { return };
    let app = app(&upstash).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let router = app.router.clone();
        calls.spawn(async move { router.oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await });
    }
    assert!(calls.join_all().await.into_iter().all(|response| response.unwrap().status() == StatusCode::OK));
    assert_eq!(upstash.take_requests(), ["PING"]);
}

/// The finding of `server check` about the limits.
async fn found(url: &str, token: &str) -> (String, String) {
    let variables = variables(url, token);
    let find = |name: &str| variables.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone());
    let report = check::run(Config::read(&find, true), Path::new("/nowhere")).await.json();
    let report: Value = serde_json::from_str(&report).unwrap();
    let found = report["findings"].as_array().unwrap().iter().find(|found| found["subject"] == "rate limits").unwrap();
    (found["outcome"].as_str().unwrap().to_owned(), found["text"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn check_calls_upstash_and_names_the_problem() {
    let Some(upstash) = support::start_upstash(TOKEN).await else { return };
    assert_eq!(found(&upstash.url(), TOKEN).await, ("ok".to_owned(), "Upstash answers".to_owned()));
    let (outcome, text) = found(&upstash.url(), "hunter2").await;
    assert!(outcome == "failure" && text.contains("UPSTASH_REDIS_REST_TOKEN"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let (outcome, text) = found("http://127.0.0.1:9", TOKEN).await;
    assert!(outcome == "failure" && text.contains("UPSTASH_REDIS_REST_URL") && text.contains("reached"), "{text}");
    upstash.set_faults(Faults { answer: Some(Canned::QUOTA), ..Faults::default() });
    let (outcome, text) = found(&upstash.url(), TOKEN).await;
    assert!(outcome == "failure" && text.contains("quota") && text.contains("reset: 30"), "{text}");
}
