//! How a submitted operation ended: from its answer in the browser, or from the URL after a form
//! post without JavaScript.

use crate::call_error::CallError;
use crate::operation_action::{OperationAction, operation_name};
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::texts::fields::field_message;
use domain::form_result::{ORGANIZATION, Sent};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use server_fn::ServerFn;

/// How an operation ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// `None`: nothing was submitted.
    pub(crate) answer: Option<Result<(), Refusal>>,
    /// The submitted fields that the URL carries, where the outcome comes from there. In an open
    /// page they are still in the form.
    pub(crate) submitted: Option<Sent>,
}

impl Outcome {
    /// The organization that the fields in the URL were submitted for.
    pub(crate) fn submitted_for(&self) -> Option<&str> {
        self.submitted.as_ref().and_then(|submitted| submitted.get(ORGANIZATION))
    }

    /// Whether the operation was submitted for another organization than that of this page, however
    /// it ended: the person should know before they submit it again.
    pub(crate) fn is_of_another(&self, page: PageOrganization) -> bool {
        let is_refused = matches!(self.answer, Some(Err(Refusal::OtherOrganization)));
        let is_done = matches!(self.answer, Some(Ok(())));
        is_refused || !is_done && self.submitted_for().is_some_and(|other| page.id().is_some_and(|id| id != other))
    }

    /// Whether the person comes back from the confirmation of their identity for this operation.
    pub(crate) fn is_verified(&self, operation: &str, url: &PageUrl, page: PageOrganization) -> bool {
        self.answer.is_none() && url.is_verified_for(operation) && !self.is_of_another(page)
    }
}

/// The outcome of an operation that the URL has.
pub(crate) fn outcome_in_url(operation: &'static str) -> Signal<Outcome> {
    let location = use_location();
    Signal::derive(move || {
        let url = PageUrl::of(&location);
        Outcome { answer: url.outcome(operation), submitted: url.submitted(operation) }
    })
}

/// The outcome of an action.
pub(crate) fn outcome_of(action: OperationAction) -> Signal<Outcome> {
    let in_url = outcome_in_url(action.operation());
    Signal::derive(move || match action.value().get() {
        Some(answer) => {
            let answer = answer.map_err(|CallError(refusal)| refusal);
            Outcome { answer: Some(answer), submitted: None }
        }
        None => in_url.get(),
    })
}

/// The submitted value of a field, from the URL of a post that was refused.
pub(crate) fn submitted_value<S: ServerFn>(field: &'static str) -> Option<String> {
    submitted(operation_name::<S>(), field)
}

/// The submitted text of a field of an action, from the URL of a post that was refused.
pub(crate) fn submitted_text(action: OperationAction, field: &'static str) -> Option<String> {
    submitted(action.operation(), field)
}

fn submitted(operation: &'static str, field: &'static str) -> Option<String> {
    let location = use_location();
    let submitted = untrack(|| PageUrl::of(&location)).submitted(operation)?;
    submitted.get(field).map(str::to_owned)
}

/// The message beside a field; `None` while it is valid.
pub(crate) fn field_error(action: OperationAction, field: &'static str) -> Signal<Option<String>> {
    let outcome = outcome_of(action);
    Signal::derive(move || match outcome.get().answer {
        Some(Err(Refusal::InvalidInput { fields })) => {
            fields.get(field).map(|problem| field_message(action.text_rule(field), *problem))
        }
        _ => None,
    })
}
