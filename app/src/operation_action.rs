//! A change that a page offers: the input is validated here first, then the server is called.

use crate::call::{CallContext, call};
use crate::call_error::CallError;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::step_up::StepUp;
use domain::form_result::Sent;
use domain::input::{TextFields, TextRule};
use domain::operation::{Operation, validated};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::ops::Deref;

/// A Leptos action that calls an operation.
pub(crate) struct OperationAction<S: ServerFn> {
    action: Action<S, Result<S::Output, CallError>>,
    /// The input of the last call.
    last: StoredValue<Option<S>>,
    revision: Memo<usize>,
    text_fields: TextFields,
}

impl<S: ServerFn> Clone for OperationAction<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn> Copy for OperationAction<S> {}

impl<S: ServerFn> Deref for OperationAction<S> {
    type Target = Action<S, Result<S::Output, CallError>>;

    fn deref(&self) -> &Self::Target {
        &self.action
    }
}

impl<S> OperationAction<S>
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    /// Increases when an answer may have changed the data of the page; within a reactive scope it
    /// follows.
    pub(crate) fn revision(self) -> usize {
        self.revision.get()
    }

    /// Sends the last input once more.
    pub(crate) fn resend(self) {
        if let Some(input) = self.last.get_value().filter(|_| !self.action.pending().get_untracked()) {
            self.action.dispatch(input);
        }
    }

    /// The rule that the operation declares for one of its text fields.
    pub(crate) fn text_rule(self, field: &str) -> Option<TextRule> {
        self.text_fields.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule)
    }
}

/// Makes the action of a server function and the operation whose input it has.
pub(crate) fn operation_action<S, Op>(operation: impl Fn(S) -> Op + Copy + Send + Sync + 'static) -> OperationAction<S>
where
    S: ServerFn<Error = CallError> + Serialize + Clone + Send + Sync + 'static,
    S::Output: DeserializeOwned + Send + Sync + 'static,
    Op: Operation,
{
    let (step_up, page, location) = (use_context::<StepUp>(), PageOrganization::of_page(), use_location());
    let last = StoredValue::new(None);
    let action = Action::new(move |input: &S| {
        let input = input.clone();
        last.set_value(Some(input.clone()));
        let valid = validated(operation(input.clone()));
        let url = untrack(|| PageUrl::of(&location));
        async move {
            let valid = valid.map_err(|fields| CallError(Refusal::InvalidInput { fields }))?;
            let organization = page.id();
            let sent = Sent::of(&valid, organization.as_deref());
            // Somebody who has to leave the page finds their input on the way back.
            let page_with = |refusal: &Refusal| url.with_refusal(operation_name::<S>(), refusal, &sent);
            let return_to = page_with(&Refusal::NOBODY);
            let answer = call(input, CallContext { step_up, organization, return_to }).await;
            if let Err(CallError(refusal @ Refusal::OtherOrganization)) = &answer {
                page.set_continue_at(page_with(refusal));
            }
            answer
        }
    });
    let revision = Memo::new(move |before: Option<&usize>| {
        let may_change = action.value().with(|answer| answer.as_ref().is_some_and(may_change_data));
        before.copied().unwrap_or_default() + usize::from(may_change)
    });
    OperationAction { action, last, revision, text_fields: Op::TEXT_FIELDS }
}

/// The name of the operation behind a server function.
pub(crate) fn operation_name<S: ServerFn>() -> &'static str {
    S::PATH.trim_start_matches("/api/")
}

/// Whether the page may be out of date after this answer. Refusals that nothing on the page can
/// have caused or that only concern the form leave it as it is.
fn may_change_data<T>(answer: &Result<T, CallError>) -> bool {
    let Err(CallError(refusal)) = answer else { return true };
    match refusal {
        Refusal::Unavailable
        | Refusal::OtherOrganization
        | Refusal::RateLimited { .. }
        | Refusal::Reverification { .. }
        | Refusal::InvalidInput { .. } => false,
        Refusal::Unauthenticated { .. } | Refusal::Forbidden | Refusal::NotFound | Refusal::Internal => true,
    }
}
