//! Turns what went wrong into the refusal that a server function answers. The cause goes to the
//! log.

use crate::call_error::CallError;
use crate::leptos_response::{is_answer_to_call, set_refusal};
use clerk::backend_api::BackendApiError; // example:line users
use domain::refusal::Refusal;
use gatehouse::commands::CommandError;
use gatehouse::store::StoreError;

/// Sets status and headers of the answer to a call. While the server renders a page, the page
/// decides: a part that cannot be read is a message inside the page, and `RefusalPage` sets the
/// status if the refusal takes the place of the content.
pub(crate) fn refuse(refusal: Refusal) -> CallError {
    if is_answer_to_call() {
        set_refusal(&refusal);
    }
    CallError(refusal)
}

/// For an error of the store.
pub(crate) fn store_error(error: StoreError) -> CallError {
    let refusal = error.refusal();
    if matches!(refusal, Refusal::Internal | Refusal::Unavailable) {
        tracing::error!(%error, "the store failed");
    }
    refuse(refusal)
}

// example:begin users
/// For a read at Clerk that failed.
pub(crate) fn clerk_error(error: BackendApiError) -> CallError {
    tracing::warn!(%error, "Clerk request failed");
    refuse(gatehouse::commands::refusal_of(&error))
}
// example:end users

/// For a command that failed; the command has logged its cause.
pub(crate) fn command_error(error: CommandError) -> CallError {
    refuse(error.refusal())
}
