//! The cost of a decision in each store, relative to a decision in this process. Run it by hand on
//! an idle machine:
//!
//! `cargo test --release -p gatehouse --test limit_upstash -- --ignored --nocapture`

use super::{DEADLINE, NOW_MS, call, redis_url};
use gatehouse::limit::{Limit, Limiter};
use gatehouse::random::Token;
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// The time of one decision in a sequence of decisions.
async fn of_one(limiter: &Limiter, decisions: u32) -> Duration {
    let who = Token::random();
    let started = Instant::now();
    for _ in 0..decisions {
        limiter.take(Limit::per_minute("cost", u64::from(u32::MAX)), call(who.as_str(), 1, NOW_MS)).await.unwrap();
    }
    started.elapsed() / decisions
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, and not a test"]
async fn the_cost_of_a_decision_in_each_store() {
    let Some(url) = redis_url() else { return };
    let upstash = super::stand_in(&url, 0).await;
    let stores = [
        ("in process", Limiter::in_process(1000), 100_000),
        ("Redis", Limiter::redis(&url.as_str().into(), DEADLINE).unwrap(), 2000),
        ("Upstash", super::limiter(&upstash.url()), 2000),
    ];
    let mut times = [const { Vec::new() }; 3];
    // The stores take turns, so other load affects all of them. The first round warms up.
    for round in 0..=ROUNDS {
        for ((_, limiter, decisions), times) in stores.iter().zip(&mut times) {
            let time = of_one(limiter, *decisions).await;
            if round > 0 {
                times.push(time);
            }
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    });
    for ((name, ..), median) in stores.iter().zip(medians) {
        println!("{name}: {median:?}, {:.0} times", median.as_secs_f64() / medians[0].as_secs_f64());
    }
}
