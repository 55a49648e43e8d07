//! `/admin/webhooks`: what Clerk delivered, what became of it, and the jobs of the scheduler. A
//! document without the application.

use crate::api::{ListJobs, ListWebhooks};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::pager::{Pager, page_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::select_field::SelectField;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::page_url::PageUrl;
use crate::texts::webhooks::{KINDS, OUTCOMES, duration, job_label, job_outcome, outcome_label};
use domain::input::{SEARCH, cleaned_search};
use domain::local_path::LocalPath;
use domain::operation::{JobView, WebhookView};
use domain::page_view::PageView;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/webhooks`.
#[component]
pub(crate) fn Webhooks() -> impl IntoView {
    let (page, url) = (page_from_url(), PageUrl::of_page());
    let filter = Signal::derive(move || {
        let url = url();
        ["kind", "outcome"].map(|name| {
            let text = cleaned_search(url.get(name).unwrap_or_default());
            if SEARCH.problem(&text).is_none() { text } else { String::new() }
        })
    });
    let webhooks =
        load(move || (page.get(), filter.get()), |(page, [kind, outcome])| ListWebhooks { page, kind, outcome });
    let jobs = load(|| (), |()| ListJobs {});
    view! {
        <Title text=Page::Webhooks.definition().title />
        {loaded(move || async move {
            match (webhooks.await, jobs.await) {
                (Ok(found), Ok(jobs)) => content(found, jobs, filter.get_untracked()),
                (Err(CallError(refusal)), _) | (_, Err(CallError(refusal))) => {
                    view! { <RefusalPage refusal /> }.into_any()
                }
            }
        })}
    }
}

fn content(found: PageView<WebhookView>, jobs: Vec<JobView>, filter: [String; 2]) -> AnyView {
    let [kind, outcome] = filter;
    let is_filtered = !kind.is_empty() || !outcome.is_empty();
    let pairs = [("kind", kind.as_str()), ("outcome", outcome.as_str())];
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let path = LocalPath::WEBHOOKS.with_query(&pairs);
    let PageView { rows, previous, next } = found;
    let table = match (rows.is_empty(), is_filtered) {
        (false, _) => view! { <Table webhooks=rows /> }.into_any(),
        (true, true) => view! {
            <p class="card muted">
                "No webhooks match this filter. "
                <a href=LocalPath::WEBHOOKS.as_str().to_owned()>"Show all webhooks"</a>
            </p>
        }
        .into_any(),
        (true, false) => view! {
            <p class="card muted">
                "Clerk has not delivered a webhook yet. In the Clerk dashboard, add an endpoint with the path "
                <code translate="no">"/api/webhooks/clerk"</code>", and send a test event."
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="page-head">
            <h1>"Webhooks"</h1>
            <p class="lead">"Events that Clerk delivered to this instance, newest first, and what became of them."</p>
        </div>
        <Filter kind outcome is_filtered />
        {table}
        <Pager path previous next />
        <section aria-labelledby="jobs-title">
            <h2 id="jobs-title">"Jobs"</h2>
            <p class="muted">"Work that the server repeats by itself."</p>
            <Jobs jobs />
        </section>
    }
    .into_any()
}

/// A GET form, so that the URL holds the filter.
#[component]
fn Filter(kind: String, outcome: String, is_filtered: bool) -> impl IntoView {
    let kinds = options("All types", KINDS.map(|kind| (kind, kind.to_owned())));
    let outcomes = options("All results", OUTCOMES.map(|code| (code, outcome_label(code).to_owned())));
    view! {
        <form class="filter" role="search" method="get" action=LocalPath::WEBHOOKS.as_str().to_owned()>
            <SelectField id="filter-kind" name="kind" label="Type" options=kinds chosen=kind />
            <SelectField id="filter-outcome" name="outcome" label="Result" options=outcomes chosen=outcome />
            <div class="filter-actions">
                <button class="button button-small" type="submit">"Filter"</button>
                {optional(is_filtered.then(|| {
                    let all = LocalPath::WEBHOOKS.as_str().to_owned();
                    view! { <a class="button button-quiet button-small" href=all>"Clear"</a> }
                }))}
            </div>
        </form>
    }
}

fn options<const N: usize>(all: &str, offered: [(&str, String); N]) -> Vec<(String, String)> {
    let offered = offered.into_iter().map(|(value, label)| (value.to_owned(), label));
    [(String::new(), all.to_owned())].into_iter().chain(offered).collect()
}

#[component]
fn Table(webhooks: Vec<WebhookView>) -> impl IntoView {
    let rows = webhooks.into_iter().map(|webhook| {
        let path = LocalPath::WEBHOOK.with_query(&[("id", &webhook.id)]).as_str().to_owned();
        let lag = webhook.lag_ms.map_or_else(|| "Unknown".to_owned(), duration);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><a href=path><code translate="no">{webhook.kind}</code></a></th>
                <td role="cell" class="nowrap" data-label="Received">
                    <Timestamp at_ms=webhook.received_at_ms seconds=true relative=true />
                </td>
                <td role="cell" data-label="Lag">{lag}</td>
                <td role="cell" data-label="Result">{outcome_badge(&webhook.outcome, webhook.deliveries)}</td>
            </tr>
        }
    });
    view! {
        <CardTable label="Webhooks" columns=&["Type", "Received", "Lag", "Result"]>{list(rows)}</CardTable>
    }
}

/// The outcome, and how often the event came.
pub(crate) fn outcome_badge(outcome: &str, deliveries: u32) -> AnyView {
    let class = if matches!(outcome, "incomplete" | "failed") { "badge badge-refused" } else { "badge" };
    let applied = if outcome == "applied" { ", applied once" } else { "" };
    let repeated = (deliveries > 1).then(|| {
        view! { <span class="hint">{format!(" Delivered {deliveries} times{applied}")}</span> }
    });
    view! { <span class=class>{outcome_label(outcome).to_owned()}</span>{optional(repeated)} }.into_any()
}

#[component]
fn Jobs(jobs: Vec<JobView>) -> impl IntoView {
    if jobs.is_empty() {
        return view! { <p class="card muted">"This server runs no jobs."</p> }.into_any();
    }
    let rows = jobs.into_iter().map(|job| {
        let last = match job.last_ended_at_ms {
            Some(at_ms) => view! { <Timestamp at_ms seconds=true relative=true /> }.into_any(),
            None => view! { <span class="muted">"Never"</span> }.into_any(),
        };
        let next = if job.is_running {
            view! { "Running now" }.into_any()
        } else {
            view! { <Timestamp at_ms=job.next_run_at_ms seconds=true relative=true /> }.into_any()
        };
        let is_good = job.last_outcome.as_deref().is_none_or(|outcome| outcome == "done");
        let class = if is_good { "badge" } else { "badge badge-refused" };
        let result = job.last_outcome.map(|outcome| view! { <span class=class>{job_outcome(&outcome)}</span> });
        let took = job.last_took_ms.map(|ms| view! { <span class="hint">{format!(" in {}", duration(ms))}</span> });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">
                    {job_label(&job.name)}<div class="hint">{format!("Every {}", duration(job.period_ms))}</div>
                </th>
                <td role="cell" data-label="Last run">{last}</td>
                <td role="cell" data-label="Result">
                    {optional(result)}{optional(took)}
                    {optional(job.last_detail.map(|detail| view! { <div class="hint">{detail}</div> }))}
                </td>
                <td role="cell" data-label="Next run">{next}</td>
            </tr>
        }
    });
    view! {
        <CardTable label="Jobs of the scheduler" columns=&["Job", "Last run", "Result", "Next run"]>
            {list(rows)}
        </CardTable>
    }
    .into_any()
}
