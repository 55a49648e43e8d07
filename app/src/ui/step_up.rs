//! "Confirm it's you": the dialog that a stale sign-in opens, and the call that waits for it.

use futures_channel::oneshot;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

/// The page's step-up dialog. A call waits in [`StepUp::confirm`] until the person has confirmed or cancelled.
#[derive(Clone, Copy)]
pub(crate) struct StepUp {
    level: RwSignal<Option<String>>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
}

impl StepUp {
    pub(crate) fn new() -> Self {
        Self { level: RwSignal::new(None), waiting: StoredValue::new(None) }
    }

    /// Opens the dialog and tells whether the person confirmed. A second call while it is open takes its place; the first is cancelled.
    #[cfg(feature = "hydrate")]
    pub(crate) async fn confirm(self, level: &str) -> bool {
        let (answer, answered) = oneshot::channel();
        self.finish(false);
        self.waiting.set_value(Some(answer));
        self.level.set(Some(level.to_owned()));
        answered.await.unwrap_or(false)
    }

    fn finish(self, confirmed: bool) {
        self.level.set(None);
        if let Some(answer) = self.waiting.try_update_value(Option::take).flatten() {
            // Whoever waited may have gone with their page.
            let _ = answer.send(confirmed);
        }
    }
}

/// The dialog itself.
#[component]
pub(crate) fn StepUpDialog() -> impl IntoView {
    let step_up = expect_context::<StepUp>();
    let dialog = NodeRef::<html::Dialog>::new();
    let password = NodeRef::<html::Input>::new();
    let error = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let open = step_up.level.read().is_some();
        let (Some(dialog), Some(password)) = (dialog.get(), password.get()) else { return };
        if open && !dialog.open() {
            error.set(String::new());
            password.set_value("");
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = password.get_untracked().map(|input| input.value()).unwrap_or_default();
        confirm(step_up, typed, error, busy);
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="step-up-title" on:close=move |_| step_up.finish(false)>
            <form class="form" method="dialog" on:submit=submit>
                <h2 id="step-up-title">"Confirm it's you"</h2>
                <p class="muted">"This change needs a sign-in of the last five minutes. Then it goes on by itself."</p>
                <div class="field">
                    <label for="step-up-password">"Password"</label>
                    <input
                        id="step-up-password"
                        class="input"
                        type="password"
                        autocomplete="current-password"
                        required
                        node_ref=password
                        aria-invalid=move || (!error.read().is_empty()).then_some("true")
                        aria-describedby="step-up-error"
                    />
                    <p id="step-up-error" class="field-error" aria-live="polite">{error}</p>
                </div>
                <div class="row">
                    <button class="button" type="submit" aria-busy=move || busy.get().then_some("true")>"Confirm"</button>
                    <button class="button button-quiet" type="button" on:click=move |_| step_up.finish(false)>"Cancel"</button>
                </div>
            </form>
        </dialog>
    }
}

fn confirm(step_up: StepUp, password: String, error: RwSignal<String>, busy: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    {
        let Some(level) = step_up.level.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        leptos::task::spawn_local(async move {
            match crate::browser::verify(&level, &password).await {
                Ok(()) => step_up.finish(true),
                Err(text) => error.set(text),
            }
            busy.set(false);
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (step_up, password, error, busy);
}
