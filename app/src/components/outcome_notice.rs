//! The notice that says how a submitted operation ended.

use super::changed_notice::ChangedNotice;
use super::erased::optional;
use super::other_organization::OtherOrganizationNotice;
use super::outcome::{Outcome, outcome_in_url, outcome_of};
use super::toasts::toast_outcome;
use crate::browser::resubmit_form;
use crate::operation_action::OperationAction;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::texts::done::done_message;
use crate::texts::refusals::half_done_message; // example:line invitations
use crate::texts::refusals::{gone_message, refusal_message, reverification_message, submitted_message};
use crate::toasts::Undo;
use domain::form_result::Sent;
use domain::refusal::Refusal;
use domain::text::isolated;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The notice of an action. Problems of fields stand beside the fields.
#[component]
pub(crate) fn OutcomeNotice(
    /// The action.
    action: OperationAction,
    /// The message when it is done; without it, the message of the operation. A message names whom
    /// it concerns, where the page knows.
    #[prop(optional, into)]
    done: String,
    /// The field of the input whose text stands in the message, in the place of `{}`.
    #[prop(optional)]
    named_by: Option<&'static str>,
    /// Takes the change back, where that is possible.
    #[prop(optional, into)]
    undo: Option<Undo>,
) -> impl IntoView {
    view! {
        <SuccessNotice action done nostrip:named_by=named_by nostrip:undo=undo />
        <RefusalNotice action />
    }
}

/// The notice that a change was refused, where a success has another place.
#[component]
pub(crate) fn RefusalNotice(
    /// As in [`OutcomeNotice`].
    action: OperationAction,
) -> impl IntoView {
    let is_answer = Signal::derive(move || action.value().with(Option::is_some));
    let resend = Callback::new(move |()| action.resend());
    let (outcome, operation) = (outcome_of(action), action.operation());
    view! { <Notice outcome operation is_answer resend /> }
}

/// The message that a change is done, where a refusal has another place. With JavaScript it is a
/// toast. Without, the frame shows the message of the operation, or this place the page's own one.
#[component]
pub(crate) fn SuccessNotice(
    /// As in [`OutcomeNotice`].
    action: OperationAction,
    /// As in [`OutcomeNotice`].
    #[prop(optional, into)]
    done: String,
    /// As in [`OutcomeNotice`].
    #[prop(optional)]
    named_by: Option<&'static str>,
    /// As in [`OutcomeNotice`].
    #[prop(optional, into)]
    undo: Option<Undo>,
) -> impl IntoView {
    let (operation, location) = (action.operation(), use_location());
    let known = done_message(operation);
    let text = if done.is_empty() { known.unwrap_or("Saved.").to_owned() } else { done };
    let message = text.clone();
    let named = move || match named_by.and_then(|field| action.answered_input(field)) {
        Some(name) => message.replacen("{}", &isolated(&name), 1),
        None => message.clone(),
    };
    toast_outcome(action, move || Some((named(), undo.clone())));
    let is_done = known.is_none() && untrack(|| PageUrl::of(&location).get("done") == Some(operation));
    optional(is_done.then(|| view! { <p class="notice" role="status" tabindex="-1" autofocus=true>{text}</p> }))
}

/// The notice of a refused form that the browser posts by itself, whose outcome is in the URL.
#[component]
pub(crate) fn PostedNotice(
    /// The operation.
    operation: &'static str,
) -> impl IntoView {
    let outcome = outcome_in_url(operation);
    view! { <Notice outcome operation is_answer=Signal::derive(|| false) resend=Callback::new(|()| ()) /> }
}

/// The notice of an outcome, wherever it comes from.
#[component]
fn Notice(
    outcome: Signal<Outcome>,
    operation: &'static str,
    /// Whether the outcome is an answer to this page, which can send the call once more.
    is_answer: Signal<bool>,
    resend: Callback<()>,
) -> impl IntoView {
    let location = use_location();
    let url = Memo::new(move |_| PageUrl::of(&location));
    let page = PageOrganization::of_page();
    let verified = move || {
        let is_verified = outcome.read().is_verified(operation, &url.read(), page);
        optional(is_verified.then(|| view! { <p class="notice">"Identity confirmed. Submit the form again."</p> }))
    };
    let failure = move || {
        let verify = move || url.read().verify_link(operation).as_str().to_owned();
        failure_notice(operation, outcome.get(), verify, is_answer, resend, page)
    };
    regions(verified.into_any(), failure.into_any())
}

/// The regions of a success and of a failure. Both always exist, because a screen reader announces
/// only changes inside a region that it knows.
pub(super) fn regions(success: AnyView, failure: AnyView) -> AnyView {
    view! {
        <div class="outcome">
            <div role="status">{success}</div>
            <div role="alert">{failure}</div>
        </div>
    }
    .into_any()
}

/// The notice of a failure. `verify`: the URL of the page that verifies the identity.
fn failure_notice(
    operation: &'static str,
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
    let is_changed = refusal == Refusal::Changed;
    // A toast says it, because the form goes with its row.
    if gone_message(operation, &refusal).is_some() && is_answer.get() {
        return None;
    }
    let text = failure_message(operation, &refusal, outcome.submitted.as_ref())?;
    if is_changed {
        return Some(view! { <ChangedNotice operation text /> }.into_any());
    }
    Some(view! { <FailureNotice text retry resend /> }.into_any())
}

/// The message of a refusal, and whether the submitted input is kept. In an open page the input is
/// still in the form, and the problem of a field stands beside it.
fn failure_message(operation: &str, refusal: &Refusal, submitted: Option<&Sent>) -> Option<String> {
    let gone = gone_message(operation, refusal).map(str::to_owned);
    let text = refusal_message(refusal);
    let text = half_done_message(operation, refusal).or(text); // example:line invitations
    let text = gone.or(text);
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
