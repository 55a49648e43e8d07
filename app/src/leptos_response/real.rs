//! The server's side.

use domain::refusal::Refusal;
use gatehouse::headers::refusal_headers;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use server_fn::error::ServerFnErrorErr;

/// Whether this code runs on the server.
pub(crate) const IS_SERVER: bool = true;

/// Sets the status of the page, or of the server function's answer.
pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sets status and headers of a refusal.
pub(crate) fn set_refusal(refusal: &Refusal) {
    set_status(refusal.status());
    refusal_headers(refusal).for_each(|(name, value)| set_header(name, value));
}

/// Whether the answer is the one of a server function that the browser calls, and no page.
pub(crate) fn is_answer_to_call() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"))
}

/// The id of the request that a page answers. The server provides it as a context.
#[derive(Clone, Debug)]
pub struct PageRequestId(pub String);

/// The id of the request that this page answers.
pub(crate) fn page_request_id() -> String {
    use_context::<PageRequestId>().map(|PageRequestId(id)| id).unwrap_or_default()
}

/// Sets a header of the answer.
pub(crate) fn set_header(name: HeaderName, value: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(name, value);
    }
}

/// Sets the status for an error that the framework makes before a server function runs. Its text
/// may quote the input, so only the kind is logged.
pub(crate) fn report_framework_error(error: &ServerFnErrorErr) {
    let is_bad_input = matches!(
        error,
        ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_)
    );
    set_status(if is_bad_input { 400 } else { 500 });
    if !is_bad_input {
        tracing::error!("a server function failed before it ran");
    }
}
