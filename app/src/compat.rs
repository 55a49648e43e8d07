//! What Leptos changes between versions, in one file: status codes, response headers, errors of the framework.

use crate::refused::Refused;
use clerk::backend_api::BackendApiError;
use domain::refusal::Refusal;
use gatehouse::access::Budget;
use gatehouse::commands::CommandError;
use gatehouse::store::StoreError;
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use server_fn::error::ServerFnErrorErr;

/// Sets the status of the page or of the server function's answer.
pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// The rate-limit headers of a call.
pub(crate) fn set_budget(budget: &Budget) {
    budget.headers().into_iter().for_each(|(name, value)| set_header(name, value));
}

/// Status and headers of a refusal, and the refusal itself.
pub(crate) fn refuse(refusal: Refusal) -> Refused {
    set_status(refusal.status());
    set_header(header::CACHE_CONTROL, HeaderValue::from_static(gatehouse::headers::PRIVATE));
    if let Some(seconds) = refusal.retry_after() {
        set_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Refused(refusal)
}

/// The refusal for what went wrong in the store; its cause goes to the log.
pub(crate) fn store_refusal(error: StoreError) -> Refused {
    let refusal = error.refusal();
    if matches!(refusal, Refusal::Internal | Refusal::Unavailable) {
        tracing::error!(%error, "the store failed");
    }
    refuse(refusal)
}

/// The refusal for what Clerk did not answer; its cause goes to the log.
pub(crate) fn clerk_refusal(error: BackendApiError) -> Refused {
    tracing::warn!(%error, "Clerk was asked in vain");
    refuse(gatehouse::commands::refusal_of(&error))
}

/// The refusal of a change, which has written its cause down already.
pub(crate) fn change_refusal(error: CommandError) -> Refused {
    refuse(error.refusal())
}

/// Errors that the framework makes before a server function runs. Their text may quote the input, so only the kind is logged.
pub(crate) fn note_framework_error(error: &ServerFnErrorErr) {
    let bad_input = matches!(
        error,
        ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_)
    );
    set_status(if bad_input { 400 } else { 500 });
    if !bad_input {
        tracing::error!("a server function failed before it ran");
    }
}

fn set_header(name: HeaderName, value: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(name, value);
    }
}
