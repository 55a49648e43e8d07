//! The activity in an organization: sign-ins, refusals, members, sessions and the delay of
//! webhooks, counted for each hour and for each five minutes.
//!
//! A count is written in the transaction of the event that it counts, and the overview reads at
//! most two weeks of rows, so it never counts the events themselves. Older rows are deleted.

use super::activity_statements::{FIVE_MINUTES, HOURS, RESOLUTIONS, Resolution};
use super::page::count;
use crate::access::Granted;
use crate::db::{Connection, Database, StoreError};
use crate::denial_log::DeniedCall;
use domain::operation::{ActivityView, Counted, Period, ReasonView, ShowActivity};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A delivery that Clerk repeats later says nothing about the delay of today.
const TIMELY_MS: i64 = 3_600_000;

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
    let lag_ms = event.now_ms.saturating_sub(event.sent_ms).max(0);
    let is_timely = lag_ms < TIMELY_MS;
    for resolution in RESOLUTIONS {
        sqlx::query(resolution.add_event)
            .bind(event.user)
            .bind(event.now_ms.div_euclid(resolution.slot_ms))
            .bind(i64::from(event.is_sign_in))
            .bind(if is_timely { lag_ms } else { 0 })
            .bind(i64::from(is_timely))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Counts refused calls, in an order that is the same in every transaction.
pub(super) async fn record_refusals(connection: &mut Connection, calls: &[DeniedCall]) -> Result<(), StoreError> {
    for resolution in RESOLUTIONS {
        let mut rows: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
        for call in calls {
            let slot = call.at_ms.div_euclid(resolution.slot_ms);
            *rows.entry((call.actor.organization.as_str(), slot, call.outcome)).or_default() += 1;
        }
        for ((organization, slot, outcome), times) in rows {
            let query = sqlx::query(resolution.add_refusals).bind(organization).bind(slot).bind(outcome).bind(times);
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Deletes the rows that no period shows any more, and returns their number.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn prune(database: &Database, now_ms: i64) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for resolution in RESOLUTIONS {
        let before = now_ms.div_euclid(resolution.slot_ms) - resolution.kept_slots;
        for statement in resolution.prune {
            deleted += database.writer().execute(sqlx::query(statement).bind(before)).await?.rows_affected();
        }
    }
    Ok(deleted)
}

#[derive(FromRow)]
struct Events {
    slot: i64,
    members: i64,
    sessions: i64,
    sign_ins: i64,
    webhooks: i64,
    webhook_lag_ms: i64,
}

#[derive(FromRow)]
struct Refused {
    slot: i64,
    outcome: String,
    times: i64,
}

/// Reads the counts of a period, and of the time of the same length before it.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowActivity>) -> Result<ActivityView, StoreError> {
    let period = Period::of(&grant.input().period);
    let resolution = if period == Period::Hour { FIVE_MINUTES } else { HOURS };
    let last = grant.now_ms().div_euclid(resolution.slot_ms);
    let slots = period.minutes_of_point() * 60_000 / resolution.slot_ms;
    let window = Window { last, points: period.points(), slots };
    let (events, refused) = rows(grant, &resolution, window).await?;
    let now: Option<(i64, i64)> =
        sqlx::query_as("select members, sessions from organization_counts where organization_id = $1")
            .bind(grant.actor().organization.as_str())
            .fetch_optional(grant.database().reader())
            .await?;
    let (members, sessions) = now.unwrap_or_default();
    let sums = |of: fn(&Events) -> i64| window.sums(events.iter().map(|row| (row.slot, of(row))));
    let limited = refused.iter().filter(|row| row.outcome == "rate_limited").map(|row| (row.slot, row.times));
    Ok(ActivityView {
        period,
        ends_at_ms: (last + 1) * resolution.slot_ms,
        members: window.levels(events.iter().map(|row| (row.slot, row.members)), members),
        sessions: window.levels(events.iter().map(|row| (row.slot, row.sessions)), sessions),
        sign_ins: sums(|row| row.sign_ins),
        refusals: window.sums(refused.iter().map(|row| (row.slot, row.times))),
        reasons: reasons(&refused, last - window.length()),
        limited: window.sums(limited),
        webhook_lag_ms: means(&sums(|row| row.webhook_lag_ms), &sums(|row| row.webhooks)),
    })
}

/// The rows of the period and of the time before it.
async fn rows(
    grant: &Granted<ShowActivity>,
    resolution: &Resolution,
    window: Window,
) -> Result<(Vec<Events>, Vec<Refused>), StoreError> {
    let organization = grant.actor().organization.as_str();
    let (after, reader) = (window.last - 2 * window.length(), grant.database().reader());
    let events = sqlx::query_as(resolution.events).bind(organization).bind(after).bind(window.last);
    let refused = sqlx::query_as(resolution.refusals).bind(organization).bind(after).bind(window.last);
    Ok((events.fetch_all(reader).await?, refused.fetch_all(reader).await?))
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

/// The refusals after a slot, by reason, the most frequent first.
fn reasons(refused: &[Refused], after: i64) -> Vec<ReasonView> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in refused.iter().filter(|row| row.slot > after) {
        *sums.entry(row.outcome.as_str()).or_default() += row.times;
    }
    let mut reasons: Vec<_> =
        sums.into_iter().map(|(code, times)| ReasonView { code: code.to_owned(), times: count(times) }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.times));
    reasons
}

/// The points of a chart, which end with the slot `last`.
#[derive(Clone, Copy)]
struct Window {
    last: i64,
    points: usize,
    slots: i64,
}

impl Window {
    /// The length of the period in slots.
    fn length(self) -> i64 {
        i64::try_from(self.points).unwrap_or_default() * self.slots
    }

    /// The point of a slot, counted from 0; `None` for a slot before the period.
    fn point(self, slot: i64) -> Option<usize> {
        let into = slot - (self.last - self.length()) - 1;
        usize::try_from(into.div_euclid(self.slots)).ok().filter(|point| *point < self.points)
    }

    /// Sums for each point, for the whole period and for the time before.
    fn sums(self, rows: impl Iterator<Item = (i64, i64)>) -> Counted {
        let (mut points, mut before) = (vec![0_i64; self.points], 0);
        for (slot, number) in rows {
            match self.point(slot).and_then(|point| points.get_mut(point)) {
                Some(point) => *point += number,
                None => before += number,
            }
        }
        let total = points.iter().sum();
        Counted { total: count(total), before: count(before), points: points.into_iter().map(count).collect() }
    }

    /// The number at the end of each point. A slot without an event keeps the number before it.
    fn levels(self, rows: impl Iterator<Item = (i64, i64)>, now: i64) -> Counted {
        let (mut known, mut before) = (vec![None; self.points], None);
        for (slot, number) in rows {
            match self.point(slot).and_then(|point| known.get_mut(point)) {
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
