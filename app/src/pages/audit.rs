//! `/admin/audit`: changes and refusals in the organization, by a filter that the URL holds.

use crate::api::ListAudit;
use crate::call_error::CallError;
use crate::components::audit_entry::{OutcomeBadge, audit_sentence, entry_path};
use crate::components::audit_filter_form::{AuditFilterForm, TypedFilter};
use crate::components::card_table::CardTable;
use crate::components::download_form::DownloadForm;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::menu::Menu;
use crate::components::pager::{Pager, page_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::search_form::follow_url;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use domain::local_path::LocalPath;
use domain::operation::{AuditEntryView, AuditPageView, SearchedView};
use domain::pages::Page;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/audit`.
#[component]
pub(crate) fn Audit() -> impl IntoView {
    let (page, typed) = (page_from_url(), TypedFilter::from_url());
    let form = NodeRef::new();
    follow_url(form, move || typed.get().shown());
    let log = load(move || (page.get(), typed.get()), |(page, typed)| typed.input(page));
    view! {
        <Title text=Page::Audit.definition().title />
        {loaded(move || async move {
            match log.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => log_page(found, typed.get_untracked(), form),
            }
        })}
    }
}

fn log_page(found: AuditPageView, typed: TypedFilter, form: NodeRef<html::Form>) -> AnyView {
    let AuditPageView { rows, previous, next, searched } = found;
    let path = typed.path();
    let content = match (rows.is_empty(), typed.is_empty(), &searched) {
        (false, ..) => view! { <Table entries=rows /> }.into_any(),
        (true, true, _) => view! {
            <p class="card muted">"No activity yet. Changes and refused attempts appear here."</p>
        }
        .into_any(),
        (true, false, None) => view! { <NoMatch typed=typed.clone() /> }.into_any(),
        (true, false, Some(_)) => ().into_any(),
    };
    let searched = searched.map(|searched| view! { <Searched searched path=path.clone() /> });
    view! {
        <div class="page-head">
            <h1>"Audit log"</h1>
            <p class="lead">
                "Changes and refused attempts in this organization, newest first. "
                "Identical refusals within a minute share one row."
            </p>
        </div>
        <AuditFilterForm typed=typed.clone() form />
        <Tools typed=typed.clone() />
        {content}
        {optional(searched)}
        <Pager path previous next />
    }
    .into_any()
}

/// Says how to go on when nothing matches: type less, or leave a part of the filter out.
#[component]
fn NoMatch(typed: TypedFilter) -> impl IntoView {
    let parts = typed.parts();
    let hints = [
        ("Person", "Type a part of the name or of the email address. "),
        ("Operation", "Type one word of the operation, such as “remove”. "),
    ];
    let hints = hints.into_iter().filter(|(label, _)| parts.iter().any(|(part, _)| part == label));
    let hints: String = hints.map(|(_, hint)| hint).collect();
    let is_several = parts.len() > 1;
    let links = parts.into_iter().map(|(label, rest)| {
        view! { <a class="button button-quiet button-small" href=rest.as_str().to_owned()>{label}</a> }
    });
    let links = is_several.then(|| view! { <p class="row"><span>"Leave out:"</span>{list(links)}</p> });
    view! {
        <div class="card empty-state">
            <p>
                "No entries match this filter. Change it, or "
                <a href=LocalPath::AUDIT.as_str().to_owned()>"show all entries"</a>"."
            </p>
            {optional((!hints.is_empty()).then(|| view! { <p class="muted">{hints}</p> }))}
            {optional(links)}
        </div>
    }
}

/// The ways to keep what the filter shows.
#[component]
fn Tools(typed: TypedFilter) -> impl IntoView {
    view! {
        <div class="row tools no-print">
            <Export filter=typed.input(String::new()) />
            // example:begin views
            {optional((!typed.is_empty()).then(|| {
                let save = typed.path_of(LocalPath::AUDIT_VIEWS).as_str().to_owned();
                view! { <a rel="external" href=save>"Save this filter"</a> }
            }))}
            <a rel="external" href=LocalPath::AUDIT_VIEWS.as_str().to_owned()>"Saved views"</a>
            // example:end views
        </div>
    }
}

/// Exports what the filter shows.
#[component]
fn Export(filter: ListAudit) -> impl IntoView {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> }.into_any();
    let button = |format: &'static str, text: &'static str| {
        view! { <button class="button button-quiet button-small" name="format" value=format>{text}</button> }.into_any()
    };
    view! {
        <DownloadForm operation="export_audit">
            {hidden("person", filter.person)}
            {hidden("actor", filter.actor)}
            {hidden("operation", filter.operation)}
            {hidden("outcome", filter.outcome)}
            {hidden("from_ms", filter.from_ms.to_string())}
            {hidden("to_ms", filter.to_ms.to_string())}
            <Menu label="Export">
                {button("csv", "Export CSV")}
                {button("jsonl", "Export JSON Lines")}
            </Menu>
        </DownloadForm>
    }
}

/// The search stops after a number of entries, so that a rare match cannot keep the server busy.
#[component]
fn Searched(searched: SearchedView, path: LocalPath) -> impl IntoView {
    let target = path.with_query(&[("page", &searched.page)]).as_str().to_owned();
    view! {
        <p class="notice" role="status">
            <span>"Searched as far as "<Timestamp at_ms=searched.to_ms seconds=true />". There may be more."</span>
            <a class="button button-quiet button-small" href=target>"Continue searching"</a>
        </p>
    }
}

#[component]
fn Table(entries: Vec<AuditEntryView>) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| {
        view! {
            <tr role="row">
                <td role="cell" class="nowrap">
                    <a rel="external" href=entry_path(&entry)><Timestamp at_ms=entry.at_ms seconds=true /></a>
                </td>
                <td role="cell">{audit_sentence(&entry)}</td>
                <td role="cell" data-label="Result"><OutcomeBadge outcome=entry.outcome times=entry.times /></td>
            </tr>
        }
    });
    view! { <CardTable label="Audit log" columns=&["Time", "Event", "Result"]>{list(rows)}</CardTable> }
}
