//! Authorizes a server function: the only way from there to the core.

use crate::call_error::CallError;
use crate::leptos_response::set_header;
use crate::refuse::refuse;
use domain::operation::Operation;
use domain::refusal::Refusal;
use gatehouse::access::Granted;
use gatehouse::gate::Visitor;
use http::request::Parts;
use leptos::prelude::use_context;

/// The grant of `Op` for this input and the visitor of the request.
///
/// During SSR a server function is a plain call that no layer sees, so the check is here, and the
/// layers in front of `/api` are the second one. A request without a visitor means that the gate's
/// layer is missing: that is an internal error and never an anonymous caller.
///
/// # Errors
/// The first refusal that applies; its status and headers are set on the answer.
pub(crate) async fn require<Op: Operation>(input: Op) -> Result<Granted<Op>, CallError> {
    let Some(visitor) = visitor() else {
        tracing::error!("no visitor: the layer `authenticate` is missing");
        return Err(refuse(Refusal::Internal));
    };
    let outcome = visitor.grant(input).await;
    let budget = outcome.as_ref().map_or_else(|denied| denied.budget.as_ref(), Granted::budget);
    if let Some(budget) = budget {
        budget.headers().into_iter().for_each(|(name, value)| set_header(name, value));
    }
    outcome.map_err(|denied| refuse(denied.refusal))
}

fn visitor() -> Option<Visitor> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned())
}
