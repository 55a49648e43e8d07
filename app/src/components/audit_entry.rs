//! The parts of an audit log entry, for the table and for the short list.

use super::erased::optional;
use crate::texts::audit::{operation_label, outcome_label, visible_text};
use domain::operation::AuditEntryView;
use leptos::prelude::*;

/// The user, and the impersonator where there is one.
#[component]
pub(crate) fn Actor(entry: AuditEntryView) -> impl IntoView {
    let impersonator = entry.impersonator.map(|name| view! { <bdi>{visible_text(name)}</bdi>" as " });
    view! { {optional(impersonator)}<bdi>{visible_text(entry.actor)}</bdi> }
}

/// The operation.
#[component]
pub(crate) fn OperationName(entry: AuditEntryView) -> impl IntoView {
    view! { <strong>{operation_label(&entry.operation)}</strong> }
}

/// Whether it was done or refused, and how often.
#[component]
pub(crate) fn OutcomeBadge(entry: AuditEntryView) -> impl IntoView {
    let AuditEntryView { outcome, times, .. } = entry;
    let class = if outcome == "done" { "badge" } else { "badge badge-refused" };
    let label = outcome_label(&outcome);
    let text = if times > 1 { format!("{label} ×{times}") } else { label };
    view! { <span class=class>{text}</span> }
}

/// The value before and after.
#[component]
pub(crate) fn ChangedValue(entry: AuditEntryView) -> impl IntoView {
    let change = entry.change.map(|change| {
        view! {
            <span>
                <bdi>{change.subject}</bdi>": "<del><bdi>{visible_text(change.from)}</bdi></del>" → "
                <ins><bdi>{visible_text(change.to)}</bdi></ins>
            </span>
        }
    });
    optional(change)
}
