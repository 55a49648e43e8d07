//! Turns what went wrong into the refusal that a server function answers. The cause goes to the
//! log.

use crate::call_error::CallError;
use crate::leptos_response::{set_header, set_status};
use clerk::backend_api::BackendApiError;
use domain::refusal::Refusal;
use gatehouse::commands::CommandError;
use gatehouse::headers::refusal_headers;
use gatehouse::store::StoreError;

/// Sets status and headers of a refusal.
pub(crate) fn refuse(refusal: Refusal) -> CallError {
    set_status(refusal.status());
    refusal_headers(&refusal).for_each(|(name, value)| set_header(name, value));
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

/// For a read at Clerk that failed.
pub(crate) fn clerk_error(error: BackendApiError) -> CallError {
    tracing::warn!(%error, "Clerk request failed");
    refuse(gatehouse::commands::refusal_of(&error))
}

/// For a command that failed; the command has logged its cause.
pub(crate) fn command_error(error: CommandError) -> CallError {
    refuse(error.refusal())
}
