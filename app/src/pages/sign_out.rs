//! Signing out asks for a click: an address alone must not change anything.

use crate::ui::frame::Brand;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page behind a link to `/sign-out`.
#[component]
pub(crate) fn SignOut() -> impl IntoView {
    view! {
        <Title text="Sign out – Gatehouse" />
        <header class="bar"><div class="bar-inner"><Brand /></div></header>
        <main id="main" class="page">
            <div class="stack center">
                <h1>"Sign out?"</h1>
                <p class="lead">"Your session ends here and at Clerk, in every tab."</p>
                <form class="row" method="post" action="/sign-out">
                    <button class="button">"Sign out"</button>
                    <a class="button button-quiet" href="/admin" rel="external">"Stay"</a>
                </form>
            </div>
        </main>
    }
}
