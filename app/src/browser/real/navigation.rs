//! Leaves the page once and to one place: a second navigation would cancel the first.
//!
//! A call that learns of a sign-out goes to sign-in, with a way back. That redirect clears cookies
//! before this page unloads, and the watcher must not treat that as a sign-out in another tab.

use super::session_token::is_signed_out;
use domain::local_path::LocalPath;
use leptos::prelude::{location, on_cleanup, window_event_listener_untyped};
use std::cell::Cell;

/// A navigation that has not ended the page by then was cancelled.
const NAVIGATION_TIMEOUT_MS: f64 = 10_000.0;

thread_local! {
    static IN_FLIGHT: Cell<u32> = const { Cell::new(0) };
    static NAVIGATED_AT: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// A call under way, which finds out by itself that the session has ended.
pub(crate) struct InFlightCall;

impl InFlightCall {
    pub(crate) fn begin() -> Self {
        IN_FLIGHT.with(|calls| calls.set(calls.get() + 1));
        Self
    }
}

impl Drop for InFlightCall {
    fn drop(&mut self) {
        IN_FLIGHT.with(|calls| calls.set(calls.get() - 1));
    }
}

/// Records every navigation of this page, also one that a link or form starts.
pub(super) fn track_navigation() {
    let listener = window_event_listener_untyped("beforeunload", |_| record());
    on_cleanup(move || listener.remove());
}

/// Whether a sign-out in another tab should end this page: no call is about to do that.
pub(super) fn should_leave_signed_out() -> bool {
    IN_FLIGHT.get() == 0 && is_signed_out()
}

/// Goes there, unless the page is being left already. If the browser cannot navigate, the page
/// stays as it is and the next change is refused.
pub(crate) fn navigate_once(target: &LocalPath) {
    let is_leaving = js_sys::Date::now() - NAVIGATED_AT.get() < NAVIGATION_TIMEOUT_MS;
    if !is_leaving {
        record();
        let _ = location().set_href(target.as_str());
    }
}

fn record() {
    NAVIGATED_AT.set(js_sys::Date::now());
}
