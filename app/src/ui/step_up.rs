//! "Confirm it's you": the dialog that a stale sign-in opens, and the call that waits for it.
//!
//! The dialog asks for nothing before Clerk has said what it asks for. Each factor has an input of its own, so that a password never
//! becomes the text of another field, and no input outlives its question.

use futures_channel::oneshot;
use leptos::either::EitherOf3;
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
    /// What went wrong, for the person.
    error: RwSignal<String>,
    /// Whether an answer is awaited.
    busy: RwSignal<bool>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
    /// Counts how often the dialog was opened: an answer to an earlier opening is ignored.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser opens it"))]
    opening: StoredValue<u32>,
}

impl StepUp {
    pub(crate) fn new() -> Self {
        Self {
            level: RwSignal::new(None),
            factor: RwSignal::new(None),
            error: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
            waiting: StoredValue::new(None),
            opening: StoredValue::new(0),
        }
    }

    /// Opens the dialog and tells whether the person confirmed. A second call while it is open takes its place; the first is cancelled.
    #[cfg(feature = "hydrate")]
    pub(crate) async fn confirm(self, level: &str) -> bool {
        let (answer, answered) = oneshot::channel();
        self.finish(false);
        self.waiting.set_value(Some(answer));
        self.opening.update_value(|opening| *opening += 1);
        self.level.set(Some(level.to_owned()));
        self.ask();
        answered.await.unwrap_or(false)
    }

    fn finish(self, confirmed: bool) {
        self.level.set(None);
        self.factor.set(None);
        self.error.set(String::new());
        self.busy.set(false);
        if let Some(answer) = self.waiting.try_update_value(Option::take).flatten() {
            // Whoever waited may have gone with their page.
            let _ = answer.send(confirmed);
        }
    }

    /// Lets Clerk say what it asks for.
    fn ask(self) {
        #[cfg(feature = "hydrate")]
        if let Some(level) = self.level.get_untracked() {
            self.wait_for(async move { crate::browser::begin(&level).await.map(Some) });
        }
    }

    /// Gives Clerk what the person typed.
    fn give(self, typed: String) {
        #[cfg(feature = "hydrate")]
        if let Some(factor) = self.factor.get_untracked() {
            self.wait_for(async move { crate::browser::attempt(factor, &typed).await });
        }
        #[cfg(not(feature = "hydrate"))]
        drop(typed);
    }

    /// Shows what Clerk asks for next; it asks for nothing more once the person has confirmed.
    #[cfg(feature = "hydrate")]
    fn wait_for(self, answer: impl Future<Output = Result<Option<Factor>, String>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(String::new());
        let opening = self.opening.get_value();
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            if self.opening.get_value() != opening || self.level.with_untracked(Option::is_none) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(None) => self.finish(true),
                Ok(asked) => self.factor.set(asked),
                Err(text) => self.error.set(text),
            }
        });
    }
}

/// The dialog itself.
#[component]
pub(crate) fn StepUpDialog() -> impl IntoView {
    let step_up = expect_context::<StepUp>();
    let dialog = NodeRef::<html::Dialog>::new();
    let proof = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let open = step_up.level.read().is_some();
        let Some(dialog) = dialog.get() else { return };
        if open && !dialog.open() {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    Effect::new(move |_| {
        if let (Some(_), Some(proof)) = (step_up.factor.get(), proof.get()) {
            // Fails only for an input that is not in the page.
            let _ = proof.focus();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(proof) = proof.get_untracked().filter(|_| step_up.factor.get_untracked().is_some()) {
            step_up.give(proof.value());
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="step-up-title" on:close=move |_| step_up.finish(false)>
            <form class="form" method="dialog" on:submit=submit>
                <h2 id="step-up-title">"Confirm it's you"</h2>
                <p class="muted">"This change needs a sign-in of the last five minutes. Then it goes on by itself."</p>
                // Each is a branch of its own: another factor gets another input, not the same one with another type.
                {move || match step_up.factor.get() {
                    None => EitherOf3::A(view! { <Wait step_up /> }),
                    Some(Factor::Password) => EitherOf3::B(view! { <PasswordField step_up proof /> }),
                    Some(Factor::Code) => EitherOf3::C(view! { <CodeField step_up proof /> }),
                }}
                <p id="step-up-error" class="field-error" aria-live="polite">{step_up.error}</p>
                <Buttons step_up />
            </form>
        </dialog>
    }
}

#[component]
fn Buttons(step_up: StepUp) -> impl IntoView {
    let has_factor = move || step_up.factor.get().is_some();
    let has_failed = move || !has_factor() && !step_up.error.read().is_empty();
    view! {
        <div class="row">
            <button class="button" type="submit" hidden=has_failed disabled=move || !has_factor() aria-busy=move || step_up.busy.get().then_some("true")>
                "Confirm"
            </button>
            <button class="button" type="button" hidden=move || !has_failed() on:click=move |_| step_up.ask()>"Try again"</button>
            <button class="button button-quiet" type="button" on:click=move |_| step_up.finish(false)>"Cancel"</button>
        </div>
    }
}

/// Before it is known what is asked for.
#[component]
fn Wait(step_up: StepUp) -> impl IntoView {
    view! { <p role="status" hidden=move || !step_up.error.read().is_empty()>"One moment…"</p> }
}

#[component]
fn PasswordField(step_up: StepUp, proof: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="step-up-password">"Password"</label>
            <input
                id="step-up-password"
                class="input"
                type="password"
                name="password"
                autocomplete="current-password"
                required
                node_ref=proof
                aria-invalid=move || is_wrong(step_up)
                aria-describedby="step-up-error"
            />
        </div>
    }
}

#[component]
fn CodeField(step_up: StepUp, proof: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="step-up-code">"Code of your authenticator app"</label>
            <input
                id="step-up-code"
                class="input"
                type="text"
                name="code"
                inputmode="numeric"
                autocomplete="one-time-code"
                required
                node_ref=proof
                aria-invalid=move || is_wrong(step_up)
                aria-describedby="step-up-error"
            />
        </div>
    }
}

fn is_wrong(step_up: StepUp) -> Option<&'static str> {
    (!step_up.error.read().is_empty()).then_some("true")
}
