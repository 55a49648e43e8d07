//! `/admin/audit/entry`: one entry of the audit log, whole. A document without the application, at
//! an address that stays.

use crate::api::ShowAuditEntry;
use crate::call_error::CallError;
use crate::components::audit_entry::{OutcomeBadge, audit_sentence, entry_path};
use crate::components::breadcrumb::Breadcrumb;
use crate::components::copy_button::CopyButton;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::page_url::PageUrl;
use crate::texts::audit_labels::{operation_label, outcome_label, value_label, visible_text};
use domain::input::CURSOR;
use domain::local_path::LocalPath;
use domain::operation::{AuditEntryDetailsView, AuditEntryView, ChangeView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/audit/entry`.
#[component]
pub(crate) fn AuditEntry() -> impl IntoView {
    let url = PageUrl::of_page();
    let id = move || url().get("id").filter(|id| CURSOR.problem(id).is_none()).unwrap_or_default().to_owned();
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
    let (sentence, link) = (audit_sentence(&found.entry), entry_path(&found.entry));
    let (outcome, times) = (found.entry.outcome.clone(), found.entry.times);
    let others = others(&found.entry, &found.user_id, found.concerned.clone());
    view! {
        <Breadcrumb list=LocalPath::AUDIT label="Audit log" />
        <div class="page-head">
            <h1>{sentence}</h1>
            <p class="row">
                <OutcomeBadge outcome times />
                <CopyButton text=link label="Copy link to this entry" shown="Copy link" />
            </p>
        </div>
        <section class="card" aria-label="Details">{pairs(found)}</section>
        {others}
    }
    .into_any()
}

fn pairs(found: AuditEntryDetailsView) -> AnyView {
    let AuditEntryDetailsView { entry, user_id, impersonator_id, concerned, session_id, request_id } = found;
    let impersonator = entry.impersonator.zip(impersonator_id);
    let impersonator = impersonator.map(|(name, id)| pair("Impersonated by", person(name, id)));
    let repeated = (entry.times > 1).then(|| format!("{} times within a minute", entry.times).into_any());
    let change = entry.change.map(|change| changed(change, entry.subject, concerned.is_some()));
    let operation = view! {
        {operation_label(&entry.operation)}" "<code translate="no">{entry.operation.clone()}</code>
    };
    view! {
        <dl class="pairs">
            {pair("Time", view! { <Timestamp at_ms=entry.at_ms seconds=true /> }.into_any())}
            {pair("User", person(entry.actor, user_id))}
            {optional(impersonator)}
            {pair("Operation", operation.into_any())}
            {pair("Result", outcome_label(&entry.outcome).into_any())}
            {optional(repeated.map(|times| pair("Repeated", times)))}
            {optional(change)}
            {optional(entry.reason.map(|reason| pair("Reason", view! { <bdi>{reason}</bdi> }.into_any())))}
            {pair("Session", code(session_id))}
            {pair("Request", copied(request_id, "Copy the request id"))}
        </dl>
    }
    .into_any()
}

/// The links to the entries that have something in common with this one.
fn others(entry: &AuditEntryView, user_id: &str, concerned: Option<String>) -> AnyView {
    let link = |name: &str, value: &str, text: String| {
        let target = LocalPath::AUDIT.with_query(&[(name, value)]).as_str().to_owned();
        view! { <a href=target>{text}</a> }.into_any()
    };
    let by_actor = link("actor", user_id, format!("Everything {} did", isolated(&visible_text(entry.actor.clone()))));
    let about = concerned.map(|person| {
        let name = entry.subject.clone().unwrap_or_else(|| person.clone());
        link("person", &person, format!("Everything by or about {}", isolated(&visible_text(name))))
    });
    let label = operation_label(&entry.operation);
    let by_operation = link("operation", &entry.operation, format!("All entries of “{label}”"));
    view! { <p class="row">{by_actor}{optional(about)}{by_operation}</p> }.into_any()
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

/// The subject, and the value before and after, where there is one. The direction of each text is
/// its own.
fn changed(change: ChangeView, subject: Option<String>, is_about_person: bool) -> AnyView {
    let subject = match subject {
        Some(name) => person(name, change.subject),
        None => view! { <bdi>{visible_text(change.subject)}</bdi> }.into_any(),
    };
    let values = [("Before", change.from), ("After", change.to)];
    let shown = |text: String| if is_about_person { value_label(text) } else { text };
    let values = values.into_iter().filter(|(_, text)| !text.is_empty());
    let values = values.map(|(term, text)| pair(term, view! { <bdi>{shown(text)}</bdi> }.into_any()));
    view! { {pair("About", subject)}{list(values)} }.into_any()
}
