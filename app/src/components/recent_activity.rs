//! The newest entries of the audit log, short.

use super::audit_entry::audit_sentence;
use super::erased::list;
use super::timestamp::Timestamp;
use domain::operation::AuditEntryView;
use leptos::prelude::*;

/// The entries, the newest first.
#[component]
pub(crate) fn RecentActivity(entries: Vec<AuditEntryView>) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="muted">"No activity yet."</p> }.into_any();
    }
    let items = entries.into_iter().map(|entry| {
        view! {
            <li>
                <p>{audit_sentence(&entry)}</p>
                <p class="eyebrow"><Timestamp at_ms=entry.at_ms relative=true /></p>
            </li>
        }
    });
    view! { <ul class="entries">{list(items)}</ul> }.into_any()
}
