//! What the application does while the store of rate limits is away: each limit as it declares.

mod support;

use axum::body::Body;
use domain::operation::{Declaration, OPERATIONS, OnOutage, RateLimit};
use http::{Request, StatusCode, header};
use std::sync::Arc;
use support::{Answer, Person, Town};
use tokio::task::JoinSet;

/// Every field that an operation has.
const BODY: &str = "name=Engines&user_id=user_x&role=org:member&session_id=sess_x&email_address=x@example.com\
    &invitation_id=orginv_x&page=0&query=";

/// Nobody listens there.
async fn town_without_its_store() -> Town {
    let town = Town::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await;
    town.early_in_the_minute();
    town
}

/// The answers to one call more than the limit, all of them on their way together: some wait for Clerk.
async fn one_too_many(town: &Arc<Town>, door: &'static Declaration, limit: RateLimit) -> Vec<Answer> {
    let mut calls = JoinSet::new();
    for _ in 0..=limit.requests {
        let town = Arc::clone(town);
        calls.spawn(async move { town.call(&Person::admin(), door.name, BODY).await });
    }
    calls.join_all().await
}

#[tokio::test]
async fn every_limit_does_what_it_declares_while_its_store_is_away() {
    let town = Arc::new(town_without_its_store().await);
    for door in OPERATIONS {
        let Some(limit) = door.rate_limit else { continue };
        let answers = one_too_many(&town, door, limit).await;
        let budgets = answers.iter().filter(|answer| !answer.header("ratelimit").is_empty()).count();
        let (refused, others): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS);
        match limit.on_outage {
            OnOutage::Refuse => {
                for answer in &answers {
                    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", door.name);
                    assert_eq!(answer.json()["error"], "unavailable", "{}", door.name);
                    assert!(!answer.header("retry-after").is_empty(), "{}", door.name);
                }
                assert_eq!(budgets, 0, "{}", door.name);
            }
            OnOutage::Allow => assert_eq!((budgets, refused.len()), (0, 0), "{}", door.name),
            OnOutage::Local => {
                assert_eq!((budgets, refused.len()), (others.len() + 1, 1), "{}", door.name);
                let last = refused[0];
                assert_eq!(last.header("retry-after"), last.json()["retry_after"].to_string(), "{}", door.name);
            }
        }
    }
}

#[tokio::test]
async fn reports_and_the_way_to_sign_in_keep_their_limits_without_the_store() {
    let town = town_without_its_store().await;
    let report = || Request::post("/reports").header(header::CONTENT_TYPE, "application/reports+json");
    for _ in 0..60 {
        assert_eq!(town.send(report().body(Body::from("[]")).unwrap()).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(town.send(report().body(Body::from("[]")).unwrap()).await.status, StatusCode::TOO_MANY_REQUESTS);
    let ask = || Request::get("/__clerk/v1/environment").body(Body::empty()).unwrap();
    for _ in 0..600 {
        assert_ne!(town.send(ask()).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = town.send(ask()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}
