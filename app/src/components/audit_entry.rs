//! The parts of an audit log entry, for the table and for the short list.

use super::erased::optional;
use crate::texts::audit::{operation_label, outcome_label, visible_text};
use domain::operation::ChangeView;
use leptos::prelude::*;

/// The user, and the impersonator where there is one.
#[component]
pub(crate) fn Actor(
    /// Name or id of the user.
    actor: String,
    /// Name or id of the impersonator.
    impersonator: Option<String>,
) -> impl IntoView {
    let actor = view! { <bdi>{visible_text(actor)}</bdi> };
    match impersonator {
        None => actor.into_any(),
        Some(name) => view! { <bdi>{visible_text(name)}</bdi>" as "{actor} }.into_any(),
    }
}

/// The operation.
#[component]
pub(crate) fn OperationName(
    /// Its name in snake case.
    operation: String,
) -> impl IntoView {
    view! { <strong>{operation_label(&operation)}</strong> }
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
    let label = outcome_label(&outcome);
    let text = if times > 1 { format!("{label} ×{times}") } else { label };
    view! { <span class=class>{text}</span> }
}

/// The value before and after. The direction of each text is its own, as in `bdi`.
#[component]
pub(crate) fn ChangedValue(
    /// The change, where there is one.
    change: Option<ChangeView>,
) -> impl IntoView {
    let change = change.map(|change| {
        view! {
            <span>
                <bdi>{change.subject}</bdi>": "<del dir="auto">{visible_text(change.from)}</del>" → "
                <ins dir="auto">{visible_text(change.to)}</ins>
            </span>
        }
    });
    optional(change)
}
