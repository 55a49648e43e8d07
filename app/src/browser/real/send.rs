//! Sends a call of a server function over HTTP: the framework's own way, with one field more.
//!
//! A call and its answer have no types here. The code around a call, and everything in a page that
//! waits for one, is then in the wasm once and not once for each operation.

use super::form_encoded::form_encoded;
use super::timeout::with_timeout;
use crate::call_error::CallError;
use crate::codec::Json;
use domain::form_result::{self, ORGANIZATION};
use domain::refusal::Refusal;
use leptos::server::codee::Decoder;
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::client::browser::BrowserClient;
use server_fn::codec::{Json as ServerFnJson, PostUrl};
use server_fn::request::ClientReq;
use server_fn::request::browser::BrowserRequest;
use server_fn::response::ClientRes;
use server_fn::{ContentType, ServerFn};
use std::sync::Arc;
use std::time::Duration;

/// A call as a page sends it: the URL of the operation, and its input as fields.
#[derive(Clone)]
pub(crate) struct PreparedCall {
    path: &'static str,
    fields: Vec<(String, String)>,
    /// Whether an answer has the type of the operation.
    check: fn(&Answer) -> Result<(), CallError>,
}

impl PreparedCall {
    pub(crate) fn new<S>(input: &S) -> Self
    where
        S: ServerFn + Serialize,
        S::Output: DeserializeOwned,
    {
        Self::of_form::<S>(form_result::fields(input))
    }

    /// A call with the fields of a form.
    pub(crate) fn of_form<S>(fields: Vec<(String, String)>) -> Self
    where
        S: ServerFn,
        S::Output: DeserializeOwned,
    {
        Self { path: S::PATH, fields, check: |answer| answer.read::<S::Output>().map(drop) }
    }
}

/// The JSON of an answer.
#[derive(Clone)]
pub(crate) struct Answer(Arc<str>);

impl Answer {
    /// The answer as a value.
    ///
    /// # Errors
    /// `Unavailable`: something else than the server function has answered, a proxy for example.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        Json::decode(&self.0).map_err(|_| CallError(Refusal::Unavailable))
    }

    pub(crate) fn of_json(json: &str) -> Option<Self> {
        Some(Self(json.into()))
    }

    pub(crate) fn json(&self) -> String {
        self.0.to_string()
    }
}

/// Sends a call. A call that is not answered in time counts as one that could not be sent.
pub(crate) fn send(
    call: PreparedCall,
    organization: Option<String>,
    timeout: Duration,
) -> impl Future<Output = Result<Answer, CallError>> + Send {
    let PreparedCall { path, mut fields, check } = call;
    fields.extend(organization.map(|id| (ORGANIZATION.to_owned(), id)));
    let body = form_encoded(&fields);
    SendWrapper::new(async move {
        let answer =
            with_timeout(timeout, exchange(path, body)).await.unwrap_or(Err(CallError(Refusal::Unavailable)))?;
        check(&answer).map(|()| answer)
    })
}

async fn exchange(path: &str, body: String) -> Result<Answer, CallError> {
    let request = <BrowserRequest as ClientReq<CallError>>::try_new_post(
        path,
        PostUrl::CONTENT_TYPE,
        ServerFnJson::CONTENT_TYPE,
        body,
    )?;
    let response = <BrowserClient as Client<CallError>>::send(request).await?;
    let has_failed = ClientRes::<CallError>::status(&response) >= 400;
    let body = ClientRes::<CallError>::try_into_bytes(response).await?;
    let json = std::str::from_utf8(&body).map_err(|_| CallError(Refusal::Unavailable))?;
    if has_failed {
        return Err(CallError(Json::decode(json).unwrap_or(Refusal::Unavailable)));
    }
    Ok(Answer(json.into()))
}
