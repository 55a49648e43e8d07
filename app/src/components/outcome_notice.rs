//! The notice that says how a submitted operation ended.

use super::erased::optional;
use super::other_organization::OtherOrganizationNotice;
use super::outcome::{Outcome, outcome_of};
use crate::browser::resubmit_form;
use crate::operation_action::OperationAction;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::texts::refusals::{refusal_message, reverification_message, submitted_message};
use domain::form_result::Sent;
use domain::refusal::Refusal;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The notice of an action. Problems of fields stand beside the fields.
#[component]
pub(crate) fn OutcomeNotice(
    /// The action.
    action: OperationAction,
    /// The message when it is done. Without it another place says so.
    #[prop(optional, into)]
    done: String,
) -> impl IntoView {
    let done = StoredValue::new(done);
    let is_answer = Signal::derive(move || action.value().with(Option::is_some));
    let resend = Callback::new(move |()| action.resend());
    let (outcome, operation) = (outcome_of(action), action.operation());
    view! { <Notice outcome operation is_answer resend done /> }
}

/// The notice that a change is done, where a refusal has another place.
#[component]
pub(crate) fn SuccessNotice(
    /// The action.
    action: OperationAction,
    /// The message.
    #[prop(into)]
    done: String,
) -> impl IntoView {
    let outcome = outcome_of(action);
    let is_done = move || matches!(outcome.read().answer, Some(Ok(())));
    let text = move || optional(is_done().then(|| view! { <p class="notice">{done.clone()}</p> }));
    view! { <div class="outcome" role="status">{text}</div> }
}

/// Both regions always exist, because a screen reader announces only changes inside a region that
/// it knows.
#[component]
fn Notice(
    outcome: Signal<Outcome>,
    operation: &'static str,
    /// Whether the outcome is an answer to this page, which can send the call once more.
    is_answer: Signal<bool>,
    resend: Callback<()>,
    done: StoredValue<String>,
) -> impl IntoView {
    let location = use_location();
    let url = Memo::new(move |_| PageUrl::of(&location));
    let page = PageOrganization::of_page();
    let success = move || {
        let text = success_message(&outcome.get(), done.get_value(), || url.read().is_verified_for(operation), page);
        optional(text.map(|text| view! { <p class="notice">{text}</p> }))
    };
    let failure = move || {
        let verify = move || url.read().verify_link(operation).as_str().to_owned();
        failure_notice(outcome.get(), verify, is_answer, resend, page)
    };
    view! {
        <div class="outcome">
            <div role="status">{success}</div>
            <div role="alert">{failure}</div>
        </div>
    }
}

/// The message of an outcome that is no failure. `done`: the message of the finished operation.
fn success_message(
    outcome: &Outcome,
    done: String,
    is_verified: impl Fn() -> bool,
    page: PageOrganization,
) -> Option<String> {
    match &outcome.answer {
        Some(Ok(())) => (!done.is_empty()).then_some(done),
        None if is_verified() && !outcome.is_of_another(page) => {
            Some("Identity confirmed. Submit the form again.".to_owned())
        }
        None | Some(Err(_)) => None,
    }
}

/// The notice of a failure. `verify`: the URL of the page that verifies the identity.
fn failure_notice(
    outcome: Outcome,
    verify: impl Fn() -> String,
    is_answer: Signal<bool>,
    resend: Callback<()>,
    page: PageOrganization,
) -> Option<AnyView> {
    if outcome.is_of_another(page) {
        let organization = outcome.submitted_for().map(str::to_owned);
        let submitted = outcome.submitted;
        return Some(view! { <OtherOrganizationNotice organization submitted /> }.into_any());
    }
    let refusal = outcome.answer?.err()?;
    if let Refusal::Reverification { clerk_error } = &refusal {
        let text = reverification_message(clerk_error.within_minutes(), outcome.submitted.as_ref());
        return Some(view! { <VerifyNotice verify=verify() text /> }.into_any());
    }
    let retry = refusal == Refusal::Unavailable && is_answer.get();
    let text = failure_message(&refusal, outcome.submitted.as_ref())?;
    Some(view! { <FailureNotice text retry resend /> }.into_any())
}

/// The message of a refusal, and whether the submitted input is kept. In an open page the input is
/// still in the form, and the problem of a field stands beside it.
fn failure_message(refusal: &Refusal, submitted: Option<&Sent>) -> Option<String> {
    let text = refusal_message(refusal);
    let kept = submitted.filter(|submitted| text.is_some() || !submitted.is_whole());
    let kept = kept.map(|submitted| submitted_message(Some(submitted)));
    let parts: Vec<_> = text.as_deref().into_iter().chain(kept).filter(|text| !text.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[component]
fn FailureNotice(text: String, retry: bool, resend: Callback<()>) -> impl IntoView {
    // Submits the form around the button with its current fields, else the last input.
    let click = move |event: MouseEvent| {
        if !resubmit_form(&event) {
            resend.run(());
        }
    };
    let button =
        retry.then(|| view! { <button class="button button-small" type="button" on:click=click>"Retry"</button> });
    view! { <div class="notice notice-danger"><p>{text}</p>{optional(button)}</div> }
}

/// The link to verify the identity without the dialog, and back with the submitted input.
#[component]
fn VerifyNotice(
    /// The page that verifies the identity.
    verify: String,
    text: String,
) -> impl IntoView {
    // The URL does not have the input of an open page: its form is submitted again, which opens the
    // dialog.
    let click = move |event: MouseEvent| {
        resubmit_form(&event);
    };
    view! {
        <div class="notice notice-warning">
            <p>{text}</p>
            <a class="button button-small" rel="external" href=verify on:click=click>"Confirm it's you"</a>
        </div>
    }
}
