//! `/admin/audit`: changes and refusals in the organization.

use crate::api::ListAudit;
use crate::call_error::CallError;
use crate::components::audit_entry::{OutcomeBadge, audit_sentence};
use crate::components::card_table::CardTable;
use crate::components::erased::list;
use crate::components::loaded::loaded;
use crate::components::pager::{Pager, page_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use domain::local_path::LocalPath;
use domain::operation::AuditEntryView;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/audit`.
#[component]
pub(crate) fn Audit() -> impl IntoView {
    let page = page_from_url();
    let log = load(move || page.get(), |page| ListAudit { page });
    view! {
        <Title text=Page::Audit.definition().title />
        {loaded(move || async move {
            match log.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => {
                    let empty = found.rows.is_empty();
                    view! {
                        <div class="page-head">
                            <h1>"Audit log"</h1>
                            <p class="lead">
                                "Changes and refused attempts in this organization, newest first. "
                                "Identical refusals within a minute share one row."
                            </p>
                        </div>
                        {if empty {
                            view! { <p class="card muted">"No activity yet."</p> }.into_any()
                        } else {
                            view! { <Table entries=found.rows /> }.into_any()
                        }}
                        <Pager path=LocalPath::AUDIT previous=found.previous next=found.next />
                    }
                        .into_any()
                }
            }
        })}
    }
}

#[component]
fn Table(entries: Vec<AuditEntryView>) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| {
        view! {
            <tr role="row">
                <td role="cell" class="nowrap" data-label="Time"><Timestamp at_ms=entry.at_ms seconds=true /></td>
                <td role="cell" data-label="Event">{audit_sentence(&entry)}</td>
                <td role="cell" data-label="Result"><OutcomeBadge outcome=entry.outcome times=entry.times /></td>
            </tr>
        }
    });
    view! {
        <CardTable label="Audit log" columns=&["Time", "Event", "Result"]>
            {list(rows)}
        </CardTable>
    }
}
