//! Sends a call of a server function over HTTP: the framework's own way, with one field more.

use super::timeout::with_timeout;
use crate::call_error::CallError;
use domain::refusal::Refusal;
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::client::browser::BrowserClient;
use server_fn::codec::{FromRes, IntoReq, Json, PostUrl};
use server_fn::error::FromServerFnError;
use server_fn::request::browser::BrowserRequest;
use server_fn::response::ClientRes;
use server_fn::{ContentType, ServerFn};
use std::time::Duration;

/// A call as a page sends it: the input of the operation, and the organization of the page.
#[derive(Serialize)]
struct Call<S> {
    #[serde(flatten)]
    input: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
}

/// Sends a call. A call that is not answered in time counts as one that could not be sent.
pub(crate) fn send<S>(
    input: S,
    organization_id: Option<String>,
    timeout: Duration,
) -> impl Future<Output = Result<S::Output, CallError>> + Send
where
    S: ServerFn<Error = CallError> + Serialize,
    S::Output: DeserializeOwned,
{
    let call = Call { input, organization_id };
    SendWrapper::new(async move {
        with_timeout(timeout, exchange(call)).await.unwrap_or(Err(CallError(Refusal::Unavailable)))
    })
}

async fn exchange<S>(call: Call<S>) -> Result<S::Output, CallError>
where
    S: ServerFn<Error = CallError> + Serialize,
    S::Output: DeserializeOwned,
{
    let request: BrowserRequest = IntoReq::<PostUrl, _, CallError>::into_req(call, S::PATH, Json::CONTENT_TYPE)?;
    let response = <BrowserClient as Client<CallError>>::send(request).await?;
    if ClientRes::<CallError>::status(&response) >= 400 {
        return Err(CallError::de(ClientRes::<CallError>::try_into_bytes(response).await?));
    }
    <S::Output as FromRes<Json, _, CallError>>::from_res(response).await
}
