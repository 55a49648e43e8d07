//! Calls an operation from a page: in this process while the server renders, over HTTP in the
//! browser.
//!
//! In the browser a call renews an old token first. When the server asks for a fresh sign-in, the
//! step-up dialog opens and the call is made once more.

use crate::browser::{
    Answer, InFlightCall, PreparedCall, is_active_organization, navigate_once, needs_renewal, renew_token, send,
    verify_with_clerk,
};
use crate::call_error::CallError;
use crate::step_up::StepUp;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use std::time::Duration;

/// Longer than the server takes for anything, so that a change under way is not aborted.
const CHANGE_TIMEOUT: Duration = Duration::from_secs(30);
/// A read may be aborted at any time.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The page's part of a call.
#[derive(Clone)]
pub(crate) struct CallContext {
    /// The dialog for a fresh sign-in; a read never asks for one.
    pub(crate) step_up: Option<StepUp>,
    /// Clerk's id of the organization that the page was made for.
    pub(crate) organization: Option<String>,
    /// The page to come back to after a sign-in.
    pub(crate) return_to: LocalPath,
}

/// Calls a server function. Renews the token and repeats once after a 401; steps up and repeats
/// once after a 403 that asks for it.
pub(crate) async fn call(call: PreparedCall, context: CallContext) -> Result<Answer, CallError> {
    let CallContext { step_up, organization, return_to } = context;
    let is_read = step_up.is_none();
    let timeout = if is_read { READ_TIMEOUT } else { CHANGE_TIMEOUT };
    let attempt = || send(call.clone(), organization.clone(), timeout);
    let _in_flight = InFlightCall::begin();
    if needs_renewal() {
        renew_token().await;
    }
    let mut answer = attempt().await;
    let is_expired = matches!(answer, Err(CallError(Refusal::Unauthenticated { reason: None })));
    if is_expired && renew_token().await {
        answer = attempt().await;
    }
    if let (Some(step_up), Some(level)) = (step_up, needed_level(&answer))
        && confirm(step_up, level).await
    {
        answer = attempt().await;
    }
    // The caller may lack the permission only in the active organization, and not in that of the
    // page.
    let is_elsewhere = organization.is_some_and(|organization| !is_active_organization(&organization));
    if is_elsewhere && matches!(answer, Err(CallError(Refusal::Forbidden))) {
        answer = Err(CallError(Refusal::OtherOrganization));
    }
    match &answer {
        Err(CallError(Refusal::Unauthenticated { reason })) => navigate_once(&LocalPath::sign_in(&return_to, *reason)),
        // A read shows the active organization: the page is loaded again for that one.
        Err(CallError(Refusal::OtherOrganization)) if is_read => navigate_once(&return_to),
        _ => (),
    }
    answer
}

/// Clerk's name of the level that the server asks for.
fn needed_level(answer: &Result<Answer, CallError>) -> Option<String> {
    match answer {
        Err(CallError(Refusal::Reverification { clerk_error })) => Some(clerk_error.level().to_owned()),
        _ => None,
    }
}

/// Asks the person to confirm their identity, and returns whether they did: in Clerk's own dialog
/// where its components are on the page, else in the page's.
pub(crate) async fn confirm(step_up: StepUp, level: String) -> bool {
    match verify_with_clerk(level.clone()).await {
        Some(confirmed) => confirmed,
        None => step_up.confirm(level).await,
    }
}
