//! `/admin/audit`: who did what, and who was refused.

use super::errors::RefusedPage;
use crate::api::audit::{AuditEntryView, ListAudit};
use crate::call::load;
use crate::refused::Refused;
use crate::ui::pager::{Pager, page_of_address};
use crate::ui::table::CardTable;
use crate::ui::when::When;
use domain::local_path::LocalPath;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/audit`.
#[component]
pub(crate) fn Audit() -> impl IntoView {
    let page = page_of_address();
    let log = load(move || page.get(), |page| ListAudit { page });
    view! {
        <Title text="Audit log – Gatehouse" />
        <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match log.await {
                    Err(Refused(refusal)) => view! { <RefusedPage refusal /> }.into_any(),
                    Ok(found) => {
                        let empty = found.rows.is_empty();
                        view! {
                            <div class="page-head">
                                <h1>"Audit log"</h1>
                                <p class="lead">"Changes and refusals in this organization, newest first. Equal refusals of a minute are counted in one row."</p>
                            </div>
                            {if empty {
                                view! { <p class="card muted">"Nothing has happened yet."</p> }.into_any()
                            } else {
                                view! { <Table entries=found.rows /> }.into_any()
                            }}
                            <Pager path=LocalPath::AUDIT page=found.page more=found.more />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Table(entries: Vec<AuditEntryView>) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| {
        view! {
            <tr role="row">
                <td role="cell" class="nowrap" data-label="When"><When at_ms=entry.at_ms /></td>
                <td role="cell" data-label="Who"><Who entry=entry.clone() /></td>
                <td role="cell" data-label="Operation"><code translate="no">{entry.operation.clone()}</code></td>
                <td role="cell" data-label="Outcome"><Badge outcome=entry.outcome.clone() times=entry.times /></td>
                <td role="cell" data-label="Change"><Changed entry /></td>
            </tr>
        }
    });
    view! {
        <CardTable label="Entries" columns=["When", "Who", "Operation", "Outcome", "Change"]>{rows.collect_view()}</CardTable>
    }
}

/// The newest entries, short.
#[component]
pub(crate) fn Entries(entries: Vec<AuditEntryView>) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="muted">"Nothing has happened yet. Rename the organization and look again."</p> }
            .into_any();
    }
    let items = entries.into_iter().map(|entry| {
        view! {
            <li>
                <p class="row"><code translate="no">{entry.operation.clone()}</code><Badge outcome=entry.outcome.clone() times=entry.times /></p>
                <p><Changed entry=entry.clone() /></p>
                <p class="eyebrow"><Who entry=entry.clone() />" · "<When at_ms=entry.at_ms /></p>
            </li>
        }
    });
    view! { <ul class="entries">{items.collect_view()}</ul> }.into_any()
}

#[component]
fn Who(entry: AuditEntryView) -> impl IntoView {
    view! { {entry.impersonator.map(|impersonator| view! { <bdi>{impersonator}</bdi>" as " })}<bdi>{entry.actor}</bdi> }
}

#[component]
fn Badge(outcome: String, times: u32) -> impl IntoView {
    let class = if outcome == "done" { "badge" } else { "badge badge-refused" };
    let text = if times > 1 { format!("{outcome} ×{times}") } else { outcome };
    view! { <span class=class>{text}</span> }
}

#[component]
fn Changed(entry: AuditEntryView) -> impl IntoView {
    entry.change.map(|change| {
        view! { <span><bdi>{change.subject}</bdi>": "<del><bdi>{change.from}</bdi></del>" → "<ins><bdi>{change.to}</bdi></ins></span> }
    })
}
