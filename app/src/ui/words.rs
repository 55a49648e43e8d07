//! The words for codes. Codes travel, words stay here.

use gatehouse::refusal::{FieldProblem, Refusal};

/// What a refusal says to a person; `None` where the fields say it.
pub(crate) fn of(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::InvalidInput { fields } if !fields.is_empty() => return None,
        Refusal::InvalidInput { .. } => {
            "This was not accepted. Reload the page to see what has changed, and check the form."
        }
        Refusal::Unauthenticated => "You are signed out. Sign in to go on.",
        Refusal::Forbidden => "You may not do this.",
        Refusal::Reverification { .. } => "Confirm that it is you, then try again.",
        Refusal::RateLimited { retry_after } => {
            return Some(format!("Too many changes. Try again in {retry_after} seconds."));
        }
        Refusal::NotFound => "This is no longer there. Reload the page to see what is.",
        Refusal::Unavailable => {
            "Something that this needs does not answer right now. Reload the page in a moment to see whether it was done."
        }
        Refusal::Internal => "Something went wrong on our side. Reload the page to see whether it was done.",
    };
    Some(text.to_owned())
}

/// What a problem says beside its field.
pub(crate) fn of_field(field: &str, problem: FieldProblem) -> &'static str {
    match (field, problem) {
        ("name", FieldProblem::Required) => "Give it a name.",
        ("name", FieldProblem::TooLong) => "At most 200 characters.",
        ("email_address", FieldProblem::Required | FieldProblem::Invalid) => {
            "Give an email address, ada@example.com for example."
        }
        ("role", FieldProblem::Required | FieldProblem::Invalid) => {
            "There is no such role any more. Reload the page to see which there are."
        }
        (_, FieldProblem::Required) => "This is needed.",
        (_, FieldProblem::TooLong) => "This is too long.",
        (_, FieldProblem::ControlCharacter) => "No line breaks or control characters.",
        (_, FieldProblem::Invalid) => "This is not valid.",
        (_, FieldProblem::Yourself) => "You cannot do this to yourself.",
        (_, FieldProblem::Taken) => "Already a member, or invited.",
    }
}
