//! How a change ended, from wherever it is known: the answer in the browser, or the address after a form post without JavaScript.

use super::address::Address;
use super::organization::{OtherOrganization, PageOrganization};
use super::words;
use crate::call::Change;
use crate::refused::Refused;
use domain::form_result::{ORGANIZATION, Sent};
use domain::refusal::{FieldProblem, Refusal};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use server_fn::ServerFn;

/// How a change ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// `None`: nobody tried.
    answer: Option<Result<(), Refusal>>,
    /// What the address has of what was sent, where the outcome stands there. In a living page it stands in the form.
    sent: Option<Sent>,
}

/// The outcome of a change.
pub(crate) fn outcome_of<S>(change: Change<S>) -> Signal<Outcome>
where
    S: ServerFn<Error = Refused> + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let location = use_location();
    Signal::derive(move || match change.value().get() {
        Some(answer) => Outcome { answer: Some(answer.map(|_| ()).map_err(|Refused(refusal)| refusal)), sent: None },
        None => {
            let address = Address::of(&location);
            Outcome { answer: address.outcome(operation_of::<S>()), sent: address.sent(operation_of::<S>()) }
        }
    })
}

/// The name of the operation behind a server function.
pub(crate) fn operation_of<S: ServerFn>() -> &'static str {
    S::PATH.trim_start_matches("/api/")
}

/// What was typed into a field before the post that was refused, so that nothing is lost.
pub(crate) fn typed_before<S: ServerFn>(field: &'static str) -> Option<String> {
    let location = use_location();
    let sent = untrack(|| Address::of(&location)).sent(operation_of::<S>())?;
    sent.get(field).map(str::to_owned)
}

/// What is wrong with a field.
pub(crate) fn problem(outcome: Signal<Outcome>, field: &'static str) -> Signal<Option<FieldProblem>> {
    Signal::derive(move || match outcome.get().answer {
        Some(Err(Refusal::InvalidInput { fields })) => fields.get(field).copied(),
        _ => None,
    })
}

/// Says how a change ended. Problems of fields stand beside the fields.
#[component]
pub(crate) fn OutcomeNotice<S>(
    /// The change.
    change: Change<S>,
    /// What to say when it was done.
    done: &'static str,
) -> impl IntoView
where
    S: ServerFn<Error = Refused> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let is_answer = Signal::derive(move || change.value().with(Option::is_some));
    let again = Callback::new(move |()| change.again());
    let (outcome, operation) = (outcome_of(change), operation_of::<S>());
    view! { <Notice outcome operation is_answer again done /> }
}

/// Both regions are always there, because screen readers announce only what changes inside a region that they know.
#[component]
fn Notice(
    outcome: Signal<Outcome>,
    operation: &'static str,
    /// Whether the outcome was answered to this very page, which can send the change once more.
    is_answer: Signal<bool>,
    again: Callback<()>,
    done: &'static str,
) -> impl IntoView {
    let location = use_location();
    let address = Memo::new(move |_| Address::of(&location));
    let page = PageOrganization::here();
    view! {
        <div class="outcome">
            <div role="status">
                {move || {
                    let outcome = outcome.get();
                    let said = match &outcome.answer {
                        Some(Ok(())) => Some(done),
                        None if address.read().has_confirmed(operation) && !is_of_another(&outcome, page) => {
                            Some("Thank you. Send it once more to finish.")
                        }
                        None | Some(Err(_)) => None,
                    };
                    said.map(|text| view! { <p class="notice">{text}</p> })
                }}
            </div>
            <div role="alert">
                {move || {
                    let outcome = outcome.get();
                    let is_of_another = is_of_another(&outcome, page);
                    let Outcome { answer, sent } = outcome;
                    match answer {
                        None | Some(Err(_)) if is_of_another => {
                            let made_for = sent.as_ref().and_then(|sent| sent.get(ORGANIZATION)).map(str::to_owned);
                            Some(view! { <OtherOrganization made_for sent /> }.into_any())
                        }
                        None | Some(Ok(())) => None,
                        Some(Err(Refusal::Reverification { .. })) => {
                            let verify = address.read().confirm_link(operation).as_str().to_owned();
                            Some(view! { <StepUpLink verify kept=words::kept(sent.as_ref()) /> }.into_any())
                        }
                        Some(Err(refusal)) => {
                            let retry = (refusal == Refusal::Unavailable && is_answer.get()).then(|| view! { <Retry again /> });
                            said(&refusal, sent.as_ref())
                                .map(|text| view! { <div class="notice notice-danger"><p>{text}</p>{retry}</div> }.into_any())
                        }
                    }
                }}
            </div>
        </div>
    }
}

/// What a refusal says, and what became of what was typed: in a living page it stands where it was typed, and a problem of a field beside it.
fn said(refusal: &Refusal, sent: Option<&Sent>) -> Option<String> {
    let text = words::of(refusal);
    let kept = sent.filter(|sent| text.is_some() || !sent.is_whole()).map(|sent| words::kept(Some(sent)));
    let said: Vec<_> = text.as_deref().into_iter().chain(kept).filter(|text| !text.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Whether what was sent was meant for another organization than this page is made for, whatever became of it: the person should know before they
/// send it again.
fn is_of_another(outcome: &Outcome, page: PageOrganization) -> bool {
    let meant = outcome.sent.as_ref().and_then(|sent| sent.get(ORGANIZATION));
    let is_refused = matches!(outcome.answer, Some(Err(Refusal::OtherOrganization)));
    let is_done = matches!(outcome.answer, Some(Ok(())));
    is_refused || !is_done && meant.is_some_and(|meant| page.id().is_some_and(|id| id != meant))
}

/// Sends once more what got no answer: the form around it as it is now, else what was sent.
#[component]
fn Retry(again: Callback<()>) -> impl IntoView {
    let retry = move |event: MouseEvent| {
        #[cfg(feature = "hydrate")]
        if !crate::browser::send_again(&event) {
            again.run(());
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (event, again);
    };
    view! { <button class="button button-small" type="button" on:click=retry>"Retry"</button> }
}

/// The way to prove who one is without the dialog, and back with everything that was typed.
#[component]
fn StepUpLink(
    /// The hosted page that asks for the proof.
    verify: String,
    /// What is left of what was typed.
    kept: &'static str,
) -> impl IntoView {
    // The address knows nothing of what was typed into a living page: there the form is sent once more, which opens the dialog.
    let again = move |event: MouseEvent| {
        #[cfg(feature = "hydrate")]
        let _ = crate::browser::send_again(&event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <div class="notice notice-warning">
            <p>"This needs a sign-in of the last five minutes. Nothing was changed yet. "{kept}</p>
            <a class="button button-small" rel="external" href=verify on:click=again>"Confirm it's you"</a>
        </div>
    }
}
