//! The end of the caller's other sessions, and the question before it.

use crate::api::RevokeOtherSessions;
use crate::components::confirm_dialog::Question;
use crate::operation_action::{OperationAction, operation_action};
use domain::operation;

/// The end of the caller's other sessions.
pub(super) fn ending_of_others() -> OperationAction {
    operation_action::<RevokeOtherSessions, operation::RevokeOtherSessions>()
}

/// The question before the caller's other sessions end.
pub(super) fn question_of_others() -> Question {
    Question {
        title: "Sign out your other sessions?".to_owned(),
        text: "Every device but this one is signed out at once. This session continues.",
        verb: "Sign out other sessions",
        fields: Vec::new(),
    }
}
