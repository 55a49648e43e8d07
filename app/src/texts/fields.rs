//! The messages beside the fields of forms. The rule of the field chooses the words and gives the
//! limit, so that a message cannot name another limit than the check has.

use domain::input::{TextKind, TextRule};
use domain::refusal::FieldProblem;

/// The message for a field; `rule` is what the operation declares for it, for a text field.
pub(crate) fn field_message(rule: Option<TextRule>, problem: FieldProblem) -> String {
    let text = match (rule.map(|rule| rule.kind), problem) {
        (Some(TextKind::DisplayName), FieldProblem::Required) => "Give it a name.",
        (Some(TextKind::Search), FieldProblem::ControlCharacter) => "No control characters.",
        (Some(TextKind::EmailAddress), FieldProblem::Required | FieldProblem::Invalid) => {
            "Give an email address, ada@example.com for example."
        }
        (Some(TextKind::Role), FieldProblem::Required | FieldProblem::Invalid) => {
            "There is no such role any more. Reload the page to see which there are."
        }
        (_, FieldProblem::Required) => "This is needed.",
        (_, FieldProblem::TooLong) => return too_long(rule),
        (_, FieldProblem::ControlCharacter) => {
            "No line breaks, control characters or characters that change the direction of text."
        }
        (_, FieldProblem::Invalid) => "This is not valid.",
        (_, FieldProblem::Yourself) => "You cannot do this to yourself.",
        (_, FieldProblem::Taken) => "Already a member, or invited.",
    };
    text.to_owned()
}

/// Limits in bytes are not named: people count characters.
fn too_long(rule: Option<TextRule>) -> String {
    match rule {
        Some(TextRule { kind: TextKind::DisplayName | TextKind::Search, max_length }) => {
            format!("At most {max_length} characters.")
        }
        _ => "This is too long.".to_owned(),
    }
}
