//! The contract of an operation: input, policy and target in one type, and the validation of
//! inputs.
//!
//! The module decides about no request; `gatehouse::access` does.

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

    /// The text fields of the input with their rules. The validation uses the same rules, so the
    /// message beside a field cannot contradict it.
    const TEXT_FIELDS: TextFields;

    /// The user that the operation acts on: [`NoUser`](super::NoUser),
    /// [`AnotherUser`](super::AnotherUser) or [`AnotherMember`](super::AnotherMember).
    type Target: Target;

    /// The target in the input. The check refuses the caller as a target.
    #[must_use]
    fn target(&self) -> Self::Target;

    /// Why the caller makes the change. The audit entry stores it, without white space at the ends.
    /// An operation that asks for a reason has the text field `reason` with the rule
    /// [`REASON`](crate::input::REASON) and answers it here.
    #[must_use]
    fn reason(&self) -> &str {
        ""
    }

    /// The input in the form that the database stores, for example trimmed. Runs before the
    /// validation.
    #[must_use]
    fn normalized(self) -> Self
    where
        Self: Sized,
    {
        self
    }
}

/// Normalizes and validates an input. The browser checks the text fields only, see
/// [`text_problems`](crate::input::text_problems).
///
/// # Errors
/// The invalid fields, each with a code of the closed set [`FieldProblem`].
pub fn validated<Op: Operation>(input: Op) -> Result<Op, InvalidFields> {
    let input = input.normalized();
    match input.validate() {
        Ok(()) => Ok(input),
        Err(report) => {
            let problem = |error: &garde::Error| FieldProblem::from_code(error.message());
            Err(report.iter().map(|(path, error)| (path.to_string(), problem(error))).collect())
        }
    }
}
