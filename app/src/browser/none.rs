//! The server's side of the seam: a page is rendered once, for a visitor whom the gate has already
//! let in.

use crate::call_error::CallError;
use crate::factor::Factor;
use domain::local_path::LocalPath;
use leptos::ev::MouseEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::time::Duration;

/// Runs the server function in this process, for the visitor of the request.
pub(crate) async fn send<S>(input: S, _: Option<String>, _: Duration) -> Result<S::Output, CallError>
where
    S: ServerFn<Error = CallError> + Serialize + Send,
    S::Output: DeserializeOwned + Send,
{
    input.run_body().await
}

/// The token of a request is not renewed while its page is rendered.
pub(crate) const fn needs_renewal() -> bool {
    false
}

/// See [`needs_renewal`].
pub(crate) async fn renew_token() -> bool {
    false
}

/// The gate has chosen the active organization before the page is rendered.
pub(crate) const fn is_active_organization(_: &str) -> bool {
    true
}

/// The page is made for the active organization.
pub(crate) fn active_organization_slug(of_page: Option<String>) -> Option<String> {
    of_page
}

/// Nobody can be asked.
pub(crate) async fn verify_with_clerk(_: String) -> Option<bool> {
    None
}

/// Nobody can be asked.
pub(crate) async fn start_verification(_: String) -> Result<Option<Factor>, String> {
    Ok(None)
}

/// Nobody can be asked.
pub(crate) async fn attempt_verification(_: Factor, _: String) -> Result<Option<Factor>, String> {
    Ok(None)
}

/// The page is answered with its status instead.
pub(crate) const fn navigate_once(_: &LocalPath) {}

/// A call under way; only a browser counts them.
pub(crate) struct InFlightCall;

impl InFlightCall {
    pub(crate) const fn begin() -> Self {
        Self
    }
}

/// Without JavaScript a form is submitted by the browser itself.
pub(crate) const fn resubmit_form(_: &MouseEvent) -> bool {
    false
}

/// Only an open page keeps its session.
pub(crate) const fn keep_session_fresh() {}
