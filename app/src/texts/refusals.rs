//! The messages for refusals, and for the input that was submitted.

use domain::form_result::Sent;
use domain::refusal::Refusal;

/// The message of a refusal; `None` where the messages beside the fields say it.
pub(crate) fn refusal_message(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::InvalidInput { fields } if !fields.is_empty() => return None,
        Refusal::InvalidInput { .. } => {
            "This was not accepted. Reload the page to see what has changed, and check the form."
        }
        // The person has signed in again, on the way back to the form.
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

/// The message for an operation that needs a fresh sign-in.
pub(crate) fn reverification_message(_within_minutes: u32, submitted: Option<&Sent>) -> String {
    let kept = submitted_message(submitted);
    format!("This needs a sign-in of the last five minutes. Nothing was changed yet. {kept}")
}

/// Whether the submitted input is kept. `None`: it is still in the form.
pub(crate) fn submitted_message(submitted: Option<&Sent>) -> &'static str {
    match submitted {
        None => "What you typed is kept.",
        Some(submitted) if !submitted.is_typed() => "",
        Some(submitted) if submitted.is_whole() => "What you typed is kept.",
        Some(_) => "What you typed was too long to be kept.",
    }
}
