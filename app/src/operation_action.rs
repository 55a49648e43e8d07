//! A change that a page offers: the input is validated here first, then the server is called.
//!
//! Only the constructor knows the types of the operation, so that the wasm contains forms, buttons
//! and notices once and not once for each operation.

use crate::browser::{PreparedCall, announce_change, submitted_fields};
use crate::call::{CallContext, call};
use crate::call_error::CallError;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::step_up::StepUp;
use crate::value::Value;
use domain::form_result::{self, Sent};
use domain::input::{TextFields, TextRule, text_problems};
use domain::operation::Operation;
use domain::refusal::{InvalidFields, Refusal};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::ops::Deref;

type Fields = Vec<(String, String)>;

/// One submission of the form: the call, and the fields of its valid input.
#[derive(Clone)]
pub(crate) struct Submission {
    call: PreparedCall,
    valid: Result<Fields, InvalidFields>,
}

type Prepare = Box<dyn Fn(Fields) -> Option<Submission> + Send + Sync>;

/// A Leptos action that calls an operation.
#[derive(Clone, Copy)]
pub(crate) struct OperationAction {
    /// The URL of the operation.
    pub(crate) path: &'static str,
    action: Action<Submission, Result<(), CallError>>,
    prepare: StoredValue<Prepare>,
    /// The input of the last call.
    last: StoredValue<Option<Submission>>,
    /// The forms of a list share one action: those that were sent during a call follow it.
    waiting: StoredValue<Vec<Submission>>,
    revision: Memo<usize>,
    /// Number of answers whose success was announced.
    announced: StoredValue<usize>,
    text_fields: TextFields,
}

impl Deref for OperationAction {
    type Target = Action<Submission, Result<(), CallError>>;

    fn deref(&self) -> &Self::Target {
        &self.action
    }
}

impl OperationAction {
    /// The name of the operation.
    pub(crate) fn operation(self) -> &'static str {
        name_in(self.path)
    }

    /// Increases when an answer may have changed the data of the page; within a reactive scope it
    /// follows.
    pub(crate) fn revision(self) -> usize {
        self.revision.get()
    }

    /// Sends the form of an event, or lets it wait for the calls before it. Returns their number,
    /// or `None` when nothing more is sent. A form that cannot be decoded is left to the browser,
    /// which posts it as it is.
    pub(crate) fn submit(self, event: &SubmitEvent) -> Option<usize> {
        let submission = self.prepare.with_value(|prepare| prepare(submitted_fields(event)?))?;
        event.prevent_default();
        self.send(submission)
    }

    /// Sends input that no form holds: to take a change back. Nothing is sent once the page of the
    /// action is left, or if the input cannot be decoded.
    pub(crate) fn send_fields(self, fields: Fields) {
        if let Some(submission) = self.prepare.try_with_value(|prepare| prepare(fields)).flatten() {
            self.send(submission);
        }
    }

    fn send(self, submission: Submission) -> Option<usize> {
        if self.action.pending().get_untracked() {
            return self.wait(submission);
        }
        self.action.dispatch(submission);
        Some(0)
    }

    /// A second click on the same button changes nothing.
    fn wait(self, submission: Submission) -> Option<usize> {
        let is_same = |other: &Submission| other.valid == submission.valid;
        let is_sent = self.last.with_value(|last| last.as_ref().is_some_and(is_same));
        let is_known = is_sent || self.waiting.with_value(|waiting| waiting.iter().any(is_same));
        self.waiting.try_update_value(|waiting| {
            (!is_known).then(|| {
                waiting.push(submission);
                waiting.len()
            })
        })?
    }

    /// Sends the last input once more.
    pub(crate) fn resend(self) {
        if let Some(input) = self.last.get_value().filter(|_| !self.action.pending().get_untracked()) {
            self.action.dispatch(input);
        }
    }

    /// Whether there is a success that nobody has announced yet; within a reactive scope it
    /// follows.
    pub(crate) fn take_success(self) -> bool {
        let answers = self.action.version().get();
        let is_new = self.announced.get_value() != answers;
        self.announced.set_value(answers);
        is_new && self.action.value().with_untracked(|answer| matches!(answer, Some(Ok(()))))
    }

    /// The rule that the operation declares for one of its text fields.
    pub(crate) fn text_rule(self, field: &str) -> Option<TextRule> {
        self.text_fields.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule)
    }
}

/// Makes the action of a server function and the operation whose input it has.
pub(crate) fn operation_action<S, Op>(operation: impl Fn(S) -> Op + Send + Sync + 'static) -> OperationAction
where
    S: ServerFn<Error = CallError> + Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
    Op: Operation,
{
    let prepare = move |fields| {
        let input: S = Value::of_fields(fields).read().ok()?;
        let call = PreparedCall::new(&input);
        Some(Submission {
            call,
            valid: valid_fields(Op::TEXT_FIELDS, form_result::fields(&operation(input).normalized())),
        })
    };
    action_of(S::PATH, Op::TEXT_FIELDS, Box::new(prepare))
}

fn valid_fields(rules: TextFields, fields: Fields) -> Result<Fields, InvalidFields> {
    let problems = text_problems(rules, &fields);
    if problems.is_empty() { Ok(fields) } else { Err(problems) }
}

fn action_of(path: &'static str, text_fields: TextFields, prepare: Prepare) -> OperationAction {
    let (step_up, page, location) = (use_context::<StepUp>(), PageOrganization::of_page(), use_location());
    let last = StoredValue::new(None);
    let action = Action::new(move |submission: &Submission| {
        last.set_value(Some(submission.clone()));
        let Submission { call: prepared, valid } = submission.clone();
        let url = untrack(|| PageUrl::of(&location));
        async move {
            let fields = valid.map_err(|fields| CallError(Refusal::InvalidInput { fields }))?;
            let organization = page.id();
            let sent = Sent::of(fields, organization.as_deref());
            // Somebody who has to leave the page finds their input on the way back.
            let page_with = |refusal: &Refusal| url.with_refusal(name_in(path), refusal, &sent);
            let return_to = page_with(&Refusal::NOBODY);
            let answer = call(prepared, CallContext { step_up, organization, return_to }).await.map(drop);
            if let Err(CallError(refusal @ Refusal::OtherOrganization)) = &answer {
                page.set_continue_at(page_with(refusal));
            }
            if answer.is_ok() {
                announce_change();
            }
            answer
        }
    });
    let waiting = StoredValue::new(Vec::new());
    send_waiting(action, waiting);
    let revision = Memo::new(move |before: Option<&usize>| {
        let may_change = action.value().with(|answer| answer.as_ref().is_some_and(may_change_data));
        before.copied().unwrap_or_default() + usize::from(may_change)
    });
    let (prepare, announced) = (StoredValue::new(prepare), StoredValue::new(0));
    OperationAction { path, action, prepare, last, waiting, revision, announced, text_fields }
}

/// Sends what waits after each success. After a refusal nothing more is sent, because the person
/// has to read first what was refused.
fn send_waiting(action: Action<Submission, Result<(), CallError>>, waiting: StoredValue<Vec<Submission>>) {
    Effect::new(move |_| {
        action.version().track();
        let is_done = action.value().with_untracked(|answer| matches!(answer, Some(Ok(()))));
        let mut sent = waiting.try_update_value(std::mem::take).unwrap_or_default();
        if is_done && !sent.is_empty() {
            let next = sent.remove(0);
            waiting.set_value(sent);
            action.dispatch(next);
        }
    });
}

/// The name of the operation behind a server function.
pub(crate) fn operation_name<S: ServerFn>() -> &'static str {
    name_in(S::PATH)
}

fn name_in(path: &'static str) -> &'static str {
    path.strip_prefix("/api/").unwrap_or(path)
}

/// Whether the page may be out of date after this answer. Refusals that nothing on the page can
/// have caused or that only concern the form leave it as it is.
fn may_change_data(answer: &Result<(), CallError>) -> bool {
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
