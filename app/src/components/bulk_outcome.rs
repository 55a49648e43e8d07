//! The outcome of an operation on several members: how many it changed, and whom it left out.

use super::erased::{list, optional};
use super::selection::Selection;
use super::toasts::toast_outcome;
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use crate::texts::bulk::{BulkWords, about, members, why_left};
use domain::operation::{BulkView, NotDoneView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The notice about those who are left, who stay selected. With JavaScript a toast counts the
/// others. Without, the frame has the message of the operation.
#[component]
pub(crate) fn BulkOutcome(
    /// The action.
    action: OperationAction,
    /// Its words.
    words: BulkWords,
    /// The selection of the list.
    selection: Selection,
) -> impl IntoView {
    follow_answers(action, words, selection);
    let location = use_location();
    let (url, operation) = (untrack(|| PageUrl::of(&location)), action.operation());
    let posted = if url.get("done") == Some(operation) { url.not_done() } else { Vec::new() };
    let is_posted = !posted.is_empty();
    let left = Memo::new(move |_| match action.value().get() {
        None => named(&posted, selection),
        Some(Ok(())) => named(&not_done(action), selection),
        Some(Err(_)) => Vec::new(),
    });
    let notice = move |left: Vec<(String, String)>| {
        let people = left.into_iter().map(|(name, why)| view! { <li><bdi>{name}</bdi>": "{why}</li> });
        view! {
            <div class="notice notice-warning" tabindex="-1" autofocus=is_posted>
                <p>{words.left}</p>
                <ul>{list(people)}</ul>
            </div>
        }
    };
    view! {
        <div role="alert">
            {move || {
                let left = left.get();
                optional((!left.is_empty()).then(|| notice(left)))
            }}
        </div>
    }
}

fn follow_answers(action: OperationAction, words: BulkWords, selection: Selection) {
    toast_outcome(action, move || {
        let left: Vec<_> = not_done(action).into_iter().map(|left| left.user_id).collect();
        selection.keep(&left);
        let asked = action.answered_input("user_ids").unwrap_or_default();
        let changed = asked.split(' ').count().saturating_sub(left.len());
        (changed > 0).then(|| (about(words.done, &members(changed)), None))
    });
}

fn not_done(action: OperationAction) -> Vec<NotDoneView> {
    action.last_answer::<BulkView>().unwrap_or_default().not_done
}

/// The names of those who are left, each with the reason.
fn named(left: &[NotDoneView], selection: Selection) -> Vec<(String, String)> {
    left.iter().map(|left| (selection.name_of(&left.user_id), why_left(&left.error))).collect()
}
