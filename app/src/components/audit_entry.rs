//! The parts of an audit log entry, for the table and for the short list.

use crate::texts::audit::{Part, sentence};
use crate::texts::audit_labels::result_label;
use domain::local_path::LocalPath;
use domain::operation::AuditEntryView;
use leptos::prelude::*;

/// The sentence: who did what, and how it ended. Each text of somebody else has a direction of its
/// own.
pub(crate) fn audit_sentence(entry: &AuditEntryView) -> AnyView {
    let parts = sentence(entry).into_iter().map(|part| match part {
        Part::Words(words) => words.into_any(),
        Part::Quoted(text) => view! { <bdi>{text}</bdi> }.into_any(),
    });
    let parts: Vec<_> = parts.collect();
    view! { <span class="sentence">{parts}</span> }.into_any()
}

/// The page of the entry.
pub(crate) fn entry_path(entry: &AuditEntryView) -> String {
    LocalPath::AUDIT_ENTRY.with_query(&[("id", &entry.id)]).as_str().to_owned()
}

/// Whether it was done or refused, and how often.
#[component]
pub(crate) fn OutcomeBadge(
    /// The code of the outcome.
    outcome: String,
    /// How often within the minute.
    times: u32,
) -> impl IntoView {
    let class = if outcome == "done" { "badge" } else { "badge badge-refused" };
    let label = result_label(&outcome);
    let text = if times > 1 { format!("{label} ×{times}") } else { label };
    view! { <span class=class>{text}</span> }
}
