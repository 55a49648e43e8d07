//! `/sign-out`: asks for a click, because a URL alone must not change anything.

use crate::components::brand::PublicHeader;
use crate::unfinished_sign_out::UnfinishedSignOut;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page behind a link to `/sign-out`.
#[component]
pub(crate) fn SignOut() -> impl IntoView {
    // The URL alone proves nothing: anybody may have written it.
    let is_claimed = use_query_map().read_untracked().get("unfinished").is_some();
    let unfinished = is_claimed && use_context::<UnfinishedSignOut>().is_some();
    let (head, lead, button, other) = if unfinished {
        (
            "Your session has not ended yet",
            "Clerk could not be told to end it. Until that is done, whoever uses this browser may come back in without a password. Try again in a moment.",
            "Try again",
            ("/", "Go to the start page"),
        )
    } else {
        (
            "Sign out?",
            "Every account of this browser is signed out, here and at Clerk, in every tab.",
            "Sign out",
            ("/admin", "Stay"),
        )
    };
    view! {
        <Title text="Sign out – Gatehouse" />
        <PublicHeader />
        <main id="main" class="page">
            <div class="stack center">
                <h1>{head}</h1>
                <p class="lead">{lead}</p>
                <form class="row" method="post" action="/sign-out">
                    <button class="button">{button}</button>
                    <a class="button button-quiet" href=other.0 rel="external">{other.1}</a>
                </form>
            </div>
        </main>
    }
}
