//! The notice about a change that was refused because somebody else has changed the same thing
//! since the page was rendered. It says whose change the next attempt would replace.

use super::audit_entry::audit_sentence;
use super::timestamp::Timestamp;
use crate::api::ListAudit;
use crate::load::load_for_active;
use leptos::prelude::*;

/// The notice.
#[component]
pub(crate) fn ChangedNotice(
    /// The operation that was refused. The last one of its kind is the change of somebody else.
    operation: &'static str,
    /// The refusal and the remedy.
    text: String,
) -> impl IntoView {
    let log = load_for_active(&ListAudit {
        page: String::new(),
        person: String::new(),
        actor: String::new(),
        operation: operation.to_owned(),
        outcome: "done".to_owned(),
        from_ms: 0,
        to_ms: 0,
    });
    view! {
        <div class="notice notice-warning">
            <p>{text}</p>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    let entry = log.await.ok().and_then(|found| found.rows.into_iter().next());
                    entry.map(|entry| {
                        view! { <p>{audit_sentence(&entry)}", "<Timestamp at_ms=entry.at_ms relative=true /></p> }
                    })
                })}
            </Suspense>
        </div>
    }
}
