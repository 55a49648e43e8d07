//! The one door between a server function and the heart.

use crate::compat;
use crate::refused::Refused;
use gatehouse::access::Granted;
use gatehouse::gate::Visitor;
use gatehouse::operation::Operation;
use gatehouse::refusal::Refusal;
use http::request::Parts;
use leptos::prelude::use_context;

/// The caller may do `Op` with this input, or the function ends here.
///
/// During SSR a server function is a plain call that no layer sees, so this is the wall and the layers are the second one. No visitor
/// means that the gate's layer is missing: that is an error of ours, loud and closed, never an anonymous caller.
pub(crate) async fn require<Op: Operation>(input: Op) -> Result<Granted<Op>, Refused> {
    let Some(visitor) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned()) else {
        tracing::error!("no visitor: the layer `admit` is missing");
        return Err(compat::refuse(Refusal::Internal));
    };
    let outcome = visitor.grant(input).await;
    let budget = outcome.as_ref().map_or_else(|denied| denied.budget.as_ref(), Granted::budget);
    if let Some(budget) = budget {
        compat::set_budget(budget);
    }
    outcome.map_err(|denied| compat::refuse(denied.refusal))
}
