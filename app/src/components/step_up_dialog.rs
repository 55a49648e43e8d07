//! "Confirm it's you": the dialog that a stale sign-in opens.
//!
//! Each factor has an input of its own, so that a password never becomes the text of another field,
//! and no input outlives its question.

use crate::factor::Factor;
use crate::step_up::StepUp;
use leptos::either::EitherOf3;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

/// The dialog.
#[component]
pub(crate) fn StepUpDialog() -> impl IntoView {
    let step_up = expect_context::<StepUp>();
    let (dialog, input) = (NodeRef::<html::Dialog>::new(), NodeRef::<html::Input>::new());
    follow(step_up, dialog, input);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked().filter(|_| step_up.factor.get_untracked().is_some()) {
            step_up.submit(input.value());
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="step-up-title" on:close=move |_| step_up.finish(false)>
            <form class="form" method="dialog" on:submit=submit>
                <h2 id="step-up-title">"Confirm it's you"</h2>
                <p class="muted">"What you asked for continues as soon as you confirm."</p>
                // One branch for each: another factor gets another input, not the same one with
                // another type.
                {move || match step_up.factor.get() {
                    None => EitherOf3::A(view! { <Loading step_up /> }),
                    Some(Factor::Password) => EitherOf3::B(view! { <FactorField field=&PASSWORD step_up input /> }),
                    Some(Factor::Code) => EitherOf3::C(view! { <FactorField field=&CODE step_up input /> }),
                }}
                <p id="step-up-error" class="field-error" aria-live="polite">{step_up.error}</p>
                <Buttons step_up />
            </form>
        </dialog>
    }
}

/// Opens and closes the dialog with the question, and puts the cursor into the field of a new
/// factor.
fn follow(step_up: StepUp, dialog: NodeRef<html::Dialog>, input: NodeRef<html::Input>) {
    Effect::new(move |_| {
        let open = step_up.is_open();
        let Some(dialog) = dialog.get() else { return };
        if open && !dialog.open() {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    Effect::new(move |_| {
        if let (Some(_), Some(input)) = (step_up.factor.get(), input.get()) {
            // Fails only for an input that is not in the page.
            let _ = input.focus();
        }
    });
}

#[component]
fn Buttons(step_up: StepUp) -> impl IntoView {
    let has_factor = move || step_up.factor.get().is_some();
    let has_failed = move || !has_factor() && !step_up.error.read().is_empty();
    view! {
        <div class="row">
            <button
                class="button"
                type="submit"
                hidden=has_failed
                disabled=move || !has_factor()
                aria-busy=move || step_up.busy.get().then_some("true")
            >
                "Confirm"
            </button>
            <button class="button" type="button" hidden=move || !has_failed() on:click=move |_| step_up.start()>
                "Try again"
            </button>
            <button class="button button-quiet" type="button" on:click=move |_| step_up.finish(false)>"Cancel"</button>
        </div>
    }
}

/// Shown until Clerk has named a factor.
#[component]
fn Loading(step_up: StepUp) -> impl IntoView {
    view! { <p role="status" hidden=move || !step_up.error.read().is_empty()>"Loading…"</p> }
}

/// The attributes by which the fields of two factors differ.
struct Field {
    id: &'static str,
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    inputmode: &'static str,
}

const PASSWORD: Field = Field {
    id: "step-up-password",
    label: "Password",
    name: "password",
    kind: "password",
    autocomplete: "current-password",
    inputmode: "text",
};

const CODE: Field = Field {
    id: "step-up-code",
    label: "Code from your authenticator app",
    name: "code",
    kind: "text",
    autocomplete: "one-time-code",
    inputmode: "numeric",
};

#[component]
fn FactorField(field: &'static Field, step_up: StepUp, input: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <div class="field">
            <label for=field.id>{field.label}</label>
            <input
                id=field.id
                class="input"
                type=field.kind
                name=field.name
                inputmode=field.inputmode
                autocomplete=field.autocomplete
                required
                node_ref=input
                aria-invalid=move || is_invalid(step_up)
                aria-describedby="step-up-error"
            />
        </div>
    }
}

fn is_invalid(step_up: StepUp) -> Option<&'static str> {
    (!step_up.error.read().is_empty()).then_some("true")
}
