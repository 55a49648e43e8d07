//! A button for an operation whose only input is the id of a row.

use super::operation_form::{OperationForm, Submit};
use crate::operation_action::OperationAction;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// A form of one line: the id as a hidden field, and the button.
#[component]
pub(crate) fn ActionButton(
    /// Dispatched on submit.
    action: OperationAction,
    /// Name of the field.
    field: &'static str,
    /// The id.
    id: String,
    /// CSS class of the button.
    class: &'static str,
    /// The text.
    text: &'static str,
    /// As in [`Submit`].
    #[prop(optional, into)]
    label: Option<String>,
    /// As in [`OperationForm`].
    #[prop(optional, into)]
    done_page: Option<LocalPath>,
) -> impl IntoView {
    view! {
        <OperationForm action class="form-inline" nostrip:done_page=done_page>
            <input type="hidden" name=field value=id />
            <Submit action class=class nostrip:label=label>{text}</Submit>
        </OperationForm>
    }
}
