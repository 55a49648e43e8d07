//! Callers that call again and again, their answers, and the rows that the answers promise.

use crate::support::drill::print_figures;
use crate::support::{Caller, caller_with};
use futures_util::future::join_all;
use http::StatusCode;
use sqlx::AnyPool;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CALLERS: usize = 6;

/// The number of rows by the text of the call that made them.
pub(crate) type Rows = HashMap<String, i64>;

/// The calls of a drill and their answers, by a text that is different in each call. `None`: the
/// connection ended without an answer.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) statuses: BTreeMap<String, Option<StatusCode>>,
    /// The longest time that a call waited for its answer.
    slowest: Duration,
}

/// An administrator whom no rate limit has met.
pub(crate) fn new_caller(text: &str) -> Caller {
    caller_with(|claims| {
        claims["sub"] = format!("user_{text}").into();
        claims["sid"] = format!("sess_{text}").into();
        claims["o"]["id"] = local_clerk::OPERATORS.into();
    })
}

pub(crate) fn rename_form(text: &str) -> String {
    format!("name={text}")
}

/// The load of a drill while it runs.
#[derive(Default)]
pub(crate) struct Load {
    is_over: AtomicBool,
    kept: AtomicUsize,
}

impl Load {
    /// Waits until some more calls have succeeded, as they do before the fault and after it.
    pub(crate) async fn calm(&self) {
        let enough = self.kept.load(Ordering::Relaxed) + 2 * CALLERS;
        let reached = async {
            while self.kept.load(Ordering::Relaxed) < enough {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.expect("calls succeed without a fault");
    }
}

/// Calls again and again until the timeline ends.
pub(crate) async fn while_calling(
    call: impl AsyncFn(&str) -> Option<StatusCode>,
    timeline: impl AsyncFnOnce(&Load),
) -> Answers {
    let load = Load::default();
    let caller = async |caller: usize| {
        let (mut answers, mut slowest) = (Vec::new(), Duration::ZERO);
        while !load.is_over.load(Ordering::Relaxed) {
            let text = format!("n{caller}x{}", answers.len());
            let asked = Instant::now();
            let status = call(&text).await;
            slowest = slowest.max(asked.elapsed());
            load.kept.fetch_add(usize::from(status == Some(StatusCode::OK)), Ordering::Relaxed);
            if status.is_none() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            answers.push((text, status));
        }
        (answers, slowest)
    };
    let timeline = async {
        timeline(&load).await;
        load.is_over.store(true, Ordering::Relaxed);
    };
    let (answers, ()) = tokio::join!(join_all((0..CALLERS).map(caller)), timeline);
    let (answers, slowest): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let slowest = slowest.into_iter().max().unwrap_or_default();
    Answers { statuses: answers.into_iter().flatten().collect(), slowest }
}

/// Calls again and again, while the fault comes and goes.
pub(crate) async fn under_load(
    call: impl AsyncFn(&str) -> Option<StatusCode>,
    fault: impl Future<Output = ()>,
) -> Answers {
    while_calling(call, async |load| {
        load.calm().await;
        fault.await;
        load.calm().await;
    })
    .await
}

impl Answers {
    /// Prints the figures, and asserts that nothing is lost, twice or wrong. A refusal is one of
    /// the allowed statuses. A call without an answer may have made its change or not.
    pub(crate) fn judge(&self, drill: &str, rows: &Rows, allowed: &[StatusCode]) {
        let rows_of = |text: &String| rows.get(text).copied().unwrap_or_default();
        let count = |test: &dyn Fn(&String, Option<StatusCode>) -> bool| {
            self.statuses.iter().filter(|(text, status)| test(text, **status)).count()
        };
        let kept = count(&|_, status| status == Some(StatusCode::OK));
        let refused = count(&|_, status| status.is_some_and(|status| allowed.contains(&status)));
        let unanswered = count(&|_, status| status.is_none());
        let lost = count(&|text, status| status == Some(StatusCode::OK) && rows_of(text) == 0);
        let twice = count(&|text, _| rows_of(text) > 1);
        let sent = self.statuses.len();
        let wrong = sent - kept - refused - unanswered;
        let answered = format!("sent {sent}, kept {kept}, refused {refused}, unanswered {unanswered}");
        print_figures(drill, &format!("{answered}, lost {lost}, twice {twice}, wrong status {wrong}"));
        assert_eq!((lost, twice, wrong), (0, 0, 0), "{drill}: {:?}", self.statuses);
    }

    pub(crate) fn assert_refused(&self, drill: &str) {
        assert!(
            self.statuses.values().any(|status| *status != Some(StatusCode::OK)),
            "{drill}: the fault was not noticed"
        );
    }

    /// Asserts that the fault delayed a call by this time or had it refused.
    pub(crate) fn assert_noticed(&self, drill: &str, delay: Duration) {
        if self.slowest < delay {
            self.assert_refused(drill);
        }
    }

    pub(crate) fn assert_all_answered(&self, drill: &str) {
        assert!(self.statuses.values().all(Option::is_some), "{drill}: {:?}", self.statuses);
    }
}

pub(crate) async fn count(database_url: &str, query: &'static str) -> Rows {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database_url).await.unwrap();
    let rows: Vec<(String, i64)> = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
    rows.into_iter().collect()
}

/// The number of `done` entries by the new name.
pub(crate) async fn renames(database_url: &str) -> Rows {
    let renames = "select changed_to, count(*) from audit where outcome = 'done' \
         and operation = 'rename_organization' group by changed_to";
    count(database_url, renames).await
}
