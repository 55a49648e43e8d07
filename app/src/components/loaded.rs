//! A part of a page that waits for its reads.
//!
//! It takes its content without the type, so that the wasm contains the waiting once and not once
//! for each page.

use leptos::prelude::*;
#[cfg(not(feature = "hydrate"))]
use leptos::reactive::computed::suspense::SuspenseContext;
#[cfg(not(feature = "hydrate"))]
use leptos::tachys::reactive_graph::OwnedView;
use std::pin::Pin;

type Content = Pin<Box<dyn Future<Output = AnyView> + Send>>;
type MakeContent = Box<dyn Fn() -> Content + Send + Sync>;

/// The content once its reads have answered. It keeps the earlier content while it reads again.
pub(crate) fn loaded<F>(content: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = AnyView> + Send + 'static,
{
    waiting(Box::new(move || Box::pin(content())))
}

#[cfg(feature = "hydrate")]
fn waiting(content: MakeContent) -> AnyView {
    view! { <Transition fallback=|| view! { <Skeleton /> }>{move || Suspend::new(content())}</Transition> }.into_any()
}

/// The server sends a page once it is complete, so it awaits the content where it stands. A
/// `Transition` would make the content three times: Leptos looks twice for reads that it does not
/// know yet before it renders.
#[cfg(not(feature = "hydrate"))]
fn waiting(content: MakeContent) -> AnyView {
    debug_assert!(use_context::<SuspenseContext>().is_none(), "`loaded` inside of a `Suspense` would be empty");
    // The browser gives each `Transition` a number out of the sequence of the reads.
    if let Some(shared) = Owner::current_shared_context() {
        shared.next_id();
    }
    let content = content();
    // The values of the content live as long as their owner, until it is rendered.
    let owned = async move { OwnedView::new(content.await) };
    Suspend::new(owned).into_any()
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use any_spawner::Executor;
    use futures_util::StreamExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn the_server_makes_the_content_once() {
        let _ = Executor::init_tokio();
        let made = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&made);
        let owner = Owner::new();
        let answer = |text: &'static str| {
            Resource::new(
                || (),
                move |()| async move {
                    tokio::task::yield_now().await;
                    text.to_owned()
                },
            )
        };
        let (first, second) = owner.with(|| (answer("First"), answer("second")));
        let content = move || {
            count.fetch_add(1, Ordering::Relaxed);
            async move {
                let text = format!("{} {}", first.await, second.await);
                view! { <p>{text}</p> }.into_any()
            }
        };
        let stream = owner.with(|| loaded(content).to_html_stream_in_order());
        let html: String = stream.collect().await;
        assert!(html.contains("First second"), "{html}");
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
