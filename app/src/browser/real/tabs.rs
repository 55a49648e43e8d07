//! Tells the other tabs of this browser about a change, so that they read again what they show.

use super::panics::has_panicked;
use super::unsaved_input::is_writing;
use leptos::prelude::{document, on_cleanup, set_interval_with_handle};
use leptos::wasm_bindgen::{JsCast, JsValue, closure::Closure};
use send_wrapper::SendWrapper;
use std::cell::RefCell;
use std::time::Duration;
use web_sys::BroadcastChannel;

const CHANNEL: &str = "application:changes";

thread_local! {
    /// The channel on which this tab listens. A channel does not hear its own messages, but every
    /// other channel of the same tab does, and the tab would read a removed member again.
    static LISTENING: RefCell<Option<BroadcastChannel>> = const { RefCell::new(None) };
}

/// Tells the other tabs. The message has no content: each tab reads with its own session.
pub(crate) fn announce_change() {
    LISTENING.with_borrow(|channel| {
        if let Some(channel) = channel {
            let _ = channel.post_message(&JsValue::NULL);
        }
    });
}

/// How old the numbers of an open page become.
const REFRESH_EVERY: Duration = Duration::from_secs(60);

/// Calls `refresh` each minute while the tab is visible and nobody writes in it, for as long as the
/// component that asks is on the page.
pub(crate) fn refresh_each_minute(refresh: impl Fn() + 'static) {
    let due = move || {
        if !document().hidden() && !has_panicked() && !is_writing() {
            refresh();
        }
    };
    if let Ok(timer) = set_interval_with_handle(due, REFRESH_EVERY) {
        on_cleanup(move || timer.clear());
    }
}

/// Calls `refresh` when another tab has changed something, for as long as the component that asks
/// is on the page. A tab in which somebody writes stays as it is.
pub(crate) fn on_change_elsewhere(refresh: impl Fn() + 'static) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return };
    let heard = Closure::<dyn Fn()>::new(move || {
        if !has_panicked() && !is_writing() {
            refresh();
        }
    });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    LISTENING.set(Some(channel.clone()));
    let kept = SendWrapper::new((channel, heard));
    on_cleanup(move || kept.0.close());
}
