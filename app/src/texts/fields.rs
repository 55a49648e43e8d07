//! The messages beside the fields of forms. The rule of the field chooses the words and gives the
//! limit, so that a message cannot name another limit than the check has.

use domain::input::{TextKind, TextRule};
use domain::refusal::FieldProblem;

/// The message for a field; `rule` is what the operation declares for it, for a text field.
pub(crate) fn field_message(rule: Option<TextRule>, problem: FieldProblem) -> String {
    let text = match (rule.map(|rule| rule.kind), problem) {
        (Some(TextKind::DisplayName), FieldProblem::Required) => "Enter a name.",
        (Some(TextKind::Search), FieldProblem::ControlCharacter) => "Control characters are not allowed.",
        (Some(TextKind::EmailAddress), FieldProblem::Required | FieldProblem::Invalid) => {
            "Enter an email address, for example ada@example.com."
        }
        (Some(TextKind::Role), FieldProblem::Required) => "Choose a role.",
        (Some(TextKind::Role), FieldProblem::Invalid) => "This role no longer exists. Reload the page.",
        (Some(TextKind::DisplayName), FieldProblem::Taken) => "This is the name already.",
        (_, FieldProblem::Required) => "This field is required.",
        (_, FieldProblem::TooLong) => return too_long(rule),
        (_, FieldProblem::ControlCharacter) => "Line breaks and control characters are not allowed.",
        (_, FieldProblem::Invalid) => "This is not valid.",
        (_, FieldProblem::Yourself) => "You cannot do this to yourself.",
        (_, FieldProblem::Taken) => {
            "This person is already a member or invited. Find them under “Members” or “Pending invitations”."
        }
    };
    text.to_owned()
}

/// Limits in bytes are not named: people count characters.
fn too_long(rule: Option<TextRule>) -> String {
    match rule {
        Some(TextRule { kind: TextKind::DisplayName | TextKind::Reason | TextKind::Search, max_length }) => {
            format!("At most {max_length} characters.")
        }
        _ => "This is too long.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::input::{DISPLAY_NAME, EMAIL_ADDRESS, IDENTIFIER, REASON, SEARCH};

    #[test]
    fn a_message_names_the_limit_of_its_own_field() {
        let message = |rule| field_message(Some(rule), FieldProblem::TooLong);
        assert_eq!(message(DISPLAY_NAME), "At most 200 characters.");
        assert_eq!(message(DISPLAY_NAME.at_most(80)), "At most 80 characters.");
        assert_eq!(message(REASON), "At most 200 characters.");
        assert_eq!(message(SEARCH), "At most 100 characters.");
        for counted_in_bytes in [EMAIL_ADDRESS, IDENTIFIER] {
            assert_eq!(message(counted_in_bytes), "This is too long.");
        }
    }

    #[test]
    fn every_problem_of_every_kind_has_a_message() {
        for rule in [None, Some(DISPLAY_NAME), Some(REASON), Some(EMAIL_ADDRESS), Some(IDENTIFIER), Some(SEARCH)] {
            for problem in FieldProblem::ALL {
                assert!(field_message(rule, problem).ends_with('.'), "{rule:?} {problem:?}");
            }
        }
    }
}
