//! The form that renames the active organization: the operation that shows everything an operation
//! can have.

use super::erased::optional;
use super::operation_form::{OperationForm, Submit};
use super::outcome::{field_error, submitted_value};
use super::outcome_notice::OutcomeNotice;
use crate::api::RenameOrganization;
use crate::operation_action::OperationAction;
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
    let error = field_error(rename, "name");
    // After a refusal an open page still has the typed text; without scripts the URL brings it.
    let value = submitted_value::<RenameOrganization>("name").unwrap_or(current);
    view! {
        <OperationForm action=rename>
            <div class="field">
                <label for="name">"Organization name"</label>
                <input
                    id="name"
                    class="input"
                    name="name"
                    dir="auto"
                    value=value
                    autocomplete="off"
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby="name-error"
                />
                <p id="name-error" class="field-error" aria-live="polite">{error}</p>
            </div>
            {optional((!fresh).then(|| view! { <p class="hint">"You will be asked to confirm your identity."</p> }))}
            <Submit action=rename>"Rename"</Submit>
            <OutcomeNotice action=rename done="Organization renamed." />
        </OperationForm>
    }
}
