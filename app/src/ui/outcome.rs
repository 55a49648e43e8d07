//! How a change ended, from wherever it is known: the answer in the browser, or the address after a form post without JavaScript.

use super::address::Address;
use super::words;
use crate::call::Change;
use crate::refused::Refused;
use gatehouse::refusal::{FieldProblem, Refusal};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use server_fn::ServerFn;

/// How a change ended; `None`: nobody tried.
pub(crate) type Outcome = Option<Result<(), Refusal>>;

/// The outcome of a change.
pub(crate) fn outcome_of<S>(change: Change<S>) -> Signal<Outcome>
where
    S: ServerFn<Error = Refused> + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let location = use_location();
    Signal::derive(move || match change.value().get() {
        Some(answer) => Some(answer.map(|_| ()).map_err(|Refused(refusal)| refusal)),
        None => Address::of(&location).outcome(operation_of::<S>()),
    })
}

/// The name of the operation behind a server function.
pub(crate) fn operation_of<S: ServerFn>() -> &'static str {
    S::PATH.trim_start_matches("/api/")
}

/// What was typed into a field before the post that was refused, so that nothing is lost.
pub(crate) fn typed_before<S: ServerFn>(field: &'static str) -> Option<String> {
    let location = use_location();
    untrack(|| Address::of(&location)).typed(operation_of::<S>(), field).map(str::to_owned)
}

/// What is wrong with a field.
pub(crate) fn problem(outcome: Signal<Outcome>, field: &'static str) -> Signal<Option<FieldProblem>> {
    Signal::derive(move || match outcome.get() {
        Some(Err(Refusal::InvalidInput { fields })) => fields.get(field).copied(),
        _ => None,
    })
}

/// Says how a change ended. Problems of fields stand beside the fields. Both regions are always there, because screen readers announce
/// only what changes inside a region that they know.
#[component]
pub(crate) fn OutcomeNotice(
    /// The outcome.
    outcome: Signal<Outcome>,
    /// Name of the operation.
    operation: &'static str,
    /// What to say when it was done.
    done: &'static str,
) -> impl IntoView {
    let location = use_location();
    let address = Memo::new(move |_| Address::of(&location));
    view! {
        <div class="outcome">
            <div role="status">
                {move || {
                    let said = match outcome.get() {
                        Some(Ok(())) => Some(done),
                        None if address.read().has_confirmed(operation) => Some("Thank you. Send it once more to finish."),
                        None | Some(Err(_)) => None,
                    };
                    said.map(|text| view! { <p class="notice">{text}</p> })
                }}
            </div>
            <div role="alert">
                {move || match outcome.get() {
                    None | Some(Ok(())) => None,
                    Some(Err(Refusal::Reverification { .. })) => {
                        let verify = address.read().confirm_link(operation).as_str().to_owned();
                        Some(view! { <StepUpLink verify /> }.into_any())
                    }
                    Some(Err(refusal)) => words::of(&refusal).map(|text| view! { <p class="notice notice-danger">{text}</p> }.into_any()),
                }}
            </div>
        </div>
    }
}

/// The way to prove who one is without the dialog, and back with everything that was typed.
#[component]
fn StepUpLink(
    /// The hosted page that asks for the proof.
    verify: String,
) -> impl IntoView {
    // The address knows nothing of what was typed into a living page: there the form is sent once more, which opens the dialog.
    let again = move |event: MouseEvent| {
        #[cfg(feature = "hydrate")]
        crate::browser::send_again(&event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <div class="notice notice-warning">
            <p>"This needs a sign-in of the last five minutes. Nothing was changed yet, and what you typed is kept."</p>
            <a class="button button-small" rel="external" href=verify on:click=again>"Confirm it's you"</a>
        </div>
    }
}
