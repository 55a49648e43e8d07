//! The words for codes. Codes travel, words stay here.

use domain::form_result::Sent;
use domain::refusal::{FieldProblem, Refusal};
use domain::signed_out::SignedOut;

/// What a refusal says to a person; `None` where the fields say it.
pub(crate) fn of(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::InvalidInput { fields } if !fields.is_empty() => return None,
        Refusal::InvalidInput { .. } => {
            "This was not accepted. Reload the page to see what has changed, and check the form."
        }
        // Whoever reads this is signed in again, on the way back to the form.
        Refusal::Unauthenticated { .. } => "Your sign-in had run out, so nothing was changed. Send it again.",
        // Where both organizations are known they are named instead.
        Refusal::OtherOrganization => "This was meant for another organization. Nothing was changed.",
        Refusal::Forbidden => "You may not do this.",
        Refusal::Reverification { .. } => "Confirm that it is you, then try again.",
        Refusal::RateLimited { retry_after } => {
            return Some(format!("Too many changes. Try again in {retry_after} seconds."));
        }
        Refusal::NotFound => "This is no longer there. Reload the page to see what is.",
        Refusal::Unavailable => {
            "The server, or something that it needs, does not answer, so it is not certain that this was done. Try again in a moment."
        }
        Refusal::Internal => "Something went wrong on our side. Reload the page to see whether it was done.",
    };
    Some(text.to_owned())
}

/// Why somebody was signed out.
pub(crate) fn signed_out(reason: SignedOut) -> &'static str {
    match reason {
        SignedOut::SessionTooOld => {
            "You were signed out because you had been signed in for as long as this application allows."
        }
        SignedOut::SessionIdle => "You were signed out because you had not done anything for a while.",
        SignedOut::SessionReplaced => {
            "You were signed out because you signed in somewhere else. If that was not you, change your password."
        }
        SignedOut::SessionTooOldForPermission => {
            "You were signed out because what you asked for needs a more recent sign-in."
        }
    }
}

/// What is left of what a person typed. `None`: it stands in the form, where nobody took it away.
pub(crate) fn kept(sent: Option<&Sent>) -> &'static str {
    match sent {
        None => "What you typed is kept.",
        Some(sent) if !sent.is_typed() => "",
        Some(sent) if sent.is_whole() => "What you typed is kept.",
        Some(_) => "What you typed was too long to be kept.",
    }
}

/// What a problem says beside its field.
pub(crate) fn of_field(field: &str, problem: FieldProblem) -> &'static str {
    match (field, problem) {
        ("name", FieldProblem::Required) => "Give it a name.",
        ("name", FieldProblem::TooLong) => "At most 200 characters.",
        ("query", FieldProblem::TooLong) => "At most 100 characters.",
        ("query", FieldProblem::ControlCharacter) => "No control characters.",
        ("email_address", FieldProblem::Required | FieldProblem::Invalid) => {
            "Give an email address, ada@example.com for example."
        }
        ("role", FieldProblem::Required | FieldProblem::Invalid) => {
            "There is no such role any more. Reload the page to see which there are."
        }
        (_, FieldProblem::Required) => "This is needed.",
        (_, FieldProblem::TooLong) => "This is too long.",
        (_, FieldProblem::ControlCharacter) => {
            "No line breaks, control characters or characters that change the direction of text."
        }
        (_, FieldProblem::Invalid) => "This is not valid.",
        (_, FieldProblem::Yourself) => "You cannot do this to yourself.",
        (_, FieldProblem::Taken) => "Already a member, or invited.",
    }
}
