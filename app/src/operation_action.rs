//! A change that a page offers: the input is validated here first, then the server is called.
//!
//! Only the constructor knows the types of the operation, so that the wasm contains forms, buttons
//! and notices once and not once for each operation.

mod answers;
mod last; // example:line bulk

use self::answers::{is_settled, revision_of, waiting_for};
use crate::browser::Answer; // example:line bulk
use crate::browser::{PreparedCall, announce_change, submitted_fields};
use crate::call::{CallContext, call};
use crate::call_error::CallError;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::step_up::StepUp;
use domain::form_result::Sent;
use domain::input::{TextFields, TextKind, TextRule, cleaned_fields, text_problems};
use domain::operation::Operation;
use domain::refusal::{InvalidFields, Refusal};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::ops::Deref;

type Fields = Vec<(String, String)>;

/// One submission of the form: the call, and the fields of its valid input.
#[derive(Clone)]
pub(crate) struct Submission {
    call: PreparedCall,
    valid: Result<Fields, InvalidFields>,
    /// Whether it takes an earlier change back.
    takes_back: bool,
}

/// A Leptos action that calls an operation.
#[derive(Clone, Copy)]
pub(crate) struct OperationAction {
    /// The URL of the operation.
    pub(crate) path: &'static str,
    action: Action<Submission, Result<(), CallError>>,
    call: fn(Fields) -> PreparedCall,
    /// The input of the last call.
    last: StoredValue<Option<Submission>>,
    /// The call that the last answer is about: the next one may be under way.
    answered: StoredValue<Option<Submission>>,
    // example:begin bulk
    /// The last answer that was no refusal.
    answer: StoredValue<Option<Answer>>,
    // example:end bulk
    /// The forms of a list share one action: those that were sent during a call follow it.
    waiting: StoredValue<Vec<Submission>>,
    revision: Memo<usize>,
    /// Number of answers that were announced.
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
        let submission = self.submission(submitted_fields(event)?)?;
        event.prevent_default();
        self.send(submission)
    }

    /// Sends input that no form holds, which takes an earlier change back. Nothing is sent once the
    /// page of the action is left, or if the input cannot be decoded.
    pub(crate) fn take_back(self, fields: Fields) {
        if let Some(submission) = self.submission(fields) {
            self.send(Submission { takes_back: true, ..submission });
        }
    }

    /// Whether the last answer is about a call that took a change back.
    pub(crate) fn has_taken_back(self) -> bool {
        self.answered.with_value(|answered| answered.as_ref().is_some_and(|answered| answered.takes_back))
    }

    /// A field of the input that the last answer is about.
    pub(crate) fn answered_input(self, field: &str) -> Option<String> {
        let fields = self.answered.get_value()?.valid.ok()?;
        fields.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    fn submission(self, fields: Fields) -> Option<Submission> {
        let fields = input_of(self.text_fields, fields)?;
        let (problems, call) = (text_problems(self.text_fields, &fields), (self.call)(fields.clone()));
        let valid = if problems.is_empty() { Ok(fields) } else { Err(problems) };
        Some(Submission { call, valid, takes_back: false })
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

    /// The last answer, unless somebody has announced it already; within a reactive scope it
    /// follows.
    pub(crate) fn take_answer(self) -> Option<Result<(), CallError>> {
        let answers = self.action.version().get();
        let is_new = self.announced.get_value() != answers;
        self.announced.set_value(answers);
        self.action.value().get_untracked().filter(|_| is_new)
    }

    /// Whether the last answer leaves nothing to do: the change is done, or its object is gone.
    pub(crate) fn is_settled(self) -> bool {
        is_settled(self.action, self.operation())
    }

    /// The rule that the operation declares for one of its text fields.
    pub(crate) fn text_rule(self, field: &str) -> Option<TextRule> {
        self.text_fields.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule)
    }
}

/// Makes the action of a server function and the operation whose input it has. Every field of the
/// input is a text field, so a form is checked and sent without the types of the two.
pub(crate) fn operation_action<S, Op>() -> OperationAction
where
    S: ServerFn<Error = CallError>,
    S::Output: DeserializeOwned,
    Op: Operation,
{
    const { assert!(is_endpoint_of(S::PATH, Op::DECLARATION.name), "the server function of another operation") };
    action_of(S::PATH, Op::TEXT_FIELDS, PreparedCall::of_form::<S>)
}

/// The fields of the input among those of a form, each as the database stores it; `None` where one
/// is missing. A form without a reason gives none.
fn input_of(rules: TextFields, fields: Fields) -> Option<Fields> {
    let has = |name| fields.iter().any(|(field, _)| field == name);
    let is_complete = rules.iter().all(|(name, rule)| rule.kind == TextKind::Reason || has(*name));
    is_complete.then(|| cleaned_fields(rules, fields))
}

const API: &str = "/api/";

const fn is_endpoint_of(path: &str, name: &str) -> bool {
    match path.as_bytes().split_at_checked(API.len()) {
        Some((prefix, rest)) => is_same(prefix, API.as_bytes()) && is_same(rest, name.as_bytes()),
        None => false,
    }
}

/// `==` is no constant function.
const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let (Some((first, left)), Some((second, right))) = (one.split_first(), other.split_first()) {
        if *first != *second {
            return false;
        }
        (one, other) = (left, right);
    }
    one.is_empty() && other.is_empty()
}

fn action_of(path: &'static str, text_fields: TextFields, call_of: fn(Fields) -> PreparedCall) -> OperationAction {
    let (step_up, page, location) = (use_context::<StepUp>(), PageOrganization::of_page(), use_location());
    let (last, answered) = (StoredValue::new(None), StoredValue::new(None));
    let read = StoredValue::new(None); // example:line bulk
    let action = Action::new(move |submission: &Submission| {
        last.set_value(Some(submission.clone()));
        let (begun, url) = (submission.clone(), untrack(|| PageUrl::of(&location)));
        async move {
            // This runs after the effects of the answer before, and not in the middle of them.
            answered.set_value(Some(begun.clone()));
            let Submission { call: prepared, valid, .. } = begun;
            let fields = valid.map_err(|fields| CallError(Refusal::InvalidInput { fields }))?;
            let organization = page.id();
            let sent = Sent::of(fields, organization.as_deref());
            // Somebody who has to leave the page finds their input on the way back.
            let page_with = |refusal: &Refusal| url.with_refusal(name_in(path), refusal, &sent);
            let return_to = page_with(&Refusal::NOBODY);
            let answer = call(prepared, CallContext { step_up, organization, return_to }).await;
            let answer = answer.inspect(|answer| read.set_value(Some(answer.clone()))); // example:line bulk
            let answer = answer.map(|_| ());
            follow_up(&answer, |refusal| page.set_continue_at(page_with(refusal)));
            answer
        }
    });
    OperationAction {
        path,
        action,
        call: call_of,
        last,
        answered,
        answer: read, // example:line bulk
        waiting: waiting_for(action, name_in(path)),
        revision: revision_of(action),
        announced: StoredValue::new(0),
        text_fields,
    }
}

/// Tells other tabs of a change, and `leave` of a refusal for another organization.
fn follow_up(answer: &Result<(), CallError>, leave: impl FnOnce(&Refusal)) {
    match answer {
        Ok(()) => announce_change(),
        Err(CallError(refusal)) if *refusal == Refusal::OtherOrganization => leave(refusal),
        Err(_) => (),
    }
}

/// The name of the operation behind a server function.
pub(crate) fn operation_name<S: ServerFn>() -> &'static str {
    name_in(S::PATH)
}

fn name_in(path: &'static str) -> &'static str {
    path.strip_prefix(API).unwrap_or(path)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::input::{DISPLAY_NAME, IDENTIFIER, REASON};

    const RULES: TextFields = &[("name", DISPLAY_NAME), ("user_id", IDENTIFIER), ("reason", REASON)];

    fn fields(fields: &[(&str, &str)]) -> Fields {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_input_is_read_from_its_fields_and_no_others() {
        let form = fields(&[("form_page", "/admin"), ("user_id", "user_1"), ("name", " Ada "), ("reason", "")]);
        let input = fields(&[("user_id", "user_1"), ("name", "Ada"), ("reason", "")]);
        assert_eq!(input_of(RULES, form), Some(input));
        let form = fields(&[("name", "Ada"), ("user_id", "user_1")]);
        assert_eq!(input_of(RULES, form.clone()), Some(form), "without a reason");
    }

    #[test]
    fn a_form_with_other_fields_has_no_input() {
        assert_eq!(input_of(RULES, fields(&[("name", "Ada")])), None);
        assert_eq!(input_of(RULES, fields(&[])), None);
    }

    #[test]
    fn an_endpoint_belongs_to_the_operation_of_its_name() {
        assert!(is_endpoint_of("/api/ban_user", "ban_user"));
        for path in ["/api/ban_users", "/api/ban_use", "/app/ban_user", "ban_user", "/api/", ""] {
            assert!(!is_endpoint_of(path, "ban_user"), "{path}");
        }
    }
}
