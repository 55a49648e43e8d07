//! The server's side of the seam: a page is rendered once, for a visitor whom the gate has already
//! let in.

use crate::call_error::CallError;
use crate::codec::Json;
use crate::factor::Factor;
use domain::appearance::Theme;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::server::codee::Encoder;
use leptos::web_sys::HtmlFormElement;
use serde::Serialize;
use server_fn::ServerFn;
use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

type Running = Pin<Box<dyn Future<Output = Result<Answer, CallError>> + Send>>;

/// A call of a server function in this process.
#[derive(Clone)]
pub(crate) struct PreparedCall(Arc<dyn Fn() -> Running + Send + Sync>);

impl PreparedCall {
    pub(crate) fn new<S>(input: &S) -> Self
    where
        S: ServerFn<Error = CallError> + Clone + Send + Sync + 'static,
        S::Output: Serialize + Send + Sync + 'static,
    {
        let input = input.clone();
        Self(Arc::new(move || {
            let input = input.clone();
            Box::pin(async move { input.run_body().await.map(Answer::new) })
        }))
    }

    /// Only a script sends a form by a call.
    #[expect(clippy::extra_unused_type_parameters, reason = "the browser's half reads the answer as its type")]
    pub(crate) fn of_form<S: ServerFn>(_: Vec<(String, String)>) -> Self {
        Self(Arc::new(|| Box::pin(async { Err(CallError(Refusal::Internal)) })))
    }
}

/// The value of an answer, which becomes JSON only in the page.
#[derive(Clone)]
pub(crate) struct Answer {
    value: Arc<dyn Any + Send + Sync>,
    json: fn(&dyn Any) -> String,
}

impl Answer {
    fn new<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        let json =
            |value: &dyn Any| value.downcast_ref::<T>().and_then(|value| Json::encode(value).ok()).unwrap_or_default();
        Self { value: Arc::new(value), json }
    }

    /// The answer as the value that the server function returned.
    ///
    /// # Errors
    /// `Internal`: the server function has another type.
    pub(crate) fn read<T: Clone + 'static>(&self) -> Result<T, CallError> {
        self.value.downcast_ref().cloned().ok_or(CallError(Refusal::Internal))
    }

    pub(crate) fn json(&self) -> String {
        (self.json)(&*self.value)
    }

    /// Only a browser reads the JSON in a page.
    pub(crate) const fn of_json(_: &str) -> Option<Self> {
        None
    }
}

/// Runs the server function, for the visitor of the request.
pub(crate) async fn send(call: PreparedCall, _: Option<String>, _: Duration) -> Result<Answer, CallError> {
    (call.0)().await
}

/// The server knows the theme from the cookie.
pub(crate) const fn document_theme() -> Option<Theme> {
    None
}

/// The server writes the values into the page.
pub(crate) const fn fill_fields(_: &HtmlFormElement, _: &[(&'static str, String)]) {}

/// The fields of a form are read in a browser only.
pub(crate) const fn submitted_fields(_: &SubmitEvent) -> Option<Vec<(String, String)>> {
    None
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

// example:begin bulk
/// Only a browser has boxes that somebody has checked.
pub(crate) const fn checked_values(_: &str) -> Vec<String> {
    Vec::new()
}
// example:end bulk

/// Only an open page keeps its session.
pub(crate) const fn keep_session_fresh() {}

/// Only a browser has tabs.
pub(crate) const fn announce_change() {}

/// See [`announce_change`].
pub(crate) fn on_change_elsewhere(_: impl Fn() + 'static) {}

/// See [`announce_change`].
pub(crate) fn refresh_each_minute(_: impl Fn() + 'static) {}

/// See [`announce_change`].
pub(crate) async fn has_waited_for_writer(_: impl Fn() -> bool) -> bool {
    false
}
