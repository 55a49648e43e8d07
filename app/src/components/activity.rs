//! The activity in the organization over an hour, a day or a week, as charts and as a table.

use super::card_table::CardTable;
use super::erased::{list, optional};
use super::loaded::loaded;
use super::spark::{Shape, SparkTile};
use super::timestamp::Timestamp;
use crate::api::ShowActivity;
use crate::load::{Load, load};
use crate::page_url::PageUrl;
use crate::texts::audit_labels::outcome_label;
use domain::local_path::LocalPath;
use domain::operation::{ActivityView, Counted, Period, ReasonView};
use leptos::prelude::*;

/// The parameter of the URL with the code of the period.
const PERIOD: &str = "period";

/// The code of the period in the URL; empty for the usual one.
fn period_from_url() -> Signal<String> {
    let url = PageUrl::of_page();
    Signal::derive(move || {
        let url = url();
        Period::ALL
            .into_iter()
            .map(Period::code)
            .find(|code| url.get(PERIOD) == Some(code))
            .unwrap_or_default()
            .to_owned()
    })
}

/// The counts of the period that the URL names.
pub(crate) fn activity() -> Load<ActivityView> {
    let period = period_from_url();
    load(move || period.get(), |period| ShowActivity { period })
}

/// The section, once it is loaded.
#[component]
pub(crate) fn Activity(
    /// The counts.
    activity: Load<ActivityView>,
) -> impl IntoView {
    loaded(move || async move {
        match activity.await {
            Ok(found) => view! { <Charts found /> }.into_any(),
            Err(_) => {
                view! { <p class="field-error">"The activity could not be loaded. Reload the page."</p> }.into_any()
            }
        }
    })
}

#[component]
fn Charts(found: ActivityView) -> impl IntoView {
    let before = match found.period {
        Period::Hour => "in the hour before",
        Period::Day => "in the 24 hours before",
        Period::Week => "in the 7 days before",
    };
    let reasons = (!found.reasons.is_empty()).then(|| view! { <Reasons reasons=found.reasons.clone() /> });
    let table = view! { <Table found=found.clone() /> };
    view! {
        <section class="stack" aria-labelledby="activity-title">
            <div class="row activity-head">
                <h2 id="activity-title">"Activity"</h2>
                <Periods current=found.period />
            </div>
            <dl class="stats activity">
                <SparkTile label="Members" counted=found.members before="at the start" shape=Shape::Line />
                <SparkTile label="Active sessions" counted=found.sessions before="at the start" shape=Shape::Line />
                <SparkTile label="Sign-ins" counted=found.sign_ins before />
                <SparkTile label="Refused calls" counted=found.refusals before />
                <SparkTile label="Rate-limited calls" counted=found.limited before />
                <SparkTile label="Webhook delay" counted=found.webhook_lag_ms unit=" ms" before />
            </dl>
            {optional(reasons)}
            <details class="card"><summary>"Show as a table"</summary>{table}</details>
        </section>
    }
}

/// The links to the periods; the current one is marked.
#[component]
fn Periods(current: Period) -> impl IntoView {
    let links = [(Period::Hour, "Hour"), (Period::Day, "24 hours"), (Period::Week, "7 days")].map(|(period, label)| {
        let target = LocalPath::ADMIN.with_query(&[(PERIOD, period.code())]).as_str().to_owned();
        let is_current = (period == current).then_some("true");
        view! { <a href=target aria-current=is_current data-noscroll="">{label}</a> }
    });
    view! { <nav class="periods" aria-label="Period">{list(links)}</nav> }
}

#[component]
fn Reasons(reasons: Vec<ReasonView>) -> impl IntoView {
    let items = reasons.into_iter().map(|reason| {
        view! { <div><dt>{outcome_label(&reason.code)}</dt><dd>{reason.times}</dd></div> }
    });
    view! {
        <div class="card">
            <h3>"Refusals by reason"</h3>
            <dl class="pairs">{list(items)}</dl>
        </div>
    }
}

const COLUMNS: [&str; 7] =
    ["From", "Members", "Active sessions", "Sign-ins", "Refused calls", "Rate-limited calls", "Webhook delay (ms)"];

/// The numbers of the charts.
#[component]
fn Table(found: ActivityView) -> impl IntoView {
    let length_ms = found.period.minutes_of_point() * 60_000;
    let number = |counted: &Counted, point: usize| counted.points.get(point).copied().unwrap_or_default();
    let points = found.members.points.len();
    let rows = (0..points).map(|point| {
        let later = i64::try_from(points - point).unwrap_or_default();
        let starts_at_ms = found.ends_at_ms - later * length_ms;
        let numbers =
            [&found.members, &found.sessions, &found.sign_ins, &found.refusals, &found.limited, &found.webhook_lag_ms];
        let [_, labels @ ..] = COLUMNS;
        let cells = labels.into_iter().zip(numbers).map(|(label, counted)| {
            view! { <td role="cell" data-label=label>{number(counted, point)}</td> }
        });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><Timestamp at_ms=starts_at_ms /></th>
                {list(cells)}
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    view! { <CardTable label="Activity as a table" columns=&COLUMNS>{list(rows)}</CardTable> }
}
