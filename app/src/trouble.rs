//! Reads that get no answer while a page is open: what was there stays, a notice says so, and "Retry" reads again.
//!
//! A browser often believes that it is online when it is not, so only the calls themselves tell. That it is online again it says
//! rightly, and that is taken as a "Retry".

use crate::refused::Refused;
use domain::refusal::Refusal;
use futures_channel::oneshot;
use leptos::prelude::*;

/// What the frame of a page knows of its reads.
#[derive(Clone, Copy)]
pub(crate) struct Trouble {
    /// The reads that wait for another try.
    reads: RwSignal<Vec<u32>>,
    next: StoredValue<u32>,
    /// Tries, counted; a read that depends on it is made again.
    tries: RwSignal<u32>,
    waiting: StoredValue<Vec<oneshot::Sender<()>>>,
}

impl Trouble {
    pub(crate) fn new() -> Self {
        Self {
            reads: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            tries: RwSignal::new(0),
            waiting: StoredValue::new(Vec::new()),
        }
    }

    /// Whether something that is shown may be out of date.
    fn is_there(self) -> bool {
        !self.reads.read().is_empty()
    }

    /// Reads again, if anything got no answer.
    fn retry(self) {
        if self.reads.with_untracked(Vec::is_empty) {
            return;
        }
        for read in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            // Whoever waited may have gone with their page.
            let _ = read.send(());
        }
        self.tries.update(|tries| *tries += 1);
    }
}

/// One read of a page, within the frame that says how it went.
#[derive(Clone, Copy)]
pub(crate) struct PageRead {
    trouble: Trouble,
    id: u32,
    /// Gone with the part of the page that reads.
    alive: StoredValue<()>,
}

impl PageRead {
    /// A new one, or none outside of a frame. On the server there is none either: nobody can press "Retry" there, and a
    /// page that waited for it would be answered when the time limit of the request ends.
    pub(crate) fn new() -> Option<Self> {
        let trouble = use_context::<Trouble>().filter(|_| cfg!(feature = "hydrate"))?;
        let id = trouble.next.try_update_value(|next| {
            *next += 1;
            *next
        })?;
        let read = Self { trouble, id, alive: StoredValue::new(()) };
        on_cleanup(move || read.note(false));
        Some(read)
    }

    /// How often was tried; within a reactive scope it follows.
    pub(crate) fn tries(self) -> u32 {
        self.trouble.tries.get()
    }

    /// Whether this is no answer about what was asked for, and may be another one in a moment. The frame says so until there is one.
    pub(crate) fn has_failed<T>(self, answer: &Result<T, Refused>) -> bool {
        let failed =
            matches!(answer, Err(Refused(Refusal::Unavailable | Refusal::Internal | Refusal::RateLimited { .. })))
                && !self.alive.is_disposed();
        self.note(failed);
        failed
    }

    /// Waits for another try.
    pub(crate) async fn tried_again(self) {
        let (retry, retried) = oneshot::channel();
        self.trouble.waiting.update_value(|waiting| waiting.push(retry));
        // The frame has gone, and nobody waits for this any more.
        let _ = retried.await;
    }

    fn note(self, failed: bool) {
        let known = self.trouble.reads.try_with_untracked(|reads| reads.contains(&self.id)) == Some(true);
        if known != failed {
            self.trouble.reads.try_update(|reads| {
                reads.retain(|id| *id != self.id);
                reads.extend(failed.then_some(self.id));
            });
        }
    }
}

/// Says that something could not be read.
#[component]
pub(crate) fn TroubleNotice() -> impl IntoView {
    let trouble = expect_context::<Trouble>();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let online = window_event_listener_untyped("online", move |_| trouble.retry());
        on_cleanup(move || online.remove());
    });
    view! {
        <div class="outcomes" role="alert">
            {move || {
                trouble.is_there().then(|| view! {
                    <div class="notice notice-danger">
                        <p>"This could not be loaded: the server, or something that it needs, does not answer. What you see is as it was before."</p>
                        <button class="button button-small" type="button" on:click=move |_| trouble.retry()>"Retry"</button>
                    </div>
                })
            }}
        </div>
    }
}
