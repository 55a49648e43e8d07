//! The notice that something on the page could not be loaded.

use crate::page_reads::PageReads;
use leptos::prelude::*;

/// Shown while a read has failed, with a button that reads again.
#[component]
pub(crate) fn FailedReadsNotice() -> impl IntoView {
    let reads = expect_context::<PageReads>();
    Effect::new(move |_| {
        let online = window_event_listener_untyped("online", move |_| reads.retry());
        on_cleanup(move || online.remove());
    });
    view! {
        <div class="outcomes" role="alert">
            {move || {
                reads.have_failed().then(|| view! {
                    <div class="notice notice-danger">
                        <p>"This page could not be refreshed and may be out of date. Try again in a moment."</p>
                        <button class="button button-small" type="button" on:click=move |_| reads.retry()>
                            "Retry"
                        </button>
                    </div>
                })
            }}
        </div>
    }
}
