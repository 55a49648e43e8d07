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
struct Row {
    slot: Option<i64>,
    outcome: Option<String>,
    members: i64,
    sessions: i64,
    sign_ins: i64,
    webhooks: i64,
    webhook_lag_ms: i64,
    times: i64,
}

/// The rows of a period and of the time before it, in the order of their slots.
#[derive(Default)]
struct Rows {
    events: Vec<(i64, Row)>,
    refused: Vec<(i64, String, i64)>,
    /// Members and running sessions now.
    now: (i64, i64),
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
    let Rows { events, refused, now: (members, sessions) } = rows(grant, &resolution, window).await?;
    let of_slots = |of: fn(&Row) -> i64| events.iter().map(move |(slot, row)| (*slot, of(row)));
    let sums = |of: fn(&Row) -> i64| window.sums(of_slots(of));
    let limited = refused.iter().filter(|(_, outcome, _)| outcome == "rate_limited");
    Ok(ActivityView {
        period,
        ends_at_ms: (last + 1) * resolution.slot_ms,
        members: window.levels(of_slots(|row| row.members), members),
        sessions: window.levels(of_slots(|row| row.sessions), sessions),
        sign_ins: sums(|row| row.sign_ins),
        refusals: window.sums(refused.iter().map(|(slot, _, times)| (*slot, *times))),
        reasons: reasons(&refused, last - window.length()),
        limited: window.sums(limited.map(|(slot, _, times)| (*slot, *times))),
        webhook_lag_ms: means(&sums(|row| row.webhook_lag_ms), &sums(|row| row.webhooks)),
    })
}

async fn rows(grant: &Granted<ShowActivity>, resolution: &Resolution, window: Window) -> Result<Rows, StoreError> {
    let read: Vec<Row> = sqlx::query_as(resolution.rows)
        .bind(grant.actor().organization.as_str())
        .bind(window.last - 2 * window.length())
        .bind(window.last)
        .fetch_all(grant.database().reader())
        .await?;
    let mut rows = Rows::default();
    for mut row in read {
        match (row.slot, row.outcome.take()) {
            (None, _) => rows.now = (row.members, row.sessions),
            (Some(slot), Some(outcome)) => rows.refused.push((slot, outcome, row.times)),
            (Some(slot), None) => rows.events.push((slot, row)),
        }
    }
    rows.events.sort_by_key(|(slot, _)| *slot);
    Ok(rows)
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
fn reasons(refused: &[(i64, String, i64)], after: i64) -> Vec<ReasonView> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, outcome, times) in refused.iter().filter(|(slot, ..)| *slot > after) {
        *sums.entry(outcome.as_str()).or_default() += times;
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
