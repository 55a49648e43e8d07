//! The cases, their requests and their targets.
//!
//! A target is a share of the speed of the empty handler. This driver gets 200,000 answers per
//! second from it on one core of the machine for which the targets were set.

use crate::arguments::Run;
use crate::caller::Caller;
use crate::growth::audit_id;
use crate::requests::{self, Many};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::error::Error;

/// Requests of a round that each need something of their own: a user with a budget, or an id.
const DISTINCT: usize = 8000;

/// Renames that the rate limit allows a user in a minute.
const BUDGET: usize = 5;

/// The speed of the empty handler on the machine of the targets, in requests per second.
const EMPTY_HANDLER: f64 = 200_000.0;

pub(crate) type Requests = Result<Many, Box<dyn Error>>;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The requests of the round with this number.
    pub(crate) requests: fn(&Run, usize) -> Requests,
    /// The status of every answer.
    pub(crate) status: u16,
    /// The share of the speed of the empty handler that the case must reach.
    pub(crate) target: Option<f64>,
}

impl Case {
    fn page(name: &'static str, requests: fn(&Run, usize) -> Requests, per_second: f64) -> Self {
        Self { name, requests, status: 200, target: Some(per_second / EMPTY_HANDLER) }
    }

    fn list(name: &'static str, requests: fn(&Run, usize) -> Requests) -> Self {
        Self { name, requests, status: 200, target: None }
    }
}

pub(crate) fn empty_handler() -> Case {
    Case::list("empty handler", |_, _| Ok(Many::same(requests::get("/", None))))
}

pub(crate) fn all() -> Vec<Case> {
    let page = Case::page;
    vec![
        page("/healthz", |_, _| Ok(Many::same(requests::get("/healthz", None))), 50_000.0),
        page("static file", |_, _| Ok(Many::same(requests::get("/favicon.svg", None))), 30_000.0),
        page("/", |_, _| Ok(Many::same(requests::get("/", Some(&Caller::anonymous())))), 30_000.0),
        page("/admin", |_, _| signed_in("/admin"), 5_000.0),
        page("/admin/members", |_, _| signed_in("/admin/members"), 3_000.0),
        page("/admin/members, search", |_, _| signed_in("/admin/members?query=example"), 3_000.0),
        page("/admin/audit", |_, _| signed_in("/admin/audit"), 4_000.0),
        page("read operation", |_, _| operation(&Caller::admin(), "show_dashboard", ""), 16_000.0),
        page("rename, stored", renames, 16_000.0),
        Case {
            status: 429,
            ..page(
                "rename, over the limit",
                |_, _| operation(&Caller::admin(), "rename_organization", "name=Limited"),
                25_000.0,
            )
        },
        Case {
            status: 401,
            ..page(
                "rename, anonymous",
                |_, _| operation(&Caller::anonymous(), "rename_organization", "name=Nobody"),
                40_000.0,
            )
        },
        page("webhook, new id", webhooks, 10_000.0),
    ]
}

/// Pages whose speed must not depend on the number of rows.
pub(crate) fn lists() -> Vec<Case> {
    let list = Case::list;
    vec![
        list("/admin", |_, _| signed_in("/admin")),
        list("/admin/members", |_, _| signed_in("/admin/members")),
        list("/admin/members, from 3/4 on", |run, _| {
            signed_in(&format!("/admin/members?page={}", after(&format!("orgmem_{}", run.members * 3 / 4))))
        }),
        list("/admin/members, newest first", |_, _| signed_in("/admin/members?sort=newest")),
        list("search, the last tenth, newest first: z", |_, _| signed_in("/admin/members?query=z&sort=newest")),
        list("search, a word of all members, newest first", |_, _| {
            signed_in("/admin/members?query=example&sort=newest")
        }),
        list("/admin/members, by role", |_, _| signed_in("/admin/members?sort=role")),
        list("search, the last tenth, by role: z", |_, _| signed_in("/admin/members?query=z&sort=role")),
        list("search, a word of all members, by role", |_, _| signed_in("/admin/members?query=example&sort=role")),
        list("search, no member", |_, _| signed_in("/admin/members?query=qqq")),
        list("search, one member", |run, _| {
            signed_in(&format!("/admin/members?query=person{}@example.com", run.members.saturating_sub(1)))
        }),
        list("search, a word of all members", |_, _| signed_in("/admin/members?query=example")),
        list("search, the last tenth: z", |_, _| signed_in("/admin/members?query=z")),
        list("search, two frequent letters: z e", |_, _| signed_in("/admin/members?query=z+e")),
        list("search, two tenths without a member: ada zoe", |_, _| signed_in("/admin/members?query=ada+zoe")),
        list("/admin/audit", |_, _| signed_in("/admin/audit")),
        list("/admin/audit, from 3/4 on", |run, _| {
            signed_in(&format!("/admin/audit?page={}", after(&audit_id(run.audit / 4 + 1))))
        }),
        list("/admin/audit, old page number 30000", |_, _| signed_in("/admin/audit?page=30000")),
        list("/admin/audit, one operation", |_, _| signed_in("/admin/audit?operation=rename*")),
        list("/admin/audit, a result that no entry has", |_, _| signed_in("/admin/audit?outcome=forbidden")),
        list("/admin/sessions", |_, _| signed_in("/admin/sessions")),
        list("/admin/members/user_7", |_, _| signed_in("/admin/members/user_7")),
    ]
}

/// The place in a URL after the row with this id (`src/store/page.rs`).
fn after(id: &str) -> String {
    format!("a{}", URL_SAFE_NO_PAD.encode(id))
}

fn signed_in(path: &str) -> Requests {
    Ok(Many::same(requests::get(path, Some(&Caller::admin()))))
}

fn operation(caller: &Caller, name: &str, body: &str) -> Requests {
    Ok(Many::same(requests::operation(caller, name, body)))
}

/// Users of their own for each round, because a window of the rate limit is longer than a round.
fn renames(_: &Run, round: usize) -> Requests {
    let users = DISTINCT / BUDGET;
    let callers: Vec<_> = (0..users).map(|number| requests::administrator(round * users + number)).collect();
    let rename = |number: usize| {
        let caller = callers.get(number % users).cloned().unwrap_or_else(Caller::anonymous);
        requests::operation(&caller, "rename_organization", &format!("name=Engines+{number}"))
    };
    Ok(Many::once((0..DISTINCT).map(rename).collect()))
}

fn webhooks(_: &Run, round: usize) -> Requests {
    let events = (0..DISTINCT).map(|number| {
        let id = format!("msg_bench_{round}_{number}");
        requests::webhook(&id, &requests::session_event(&format!("sess_bench_{round}_{number}"), "user_ada"))
    });
    Ok(Many::once(events.collect::<Result<_, _>>()?))
}

/// Administrators who open every page of the application in turn. Their tokens are new ones, as
/// those of browsers after a minute.
pub(crate) fn visits(round: usize) -> Many {
    const ADMINISTRATORS: usize = 300;
    let pages = ["/", "/admin", "/admin/members", "/admin/audit"];
    let visit = |number: usize| {
        let caller = requests::administrator(round * ADMINISTRATORS + number);
        pages.map(|page| requests::get(page, Some(&caller)))
    };
    Many { requests: (0..ADMINISTRATORS).flat_map(visit).collect(), repeats: true }
}
