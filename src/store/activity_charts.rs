//! The charts of the overview: what [`super::activity`] has counted in a period, and in the time
//! before it. They read at most two weeks of rows.

use super::activity_statements::{FIVE_MINUTES, HOURS, Resolution};
use super::page::count;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{ActivityView, Counted, Period, ReasonView, ShowActivity};
use sqlx::FromRow;
use std::collections::BTreeMap;

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
