//! A part of a page that waits for its reads.
//!
//! It takes its content without the type, so that the wasm contains the waiting once and not once
//! for each page.

use leptos::prelude::*;
use std::pin::Pin;

type Content = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// The content once its reads have answered. It keeps the earlier content while it reads again.
pub(crate) fn loaded<F>(content: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = AnyView> + Send + 'static,
{
    waiting(Box::new(move || Box::pin(content())))
}

fn waiting(content: Box<dyn Fn() -> Content + Send + Sync>) -> AnyView {
    view! {
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(content())}
        </Transition>
    }
    .into_any()
}

/// Stands for the content. It appears after 200 ms, because a faster answer needs no sign.
#[component]
pub(crate) fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <h1>"Loading…"</h1>
            <div></div>
            <div></div>
        </div>
    }
}
