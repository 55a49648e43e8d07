//! The form that renames the active organization: the operation that shows everything an operation
//! can have.

use super::field::TextField;
use super::operation_form::{OperationForm, Submit};
use super::outcome_notice::OutcomeNotice;
use crate::operation_action::OperationAction;
use domain::text::mark;
use leptos::prelude::*;

/// The form, with the name that the organization has.
#[component]
pub(crate) fn RenameForm(
    /// The name now.
    current: String,
    /// Whether the last verification is recent enough for the change.
    fresh: bool,
    rename: OperationAction,
) -> impl IntoView {
    let seen = mark(&current);
    let asked = if fresh { "" } else { " You will be asked to confirm your identity." };
    let hint = format!("The name in this application. Clerk keeps its own name of the organization.{asked}");
    view! {
        <OperationForm action=rename>
            <input type="hidden" name="seen" value=seen />
            <TextField action=rename name="name" label="Organization name" value=current hint />
            <Submit action=rename>"Rename"</Submit>
            <OutcomeNotice action=rename done="Organization renamed." />
        </OperationForm>
    }
}
