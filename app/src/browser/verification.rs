//! Proving again who is sitting here, for the page's own dialog: with a password, or the code of an authenticator app.
//!
//! Clerk's components know more ways. Who has only one of those is told to sign in again.

use super::{SESSIONS, claims, encoded, renew};
use crate::ui::step_up::Factor;
use gloo_net::http::{Request, Response};
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    response: Verification,
}

#[derive(Deserialize)]
struct Verification {
    status: String,
    supported_first_factors: Option<Vec<Way>>,
    supported_second_factors: Option<Vec<Way>>,
}

#[derive(Deserialize)]
struct Way {
    strategy: String,
}

#[derive(Deserialize)]
struct Failure {
    errors: Vec<FailureDetail>,
}

#[derive(Deserialize)]
struct FailureDetail {
    message: String,
    long_message: Option<String>,
}

/// Begins, and tells what is asked for.
///
/// # Errors
/// What to tell the person.
pub(crate) async fn begin(level: &str) -> Result<Factor, String> {
    next(&sent("verify", format!("level={}", encoded(level))).await?)?.ok_or_else(down)
}

/// Gives what was asked for. `None`: that was all, and the token in the cookie says so.
///
/// # Errors
/// What to tell the person.
pub(crate) async fn attempt(factor: Factor, given: &str) -> Result<Option<Factor>, String> {
    let given = encoded(given);
    let answer = match factor {
        Factor::Password => sent("verify/attempt_first_factor", format!("strategy=password&password={given}")).await?,
        Factor::Code => sent("verify/attempt_second_factor", format!("strategy=totp&code={given}")).await?,
    };
    match next(&answer)? {
        None if !renew().await => Err(down()),
        asked => Ok(asked),
    }
}

async fn sent(path: &str, body: String) -> Result<Verification, String> {
    let session = claims().ok_or_else(down)?.sid;
    let request = Request::post(&format!("{SESSIONS}/{session}/{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .map_err(|_| down())?;
    let response = request.send().await.map_err(|_| down())?;
    if !response.ok() {
        return Err(said(&response).await.unwrap_or_else(down));
    }
    let answer: Answer = response.json().await.map_err(|_| down())?;
    Ok(answer.response)
}

/// What Clerk says to the person.
async fn said(refused: &Response) -> Option<String> {
    let failure: Failure = refused.json().await.ok()?;
    failure.errors.into_iter().next().map(|detail| detail.long_message.unwrap_or(detail.message))
}

fn next(verification: &Verification) -> Result<Option<Factor>, String> {
    let offers = |ways: &Option<Vec<Way>>, strategy: &str| ways.iter().flatten().any(|way| way.strategy == strategy);
    match verification.status.as_str() {
        "complete" => Ok(None),
        "needs_first_factor" if offers(&verification.supported_first_factors, "password") => Ok(Some(Factor::Password)),
        "needs_second_factor" if offers(&verification.supported_second_factors, "totp") => Ok(Some(Factor::Code)),
        _ => {
            Err("Your account is confirmed in another way than this dialog can. Sign out, and sign in again."
                .to_owned())
        }
    }
}

fn down() -> String {
    "Your sign-in could not be checked. Try again in a moment.".to_owned()
}
