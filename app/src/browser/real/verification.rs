//! Reverification at Clerk for the page's own dialog: with a password, or a code of an
//! authenticator app.
//!
//! Clerk's components know more factors. An account with only those is asked to sign in again.

use super::form_encoded::encoded;
use super::session_token::{SESSIONS, json, renew, session_id};
use crate::factor::Factor;
use crate::texts::step_up::{OTHER_FACTOR, UNAVAILABLE};
use gloo_net::http::{Request, Response};
use send_wrapper::SendWrapper;
use serde::Deserialize;

#[derive(Deserialize)]
struct VerificationResponse {
    response: Verification,
}

#[derive(Deserialize)]
struct Verification {
    status: String,
    supported_first_factors: Option<Vec<SupportedFactor>>,
    supported_second_factors: Option<Vec<SupportedFactor>>,
}

#[derive(Deserialize)]
struct SupportedFactor {
    strategy: String,
}

#[derive(Deserialize)]
struct ErrorResponse {
    errors: Vec<ErrorDetail>,
}

#[derive(Deserialize)]
struct ErrorDetail {
    message: String,
    long_message: Option<String>,
}

/// Starts a verification, and returns the factor that Clerk asks for.
///
/// # Errors
/// A message for the person.
pub(crate) fn start_verification(level: String) -> impl Future<Output = Result<Option<Factor>, String>> + Send {
    SendWrapper::new(async move {
        let verification = post("verify", format!("level={}", encoded(&level))).await?;
        next_factor(&verification)?.map(Some).ok_or_else(unavailable)
    })
}

/// Sends the value of a factor, and returns the next factor. `None`: the verification is complete,
/// and the token in the cookie says so.
///
/// # Errors
/// A message for the person.
pub(crate) fn attempt_verification(
    factor: Factor,
    value: String,
) -> impl Future<Output = Result<Option<Factor>, String>> + Send {
    SendWrapper::new(async move {
        let value = encoded(&value);
        let (path, body) = match factor {
            Factor::Password => ("verify/attempt_first_factor", format!("strategy=password&password={value}")),
            Factor::Code => ("verify/attempt_second_factor", format!("strategy=totp&code={value}")),
        };
        match next_factor(&post(path, body).await?)? {
            None if !renew().await => Err(unavailable()),
            next => Ok(next),
        }
    })
}

async fn post(path: &str, body: String) -> Result<Verification, String> {
    let session = session_id().ok_or_else(unavailable)?;
    let request = Request::post(&format!("{SESSIONS}/{session}/{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .map_err(|_| unavailable())?;
    let response = request.send().await.map_err(|_| unavailable())?;
    if !response.ok() {
        return Err(error_message(&response).await.unwrap_or_else(unavailable));
    }
    let VerificationResponse { response } = json(&response).await.ok_or_else(unavailable)?;
    Ok(response)
}

/// Clerk's own message for the person.
async fn error_message(response: &Response) -> Option<String> {
    let ErrorResponse { errors } = json(response).await?;
    errors.into_iter().next().map(|detail| detail.long_message.unwrap_or(detail.message))
}

fn next_factor(verification: &Verification) -> Result<Option<Factor>, String> {
    let offers = |factors: &Option<Vec<SupportedFactor>>, strategy: &str| {
        factors.iter().flatten().any(|factor| factor.strategy == strategy)
    };
    match verification.status.as_str() {
        "complete" => Ok(None),
        "needs_first_factor" if offers(&verification.supported_first_factors, "password") => Ok(Some(Factor::Password)),
        "needs_second_factor" if offers(&verification.supported_second_factors, "totp") => Ok(Some(Factor::Code)),
        _ => Err(OTHER_FACTOR.to_owned()),
    }
}

fn unavailable() -> String {
    UNAVAILABLE.to_owned()
}
