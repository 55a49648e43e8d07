//! The cases, their requests and their targets.
//!
//! A target is a share of the speed of the empty handler. This driver gets 200,000 answers per
//! second from it on one core of the machine for which the targets were set.

use crate::caller::Caller;
use crate::requests::{self, Many};
use std::error::Error;

/// Requests of a round that each need something of their own: a user with a budget, or an id.
const DISTINCT: usize = 8000;

/// Renames that the rate limit allows a user in a minute.
const BUDGET: usize = 5;

/// The speed of the empty handler on the machine of the targets, in requests per second.
const EMPTY_HANDLER: f64 = 200_000.0;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The requests of the round with this number.
    pub(crate) requests: fn(usize) -> Result<Many, Box<dyn Error>>,
    /// The status of every answer.
    pub(crate) status: u16,
    /// The share of the speed of the empty handler that the case must reach.
    pub(crate) target: Option<f64>,
}

#[expect(clippy::unnecessary_wraps, reason = "a case without a target has the same constructor")]
fn per_second(target: f64) -> Option<f64> {
    Some(target / EMPTY_HANDLER)
}

pub(crate) fn empty_handler() -> Case {
    Case { name: "empty handler", requests: |_| Ok(Many::same(requests::get("/", None))), status: 200, target: None }
}

pub(crate) fn all() -> Vec<Case> {
    let page = |name, requests, target| Case { name, requests, status: 200, target: per_second(target) };
    vec![
        page("/healthz", |_| Ok(Many::same(requests::get("/healthz", None))), 50_000.0),
        page("static file", |_| Ok(Many::same(requests::get("/favicon.svg", None))), 30_000.0),
        page("/", |_| Ok(Many::same(requests::get("/", Some(&Caller::anonymous())))), 30_000.0),
        page("/admin", |_| signed_in("/admin"), 5_000.0),
        page("/admin/members", |_| signed_in("/admin/members"), 3_000.0),
        page("/admin/members, search", |_| signed_in("/admin/members?query=Person+1"), 3_000.0),
        page("/admin/audit", |_| signed_in("/admin/audit"), 4_000.0),
        page("read operation", |_| operation(&Caller::admin(), "show_dashboard", ""), 16_000.0),
        page("rename, stored", renames, 16_000.0),
        Case {
            name: "rename, over the limit",
            requests: |_| operation(&Caller::admin(), "rename_organization", "name=Limited"),
            status: 429,
            target: per_second(25_000.0),
        },
        Case {
            name: "rename, anonymous",
            requests: |_| operation(&Caller::anonymous(), "rename_organization", "name=Nobody"),
            status: 401,
            target: per_second(40_000.0),
        },
        page("webhook, new id", webhooks, 10_000.0),
    ]
}

fn signed_in(path: &str) -> Result<Many, Box<dyn Error>> {
    Ok(Many::same(requests::get(path, Some(&Caller::admin()))))
}

fn operation(caller: &Caller, name: &str, body: &str) -> Result<Many, Box<dyn Error>> {
    Ok(Many::same(requests::operation(caller, name, body)))
}

/// Users of their own for each round, because a window of the rate limit is longer than a round.
fn renames(round: usize) -> Result<Many, Box<dyn Error>> {
    let users = DISTINCT / BUDGET;
    let callers: Vec<_> = (0..users).map(|number| requests::administrator(round * users + number)).collect();
    let rename = |number: usize| {
        let caller = callers.get(number % users).cloned().unwrap_or_else(Caller::anonymous);
        requests::operation(&caller, "rename_organization", &format!("name=Engines+{number}"))
    };
    Ok(Many::once((0..DISTINCT).map(rename).collect()))
}

fn webhooks(round: usize) -> Result<Many, Box<dyn Error>> {
    let events = (0..DISTINCT).map(|number| {
        let id = format!("msg_bench_{round}_{number}");
        requests::webhook(&id, &requests::session_event(&format!("sess_{round}_{number}")))
    });
    Ok(Many::once(events.collect::<Result<_, _>>()?))
}
