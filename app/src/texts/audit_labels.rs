//! The words for the codes of the audit log: it stores codes, which programs read and which never
//! change.

use domain::sign_out_reason::SignOutReason;

/// The label of an operation, made of its name: `rename_organization` is "Rename organization". A
/// new operation has a label without a line here.
pub(crate) fn operation_label(name: &str) -> String {
    let mut text = name.replace('_', " ");
    // Names are ASCII. Capitals of all letters would need a table in the wasm.
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// The label of an outcome: `done`, the code of a refusal, or the rule that ended a session. A code
/// that reads well becomes words as an operation does.
pub(crate) fn outcome_label(code: &str) -> String {
    let label = match code {
        "unauthenticated" => "Signed out",
        "forbidden" => "No permission",
        "entitlement" => "Not in the plan",
        "reverification" => "Identity not confirmed",
        "other_organization" => "Wrong organization",
        "changed" => "Changed meanwhile",
        "rate_limited" => "Too many attempts",
        "unavailable" => "Service unavailable",
        "not_sent_again" => "Revoked, and not sent again",
        "internal" => "Internal error",
        code => match SignOutReason::from_code(code) {
            Some(rule) => rule_label(rule),
            None => return operation_label(code),
        },
    };
    label.to_owned()
}

/// The kind of an outcome, beside the sentence that says the reason.
pub(crate) fn result_label(code: &str) -> String {
    let label = match code {
        "done" | "already_gone" | "not_done" | "not_sent_again" | "unknown" => return operation_label(code),
        code if SignOutReason::from_code(code).is_some() => "Ended",
        // Most people confirm and go on, so it is not a refusal of the person.
        "reverification" => "Not confirmed",
        _ => "Refused",
    };
    label.to_owned()
}

const fn rule_label(rule: SignOutReason) -> &'static str {
    match rule {
        SignOutReason::SessionTooOld => "Maximum age reached",
        SignOutReason::SessionIdle => "Inactive",
        SignOutReason::SessionReplaced => "Signed in elsewhere",
        SignOutReason::SessionTooOldForPermission => "Recent sign-in required",
    }
}

/// A value before or after a change to a person: a role or a state in words. Their codes are lower
/// case; other text, which somebody may have typed, stays.
#[cfg(feature = "ssr")]
pub(crate) fn value_label(value: String) -> String {
    let key = value.strip_prefix("org:").unwrap_or(&value);
    let is_code = key.chars().all(|letter| letter.is_ascii_lowercase() || matches!(letter, '_' | ' '));
    if is_code { operation_label(key) } else { value }
}

/// A stored text, or the word for one without a visible character.
pub(crate) fn visible_text(text: String) -> String {
    if text.is_empty() { "(none)".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::operation::OPERATIONS;

    #[test]
    fn every_operation_is_shown_in_words() {
        assert_eq!(operation_label("rename_organization"), "Rename organization");
        for declaration in OPERATIONS {
            let label = operation_label(declaration.name);
            assert!(!label.contains('_') && label.starts_with(char::is_uppercase), "{label}");
        }
    }

    #[test]
    #[cfg(feature = "ssr")]
    fn a_value_is_shown_in_words_and_a_typed_text_as_it_is() {
        for (value, label) in [
            ("org:billing_manager", "Billing manager"),
            ("active", "Active"),
            ("banned and locked", "Banned and locked"),
            ("billing", "Billing"),
            ("Difference Engine_1", "Difference Engine_1"),
        ] {
            assert_eq!(value_label(value.to_owned()), label);
        }
    }

    #[test]
    fn a_request_to_confirm_is_no_refusal() {
        let labels = ["done", "reverification", "forbidden", "session_idle"].map(result_label);
        assert_eq!(labels, ["Done", "Not confirmed", "Refused", "Ended"]);
    }

    #[test]
    fn every_outcome_is_shown_in_words() {
        for (code, label) in [
            ("done", "Done"),
            ("invalid_input", "Invalid input"),
            ("session_idle", "Inactive"),
            ("made_by_a_later_version", "Made by a later version"),
        ] {
            assert_eq!(outcome_label(code), label);
        }
    }
}
