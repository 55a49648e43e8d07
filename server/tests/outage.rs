//! The application while the store of the rate limits is down: each limit behaves as declared.

mod support;

use axum::body::Body;
use domain::operation::{OnOutage, RateLimit};
use http::{Request, StatusCode, header};
use std::sync::Arc;
use support::inputs::{Input, inputs};
use support::{Caller, TestApp, TestResponse};
use tokio::task::JoinSet;

/// Nothing listens on this port.
async fn app_without_limiter() -> TestApp {
    let app = TestApp::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await;
    app.skip_to_fresh_window();
    app
}

/// Sends one call more than the limit allows, all at the same time, because some wait for Clerk.
async fn call_beyond_limit(app: &Arc<TestApp>, input: &Input, limit: RateLimit) -> Vec<TestResponse> {
    let mut calls = JoinSet::new();
    for _ in 0..=limit.requests {
        let (app, name, form) = (Arc::clone(app), input.declaration.name, input.valid_form());
        calls.spawn(async move { app.call(&Caller::admin(), name, &form).await });
    }
    calls.join_all().await
}

#[tokio::test]
async fn every_limit_follows_its_declaration_during_an_outage() {
    let app = Arc::new(app_without_limiter().await);
    for input in inputs() {
        let operation = input.declaration;
        let Some(limit) = operation.rate_limit else { continue };
        let responses = call_beyond_limit(&app, &input, limit).await;
        let budgets = responses.iter().filter(|response| !response.header("ratelimit").is_empty()).count();
        let (refused, others): (Vec<_>, Vec<_>) =
            responses.iter().partition(|response| response.status == StatusCode::TOO_MANY_REQUESTS);
        match limit.on_outage {
            OnOutage::Refuse => {
                for response in &responses {
                    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{}", operation.name);
                    assert_eq!(response.json()["error"], "unavailable", "{}", operation.name);
                    assert!(!response.header("retry-after").is_empty(), "{}", operation.name);
                }
                assert_eq!(budgets, 0, "{}", operation.name);
            }
            OnOutage::Allow => assert_eq!((budgets, refused.len()), (0, 0), "{}", operation.name),
            OnOutage::Local => {
                assert_eq!((budgets, refused.len()), (others.len() + 1, 1), "{}", operation.name);
                let last = refused[0];
                assert_eq!(last.header("retry-after"), last.json()["retry_after"].to_string(), "{}", operation.name);
            }
        }
    }
}

#[tokio::test]
async fn reports_and_sign_in_stay_limited_during_an_outage() {
    let app = app_without_limiter().await;
    let report = || Request::post("/reports").header(header::CONTENT_TYPE, "application/reports+json");
    for _ in 0..60 {
        assert_eq!(app.send(report().body(Body::from("[]")).unwrap()).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(app.send(report().body(Body::from("[]")).unwrap()).await.status, StatusCode::TOO_MANY_REQUESTS);
    let ask = || Request::get("/__clerk/v1/environment").body(Body::empty()).unwrap();
    for _ in 0..600 {
        assert_ne!(app.send(ask()).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = app.send(ask()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}
