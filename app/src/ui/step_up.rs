//! "Confirm it's you": the dialog that a stale sign-in opens, and the call that waits for it.

use futures_channel::oneshot;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

/// What a person proves with that it is them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser is told what Clerk asks for"))]
pub(crate) enum Factor {
    /// The first factor.
    Password,
    /// The second one: a code of an authenticator app.
    Code,
}

/// The page's step-up dialog. A call waits in [`StepUp::confirm`] until the person has confirmed or cancelled.
#[derive(Clone, Copy)]
pub(crate) struct StepUp {
    level: RwSignal<Option<String>>,
    /// What is asked for; `None` until Clerk has said it.
    factor: RwSignal<Option<Factor>>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
}

impl StepUp {
    pub(crate) fn new() -> Self {
        Self { level: RwSignal::new(None), factor: RwSignal::new(None), waiting: StoredValue::new(None) }
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
    let proof = NodeRef::<html::Input>::new();
    let error = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let open = step_up.level.read().is_some();
        let (Some(dialog), Some(proof)) = (dialog.get(), proof.get()) else { return };
        if open && !dialog.open() {
            error.set(String::new());
            proof.set_value("");
            step_up.factor.set(None);
            ask(step_up);
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(proof) = proof.get_untracked() {
            confirm(step_up, proof, error, busy);
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="step-up-title" on:close=move |_| step_up.finish(false)>
            <form class="form" method="dialog" on:submit=submit>
                <h2 id="step-up-title">"Confirm it's you"</h2>
                <p class="muted">"This change needs a sign-in of the last five minutes. Then it goes on by itself."</p>
                <ProofField step_up proof error />
                <div class="row">
                    <button class="button" type="submit" aria-busy=move || busy.get().then_some("true")>"Confirm"</button>
                    <button class="button button-quiet" type="button" on:click=move |_| step_up.finish(false)>"Cancel"</button>
                </div>
            </form>
        </dialog>
    }
}

#[component]
fn ProofField(step_up: StepUp, proof: NodeRef<html::Input>, error: RwSignal<String>) -> impl IntoView {
    let is_code = move || step_up.factor.get() == Some(Factor::Code);
    view! {
        <div class="field">
            <label for="step-up-proof">{move || if is_code() { "Code of your authenticator app" } else { "Password" }}</label>
            <input
                id="step-up-proof"
                class="input"
                type=move || if is_code() { "text" } else { "password" }
                inputmode=move || is_code().then_some("numeric")
                autocomplete=move || if is_code() { "one-time-code" } else { "current-password" }
                required
                node_ref=proof
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                aria-describedby="step-up-error"
            />
            <p id="step-up-error" class="field-error" aria-live="polite">{error}</p>
        </div>
    }
}

/// Lets Clerk say what it asks for. What goes wrong here is told when the person confirms.
fn ask(step_up: StepUp) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move {
        let Some(level) = step_up.level.get_untracked() else { return };
        if let Ok(factor) = crate::browser::begin(&level).await {
            step_up.factor.set(Some(factor));
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = step_up;
}

fn confirm(step_up: StepUp, proof: leptos::web_sys::HtmlInputElement, error: RwSignal<String>, busy: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    {
        let Some(level) = step_up.level.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        leptos::task::spawn_local(async move {
            match prove(step_up, &level, &proof.value()).await {
                Ok(None) => step_up.finish(true),
                Ok(asked) => {
                    error.set(String::new());
                    proof.set_value("");
                    step_up.factor.set(asked);
                }
                Err(text) => error.set(text),
            }
            busy.set(false);
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (step_up, proof, error, busy);
}

/// Gives Clerk what the person typed. Where it has not yet said what it asks for, and it is no password, nothing is given.
#[cfg(feature = "hydrate")]
async fn prove(step_up: StepUp, level: &str, typed: &str) -> Result<Option<Factor>, String> {
    match step_up.factor.get_untracked() {
        Some(factor) => crate::browser::attempt(factor, typed).await,
        None => match crate::browser::begin(level).await? {
            Factor::Password => crate::browser::attempt(Factor::Password, typed).await,
            asked @ Factor::Code => Ok(Some(asked)),
        },
    }
}
