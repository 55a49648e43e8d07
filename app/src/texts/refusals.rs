//! The messages for refusals, and for the input that was submitted.

use domain::form_result::Sent;
use domain::refusal::Refusal;

/// The message of a refusal; `None` where the messages beside the fields say it.
pub(crate) fn refusal_message(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::InvalidInput { fields } if !fields.is_empty() => return None,
        Refusal::InvalidInput { .. } => "Some of the input is not valid. Reload the page and check the form.",
        // The person has signed in again, on the way back to the form.
        Refusal::Unauthenticated { .. } => "Your session had expired, so nothing was changed. Submit the form again.",
        // Where both organizations are known they are named instead.
        Refusal::OtherOrganization => "This form belongs to another organization. Nothing was changed.",
        Refusal::Changed => {
            "This has changed since you opened the page, so nothing was saved. Submit the form again to replace the \
             change."
        }
        Refusal::Forbidden => "You do not have permission to do this.",
        Refusal::Entitlement { needs } => return Some(entitlement_message(needs)),
        Refusal::Reverification { .. } => "Confirm your identity, then try again.",
        Refusal::RateLimited { retry_after } => {
            let unit = if *retry_after == 1 { "second" } else { "seconds" };
            return Some(format!("Too many attempts. Try again in {retry_after} {unit}."));
        }
        Refusal::NotFound => "This no longer exists. Reload the page.",
        Refusal::Unavailable => "The server does not respond, so your change may not be saved. Try again in a moment.",
        Refusal::Internal => "Something went wrong on our side. Reload the page to see whether your change was saved.",
    };
    Some(text.to_owned())
}

/// The message of a refusal of an operation whose object somebody has deleted since the page was
/// opened; `None` for every other refusal.
pub(crate) fn gone_message(operation: &str, refusal: &Refusal) -> Option<&'static str> {
    if *refusal != Refusal::NotFound {
        return None;
    }
    Some(match operation {
        "change_role" | "remove_member" | "sign_out_everywhere" => "This member has already been removed.",
        // example:begin bulk
        "change_roles" | "remove_members" | "sign_out_members" => "All selected members have already been removed.",
        // example:end bulk
        "revoke_session" => "This session has already ended.",
        // example:begin invitations
        "resend_invitation" | "revoke_invitation" => "This invitation is no longer pending.",
        // example:end invitations
        // example:begin users
        "ban_user" | "unban_user" | "lock_user" | "unlock_user" => "This user has already been deleted.",
        // example:end users
        "delete_audit_view" => "This view has already been deleted.", // example:line views
        "reapply_webhook" => "This webhook or its payload is no longer stored.", // example:line webhooks
        _ => return None,
    })
}

// example:begin invitations
/// The message of a refusal of an operation that may be done by half; `None` for every other one.
pub(crate) fn half_done_message(operation: &str, refusal: &Refusal) -> Option<String> {
    let text = "The new invitation may not be sent, and the earlier one may be revoked. Reload the page: if the \
        person is not in the list, invite them again.";
    (operation == "resend_invitation" && *refusal == Refusal::Unavailable).then(|| text.to_owned())
}
// example:end invitations

/// The message for a feature or plan that is missing, `feature:reports` for example.
pub(crate) fn entitlement_message(needs: &str) -> String {
    let named = needs.replacen(':', " ", 1);
    format!("Your plan does not include the {named}. Ask the person who manages your plan.")
}

/// The message for an operation that needs a confirmation of the identity within so many minutes.
pub(crate) fn reverification_message(within_minutes: u32, submitted: Option<&Sent>) -> String {
    let kept = submitted_message(submitted);
    format!("You last confirmed your identity more than {within_minutes} minutes ago. Nothing was changed yet. {kept}")
}

/// The message of a refused download: nothing is changed by it, and the page holds no input.
pub(crate) fn download_message(refusal: &Refusal) -> String {
    let text = match refusal {
        Refusal::Reverification { clerk_error } => {
            let minutes = clerk_error.within_minutes();
            return format!(
                "You last confirmed your identity more than {minutes} minutes ago. Confirm it's you to download the file."
            );
        }
        Refusal::Unauthenticated { .. } => "Your session had expired, so the download did not start.",
        Refusal::Unavailable => "The server does not respond, so the download did not start. Try again in a moment.",
        Refusal::Internal => "Something went wrong on our side, so the download did not start.",
        Refusal::InvalidInput { .. } => "This file cannot be downloaded. Reload the page and try again.",
        Refusal::Forbidden
        | Refusal::Entitlement { .. }
        | Refusal::OtherOrganization
        | Refusal::Changed
        | Refusal::RateLimited { .. }
        | Refusal::NotFound => return refusal_message(refusal).unwrap_or_default(),
    };
    text.to_owned()
}

/// Whether the same download may succeed when it is asked for again.
pub(crate) fn is_worth_a_repeat(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Unauthenticated { .. } | Refusal::RateLimited { .. } | Refusal::Unavailable | Refusal::Internal
    )
}

/// Whether the submitted input is kept. `None`: it is still in the form.
pub(crate) fn submitted_message(submitted: Option<&Sent>) -> &'static str {
    match submitted {
        None => "Your input was kept.",
        Some(submitted) if !submitted.is_typed() => "",
        Some(submitted) if submitted.is_whole() => "Your input was kept.",
        Some(_) => "Your input was too long to keep.",
    }
}
