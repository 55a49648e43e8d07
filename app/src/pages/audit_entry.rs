//! `/admin/audit/entry`: one entry of the audit log, whole. A document without the application, at
//! an address that stays.

use crate::api::ShowAuditEntry;
use crate::call_error::CallError;
use crate::components::audit_entry::{OutcomeBadge, audit_sentence, entry_path};
use crate::components::copy_button::CopyButton;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::page_url::PageUrl;
use crate::texts::audit_labels::{operation_label, outcome_label, visible_text};
use domain::input::CURSOR;
use domain::local_path::LocalPath;
use domain::operation::{AuditEntryDetailsView, ChangeView};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page at `/admin/audit/entry`.
#[component]
pub(crate) fn AuditEntry() -> impl IntoView {
    let location = use_location();
    let id = move || {
        PageUrl::of(&location).get("id").filter(|id| CURSOR.problem(id).is_none()).unwrap_or_default().to_owned()
    };
    let entry = load(id, |entry_id| ShowAuditEntry { entry_id });
    view! {
        <Title text=Page::AuditEntry.definition().title />
        {loaded(move || async move {
            match entry.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => details(found),
            }
        })}
    }
}

fn details(found: AuditEntryDetailsView) -> AnyView {
    let AuditEntryDetailsView { entry, user_id, impersonator_id, session_id, request_id } = found;
    let (sentence, link) = (audit_sentence(&entry), entry_path(&entry));
    let impersonator = entry.impersonator.clone().zip(impersonator_id.clone());
    let impersonator = impersonator.map(|(name, id)| pair("Impersonated by", person(name, id)));
    let operation = entry.operation.clone();
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <a href=LocalPath::AUDIT.as_str().to_owned()>"Audit log"</a>
        </nav>
        <div class="page-head">
            <h1>{sentence}</h1>
            <p class="row">
                <OutcomeBadge outcome=entry.outcome.clone() times=entry.times />
                <CopyButton text=link label="Copy link to this entry" shown="Copy link" />
            </p>
        </div>
        <section class="card" aria-label="Details">
            <dl class="pairs">
                {pair("Time", view! { <Timestamp at_ms=entry.at_ms seconds=true /> }.into_any())}
                {pair("User", person(entry.actor.clone(), user_id.clone()))}
                {optional(impersonator)}
                {pair("Operation", view! {
                    {operation_label(&entry.operation)}" "<code translate="no">{entry.operation.clone()}</code>
                }.into_any())}
                {pair("Result", view! {
                    {outcome_label(&entry.outcome)}" "<code translate="no">{entry.outcome.clone()}</code>
                }.into_any())}
                {pair("Times", times(entry.times).into_any())}
                {optional(entry.change.map(|change| changed(change, entry.subject)))}
                {optional(entry.reason.map(|reason| pair("Reason", view! { <bdi>{reason}</bdi> }.into_any())))}
                {pair("Session", code(session_id))}
                {pair("Request", copied(request_id, "Copy the request id"))}
            </dl>
        </section>
        {others(&user_id, &operation)}
    }
    .into_any()
}

/// The links to the entries that have something in common with this one.
fn others(user_id: &str, operation: &str) -> AnyView {
    let filtered = |name: &str, value: &str| LocalPath::AUDIT.with_query(&[(name, value)]).as_str().to_owned();
    let (by_user, by_operation) = (filtered("actor", user_id), filtered("operation", operation));
    view! {
        <p class="row">
            <a class="button button-quiet button-small" href=by_user>"All entries of this user"</a>
            <a class="button button-quiet button-small" href=by_operation>"All entries of this operation"</a>
        </p>
    }
    .into_any()
}

fn pair(term: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{term}</dt><dd>{value}</dd></div> }.into_any()
}

fn person(name: String, id: String) -> AnyView {
    view! { <bdi>{visible_text(name)}</bdi>" "{code(id)} }.into_any()
}

fn code(text: String) -> AnyView {
    view! { <code translate="no">{text}</code> }.into_any()
}

/// A text that a person passes on.
fn copied(text: String, label: &'static str) -> AnyView {
    view! { <span class="row">{code(text.clone())}<CopyButton text label /></span> }.into_any()
}

fn times(times: u32) -> String {
    if times == 1 { "Once".to_owned() } else { format!("{times} times within a minute") }
}

/// The subject, and the value before and after. The direction of each text is its own.
fn changed(change: ChangeView, subject: Option<String>) -> AnyView {
    let subject = match subject {
        Some(name) => person(name, change.subject),
        None => view! { <bdi>{visible_text(change.subject)}</bdi> }.into_any(),
    };
    let values = [("Before", change.from), ("After", change.to)];
    let values =
        values.into_iter().map(|(term, text)| pair(term, view! { <bdi>{visible_text(text)}</bdi> }.into_any()));
    view! { {pair("Concerns", subject)}{list(values)} }.into_any()
}
