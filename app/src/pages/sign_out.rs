//! `/sign-out`: asks for a click, because a URL alone must not change anything.

use crate::components::brand::PublicHeader;
use domain::pages::Page;
use leptos::prelude::*;

/// The page behind a link to `/sign-out`.
#[component]
pub(crate) fn SignOut(
    /// Whether Clerk did not complete the last attempt.
    is_unfinished: bool,
) -> impl IntoView {
    let (head, lead, button, other) = if is_unfinished {
        (
            "Your session has not ended yet",
            "Clerk did not respond, so the session may still be active. Until it ends, anyone who uses this browser can sign in without a password. Try again in a moment.",
            "Try again",
            ("/", "Go to home page"),
        )
    } else {
        (
            "Sign out?",
            "This signs you out of every account in this browser, in all tabs.",
            "Sign out",
            (Page::Dashboard.path(), "Cancel"),
        )
    };
    view! {
        <PublicHeader />
        <main id="main" class="page">
            <div class="stack center">
                <h1>{head}</h1>
                <p class="lead">{lead}</p>
                <form class="row" method="post" action=Page::SignOut.path()>
                    <button class="button">{button}</button>
                    <a class="button button-quiet" href=other.0 rel="external">{other.1}</a>
                </form>
            </div>
        </main>
    }
}
