//! The activity in an organization, counted for each hour: sign-ins, refusals, members, sessions
//! and the delay of webhooks.
//!
//! A count is written in the transaction of the event that it counts, and the overview reads at
//! most two weeks of rows, so it never counts the events themselves. Older rows are deleted.

use super::page::count;
use crate::access::Granted;
use crate::db::{Connection, Database, StoreError};
use crate::denial_log::DeniedCall;
use domain::operation::{ActivityView, Counted, Period, ReasonView, ShowActivity};
use sqlx::FromRow;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
/// The rows that the longest period and the time before it need.
const KEPT_HOURS: i64 = 2 * 7 * 24;

/// One event of a user, in each of their organizations. The statement takes the rows in the order
/// of their organizations, so two transactions cannot deadlock.
const EVENT: &str = "insert into hourly_activity \
       (organization_id, hour, members, sessions, sign_ins, webhooks, webhook_lag_ms) \
     select c.organization_id, $2, c.members, c.sessions, $3, $5, $4 from organization_counts c \
     where c.organization_id in ( \
       select m.organization_id from memberships m where m.user_id = $1 and m.deleted_at is null) \
     order by c.organization_id \
     on conflict (organization_id, hour) do update set members = excluded.members, sessions = excluded.sessions, \
       sign_ins = hourly_activity.sign_ins + excluded.sign_ins, \
       webhooks = hourly_activity.webhooks + excluded.webhooks, \
       webhook_lag_ms = hourly_activity.webhook_lag_ms + excluded.webhook_lag_ms";

const REFUSAL: &str = "insert into hourly_refusals (organization_id, hour, outcome, times) values ($1, $2, $3, $4) \
     on conflict (organization_id, hour, outcome) do update set times = hourly_refusals.times + excluded.times";

/// A webhook about a user.
pub(super) struct UserEvent<'a> {
    pub(super) user: &'a str,
    /// Whether a session has started.
    pub(super) is_sign_in: bool,
    /// When Clerk sent it, Unix milliseconds.
    pub(super) sent_ms: i64,
    /// When it arrived, Unix milliseconds.
    pub(super) now_ms: i64,
}

/// Counts a webhook. The caller has stored its effect, so the numbers are those after it.
pub(super) async fn record_event(connection: &mut Connection, event: &UserEvent<'_>) -> Result<(), StoreError> {
    // A delivery that Clerk repeats after hours says nothing about the delay of today.
    let lag_ms = event.now_ms.saturating_sub(event.sent_ms).max(0);
    let is_timely = lag_ms < HOUR_MS;
    sqlx::query(EVENT)
        .bind(event.user)
        .bind(event.now_ms.div_euclid(HOUR_MS))
        .bind(i64::from(event.is_sign_in))
        .bind(if is_timely { lag_ms } else { 0 })
        .bind(i64::from(is_timely))
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts refused calls, in an order that is the same in every transaction.
pub(super) async fn record_refusals(connection: &mut Connection, calls: &[DeniedCall]) -> Result<(), StoreError> {
    let mut rows: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
    for call in calls {
        let hour = call.at_ms.div_euclid(HOUR_MS);
        *rows.entry((call.actor.organization.as_str(), hour, call.outcome)).or_default() += 1;
    }
    for ((organization, hour, outcome), times) in rows {
        let query = sqlx::query(REFUSAL).bind(organization).bind(hour).bind(outcome).bind(times);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Deletes the rows that no period shows any more, and returns their number.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn prune(database: &Database, now_ms: i64) -> Result<u64, StoreError> {
    let before = now_ms.div_euclid(HOUR_MS) - KEPT_HOURS;
    let mut deleted = 0;
    for statement in ["delete from hourly_activity where hour < $1", "delete from hourly_refusals where hour < $1"] {
        deleted += database.writer().execute(sqlx::query(statement).bind(before)).await?.rows_affected();
    }
    Ok(deleted)
}

#[derive(FromRow)]
struct Hour {
    hour: i64,
    members: i64,
    sessions: i64,
    sign_ins: i64,
    webhooks: i64,
    webhook_lag_ms: i64,
}

#[derive(FromRow)]
struct Refused {
    hour: i64,
    outcome: String,
    times: i64,
}

/// Reads the counts of a period, and of the time of the same length before it.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowActivity>) -> Result<ActivityView, StoreError> {
    let period = Period::of(&grant.input().period);
    let last = grant.now_ms().div_euclid(HOUR_MS);
    let window = Window { last, points: period.points(), hours: period.hours_of_point() };
    let (hours, refused) = rows(grant, window).await?;
    let now: Option<(i64, i64)> =
        sqlx::query_as("select members, sessions from organization_counts where organization_id = $1")
            .bind(grant.actor().organization.as_str())
            .fetch_optional(grant.database().reader())
            .await?;
    let (members, sessions) = now.unwrap_or_default();
    let sums = |of: fn(&Hour) -> i64| window.sums(hours.iter().map(|row| (row.hour, of(row))));
    let limited = refused.iter().filter(|row| row.outcome == "rate_limited").map(|row| (row.hour, row.times));
    Ok(ActivityView {
        period,
        ends_at_ms: (last + 1) * HOUR_MS,
        members: window.levels(hours.iter().map(|row| (row.hour, row.members)), members),
        sessions: window.levels(hours.iter().map(|row| (row.hour, row.sessions)), sessions),
        sign_ins: sums(|row| row.sign_ins),
        refusals: window.sums(refused.iter().map(|row| (row.hour, row.times))),
        reasons: reasons(&refused, last - window.length()),
        limited: window.sums(limited),
        webhook_lag_ms: means(&sums(|row| row.webhook_lag_ms), &sums(|row| row.webhooks)),
    })
}

/// The rows of the period and of the time before it.
async fn rows(grant: &Granted<ShowActivity>, window: Window) -> Result<(Vec<Hour>, Vec<Refused>), StoreError> {
    let organization = grant.actor().organization.as_str();
    let after = window.last - 2 * window.length();
    let hours = sqlx::query_as(
        "select hour, members, sessions, sign_ins, webhooks, webhook_lag_ms from hourly_activity \
         where organization_id = $1 and hour > $2 and hour <= $3 order by hour",
    )
    .bind(organization)
    .bind(after)
    .bind(window.last)
    .fetch_all(grant.database().reader())
    .await?;
    let refused = sqlx::query_as(
        "select hour, outcome, times from hourly_refusals \
         where organization_id = $1 and hour > $2 and hour <= $3 order by hour, outcome",
    )
    .bind(organization)
    .bind(after)
    .bind(window.last)
    .fetch_all(grant.database().reader())
    .await?;
    Ok((hours, refused))
}

/// The mean of each point; 0 where nothing was counted.
fn means(sums: &Counted, numbers: &Counted) -> Counted {
    Counted {
        total: mean(sums.total, numbers.total),
        before: mean(sums.before, numbers.before),
        points: sums.points.iter().zip(&numbers.points).map(|(sum, number)| mean(*sum, *number)).collect(),
    }
}

fn mean(sum: u32, number: u32) -> u32 {
    sum.checked_div(number).unwrap_or_default()
}

/// The refusals after an hour, by reason, the most frequent first.
fn reasons(refused: &[Refused], after: i64) -> Vec<ReasonView> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in refused.iter().filter(|row| row.hour > after) {
        *sums.entry(row.outcome.as_str()).or_default() += row.times;
    }
    let mut reasons: Vec<_> =
        sums.into_iter().map(|(code, times)| ReasonView { code: code.to_owned(), times: count(times) }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.times));
    reasons
}

/// The points of a chart, which end with the hour `last`.
#[derive(Clone, Copy)]
struct Window {
    last: i64,
    points: usize,
    hours: i64,
}

impl Window {
    /// The length of the period in hours.
    fn length(self) -> i64 {
        i64::try_from(self.points).unwrap_or_default() * self.hours
    }

    /// The point of an hour, counted from 0; `None` for an hour before the period.
    fn point(self, hour: i64) -> Option<usize> {
        let into = hour - (self.last - self.length()) - 1;
        usize::try_from(into.div_euclid(self.hours)).ok().filter(|point| *point < self.points)
    }

    /// Sums for each point, for the whole period and for the time before.
    fn sums(self, rows: impl Iterator<Item = (i64, i64)>) -> Counted {
        let (mut points, mut before) = (vec![0_i64; self.points], 0);
        for (hour, number) in rows {
            match self.point(hour).and_then(|point| points.get_mut(point)) {
                Some(point) => *point += number,
                None => before += number,
            }
        }
        let total = points.iter().sum();
        Counted { total: count(total), before: count(before), points: points.into_iter().map(count).collect() }
    }

    /// The number at the end of each point. An hour without an event keeps the number before it.
    fn levels(self, rows: impl Iterator<Item = (i64, i64)>, now: i64) -> Counted {
        let (mut known, mut before) = (vec![None; self.points], None);
        for (hour, number) in rows {
            match self.point(hour).and_then(|point| known.get_mut(point)) {
                Some(point) => *point = Some(number),
                None => before = Some(number),
            }
        }
        // Before the first event that is known, the number is the one after it.
        let first = before.or_else(|| known.iter().flatten().next().copied()).unwrap_or(now);
        let mut level = first;
        let mut points: Vec<_> = known
            .into_iter()
            .map(|number| {
                level = number.unwrap_or(level);
                count(level)
            })
            .collect();
        if let Some(newest) = points.last_mut() {
            *newest = count(now);
        }
        Counted { total: count(now), before: count(first), points }
    }
}
