//! Leaving the page because nobody is signed in any more, once and to one place: a second navigation would undo the first.
//!
//! A call that learns of a sign-out goes to sign-in, with a way back. Its cookies fall on the way, while this page is still there: whoever watches them
//! must not take that for a sign-out in another tab.

use leptos::prelude::{location, on_cleanup};
use std::cell::Cell;

/// A departure that has not ended the page by then was called off.
const PATIENCE_MS: f64 = 10_000.0;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static LEFT_AT: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// A call under way, which finds out by itself that nobody is signed in.
pub(super) struct Waiting;

impl Waiting {
    pub(super) fn begin() -> Self {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        CALLS.with(|calls| calls.set(calls.get() - 1));
    }
}

/// Notes every departure of this page, also one that a link or form begins.
pub(crate) fn note_departures() {
    let listener = leptos::prelude::window_event_listener_untyped("beforeunload", |_| note());
    on_cleanup(move || listener.remove());
}

/// Whether somebody who was signed out elsewhere should be led away: no call is about to do that.
pub(crate) fn is_due() -> bool {
    CALLS.get() == 0 && super::is_signed_out()
}

/// Goes there, unless the page is being left already. A browser that cannot navigate shows what is on the page, and refuses the next change.
pub(crate) fn leave_for(target: &str) {
    let is_leaving = js_sys::Date::now() - LEFT_AT.get() < PATIENCE_MS;
    if !is_leaving {
        note();
        let _ = location().set_href(target);
    }
}

fn note() {
    LEFT_AT.set(js_sys::Date::now());
}
