//! The messages about finished changes: at the edge of the page with JavaScript, and at its top
//! without.

use super::erased::optional;
use crate::call_error::CallError;
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use crate::texts::done::{UNDONE, done_message};
use crate::texts::refusals::gone_message;
use crate::toasts::{Toast, Toasts, Undo};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// Shows a message after each success of an action, and when the object of the action is gone: the
/// list is read again then, and the form goes with its row. A refusal takes the earlier messages
/// away.
///
/// `done`: the message of a success.
pub(crate) fn toast_outcome(action: OperationAction, done: impl Fn() -> Option<(String, Option<Undo>)> + 'static) {
    let toasts = use_context::<Toasts>();
    let operation = action.operation();
    Effect::new(move |_| {
        let (Some(answer), Some(toasts)) = (action.take_answer(), toasts) else { return };
        let message = match answer {
            Ok(()) if action.has_taken_back() => Some((UNDONE.to_owned(), None)),
            Ok(()) => done(),
            Err(CallError(refusal)) => {
                toasts.withdraw(operation);
                gone_message(operation, &refusal).map(|text| (text.to_owned(), None))
            }
        };
        if let Some((text, undo)) = message {
            toasts.show(operation, text, undo);
        }
    });
}

/// The region of the messages. A screen reader announces each new one and interrupts nothing.
#[component]
pub(crate) fn ToastRegion() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    count_seconds(toasts);
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        toasts.leave_page();
    });
    view! {
        <div
            class="toasts"
            role="status"
            on:mouseenter=move |_| toasts.hold(true)
            on:mouseleave=move |_| toasts.hold(false)
            on:focusin=move |_| toasts.hold(true)
            on:focusout=move |_| toasts.hold(false)
        >
            <For each=move || toasts.shown() key=|toast| (toast.id, toast.undo.is_some()) let:toast>
                <Message toast toasts />
            </For>
        </div>
    }
}

/// The timer runs only while there is a message.
fn count_seconds(toasts: Toasts) {
    let is_any = Memo::new(move |_| !toasts.shown().is_empty());
    Effect::new(move |_| {
        let timer = is_any.get().then(|| set_interval_with_handle(move || toasts.count_second(), SECOND).ok());
        on_cleanup(move || {
            if let Some(timer) = timer.flatten() {
                timer.clear();
            }
        });
    });
}

const SECOND: Duration = Duration::from_secs(1);

#[component]
fn Message(toast: Toast, toasts: Toasts) -> impl IntoView {
    let Toast { id, text, undo, .. } = toast;
    let undo = undo.map(|undo| {
        let take_back = move |_| {
            toasts.dismiss(id);
            undo.clone().send();
        };
        view! { <button class="button button-quiet button-small" type="button" on:click=take_back>"Undo"</button> }
    });
    let dismiss = move |_| toasts.dismiss(id);
    view! {
        <div class="toast">
            <p>{text}</p>
            {optional(undo)}
            <button class="button button-quiet button-small" type="button" on:click=dismiss>"Dismiss"</button>
        </div>
    }
    .into_any()
}

/// The message after a form post without JavaScript, whose page begins at the top. The browser puts
/// the focus there, so a screen reader reads the message first.
#[component]
pub(crate) fn DoneNotice() -> impl IntoView {
    let location = use_location();
    let text = Memo::new(move |_| {
        let url = PageUrl::of(&location);
        // example:begin bulk
        // The page itself says whom a change has left out.
        if !url.not_done().is_empty() {
            return None;
        }
        // example:end bulk
        url.get("done").and_then(done_message)
    });
    move || {
        optional(text.get().map(|text| {
            view! { <p class="notice" role="status" tabindex="-1" autofocus=true>{text}</p> }
        }))
    }
}
