//! Keeps the session of an open tab: refreshes its token, so that coming back needs no handshake,
//! and follows a sign-out in another tab. Clerk's own components do both where they are.

use super::clerk_script::has_clerk_components;
use super::navigation::{should_leave_signed_out, track_navigation};
use super::panics::has_panicked;
use super::session_token::renew;
use super::unsaved_input::{follow_clerk_sign_out, leave_signed_out};
use leptos::prelude::{Effect, document, on_cleanup, set_interval_with_handle};
use std::time::Duration;

/// A token lives for 60 seconds.
const RENEW_EVERY: Duration = Duration::from_secs(45);
const CHECK_SIGN_OUT_EVERY: Duration = Duration::from_secs(1);

/// Starts both for as long as the component that calls it is on the page.
pub(crate) fn keep_session_fresh() {
    Effect::new(|_| {
        let renew = || {
            if !document().hidden() && is_ours() {
                leptos::task::spawn_local(async {
                    renew().await;
                });
            }
        };
        let follow = || {
            if is_ours() && should_leave_signed_out() {
                leave_signed_out();
            }
        };
        track_navigation();
        follow_clerk_sign_out();
        let timers =
            [set_interval_with_handle(renew, RENEW_EVERY), set_interval_with_handle(follow, CHECK_SIGN_OUT_EVERY)];
        timers.into_iter().flatten().for_each(|timer| on_cleanup(move || timer.clear()));
    });
}

/// Whether nobody else does it, and this half still works.
fn is_ours() -> bool {
    !has_clerk_components() && !has_panicked()
}
