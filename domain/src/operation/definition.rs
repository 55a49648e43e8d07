//! What every operation is: input, policy and target in one type, and how an input is validated.
//!
//! Nothing here decides about a request; `gatehouse::access` does.

use super::declaration::Declaration;
use super::target::Target;
use crate::input::TextFields;
use crate::refusal::{FieldProblem, InvalidFields};
use garde::Validate;
use serde::Serialize;

/// One operation. `gatehouse::access::Granted<Self>` proves that its policy held.
pub trait Operation: Validate<Context = ()> + Serialize + Send + Sync + 'static {
    /// The policy.
    const DECLARATION: Declaration;

    /// Every text field of the input with the rule that its check uses, for the message beside it.
    const TEXT_FIELDS: TextFields;

    /// The user that the operation acts on: [`NoUser`](super::NoUser),
    /// [`AnotherUser`](super::AnotherUser) or [`AnotherMember`](super::AnotherMember).
    type Target: Target;

    /// The target that the input names. The caller is refused as a target.
    #[must_use]
    fn target(&self) -> Self::Target;

    /// The input as it is stored, trimmed for example. Runs before validation.
    #[must_use]
    fn normalized(self) -> Self
    where
        Self: Sized,
    {
        self
    }
}

/// An operation that assigns a role. A caller cannot assign a role that grants more than they hold.
pub trait AssignsRole: Operation {
    /// The role, with or without the leading `org:`.
    fn role(&self) -> &str;
}

/// Normalizes and validates an input. The browser and the server run this same function.
///
/// # Errors
/// The invalid fields, each with a code of the closed set [`FieldProblem`].
pub fn validated<Op: Operation>(input: Op) -> Result<Op, InvalidFields> {
    let input = input.normalized();
    match input.validate() {
        Ok(()) => Ok(input),
        Err(report) => Err(fields(&report)),
    }
}

// Not generic, so that the wasm has it once and not for every operation.
fn fields(report: &garde::Report) -> InvalidFields {
    report.iter().map(|(path, error)| (path.to_string(), FieldProblem::from_code(error.message()))).collect()
}
