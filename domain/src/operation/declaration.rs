//! What an operation is: input and policy in one type, and the way an input is cleaned and checked.
//!
//! Nothing here decides about a request: that is `access`.

use crate::input::TextFields;
use crate::permission::Permission;
use crate::refusal::{FieldProblem, InvalidFields};
use crate::reverification::Reverification;
use garde::Validate;
use serde::Serialize;

/// What must hold before an operation runs, in the order in which it is asked: signed in, permission, reverification, input, rate limit.
/// Between the last two every operation asks whether the page that calls was made for the active organization.
#[derive(Debug)]
pub struct Declaration {
    /// Name in snake case, as in the audit log; the endpoint is `/api/<name>`.
    pub name: &'static str,
    /// What the session's active organization must grant.
    pub permission: Permission,
    /// How recently the person must have proven who they are; `None` for reading.
    pub reverification: Option<Reverification>,
    /// How often one user may do it; `None` where each call is cheap and changes nothing.
    pub rate_limit: Option<RateLimit>,
}

/// A sliding window for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls within the window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
    /// What happens while the limiter cannot be asked.
    pub on_outage: OnOutage,
}

/// What a limit does while its store is down: a decision for each operation, never a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutage {
    /// Answer 503: better not done than done without a limit.
    Refuse,
    /// Let the call pass, without rate-limit headers.
    Allow,
    /// Let a limit of the same size in this process decide. Right for what must go on but spares something that is shared, such as
    /// Clerk's own limits: a flood is kept off during an outage too, though each server counts for itself.
    Local,
}

/// One operation: input and policy in one type. `access::Granted<Self>` is the proof that both were checked.
pub trait Operation: Validate<Context = ()> + Serialize + Send + Sync + 'static {
    /// The policy.
    const DECLARATION: Declaration;

    /// Every text field of the input with the rule that its check uses, for the message beside it.
    const TEXT_FIELDS: TextFields;

    /// Clerk's id of the user whom it is about, where it is about one: never the person who asks, who could lock everybody out.
    #[must_use]
    fn about(&self) -> Option<&str> {
        None
    }

    /// The input as it is stored: trimmed, for example. Runs before validation.
    #[must_use]
    fn cleaned(self) -> Self
    where
        Self: Sized,
    {
        self
    }
}

/// Cleans and validates an input. The browser and the server run this same function.
///
/// # Errors
/// The fields that are wrong, each with a code of the closed set [`FieldProblem`].
pub fn checked<Op: Operation>(input: Op) -> Result<Op, InvalidFields> {
    let input = input.cleaned();
    match input.validate() {
        Ok(()) => Ok(input),
        Err(report) => Err(fields(&report)),
    }
}

// Not generic, so that the browser's half has it once and not for every operation.
fn fields(report: &garde::Report) -> InvalidFields {
    report.iter().map(|(path, error)| (path.to_string(), FieldProblem::from_code(error.message()))).collect()
}

impl Declaration {
    /// The same policy for another permission.
    #[must_use]
    pub const fn needing(self, permission: Permission) -> Self {
        Self { permission, ..self }
    }
}

/// An operation on somebody else.
pub trait TargetsUser: Operation {
    /// Clerk's id of the user.
    fn user_id(&self) -> &str;
}

/// An operation on another member. The store asks first whether they are one.
pub trait TargetsMember: TargetsUser {}

/// An operation that gives somebody a role: nobody gives what they do not have.
pub trait AssignsRole: Operation {
    /// The role, with or without the leading `org:`.
    fn role(&self) -> &str;
}
