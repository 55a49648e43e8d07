//! The one door between a server function and the heart.

use crate::compat;
use crate::refused::Refused;
use crate::ui::frame::Looker;
use crate::ui::organization::MadeFor;
use domain::operation::{ListUsers, Operation};
use domain::refusal::Refusal;
use gatehouse::access::Granted;
use gatehouse::gate::Visitor;
use http::request::Parts;
use leptos::prelude::use_context;

/// The caller may do `Op` with this input, or the function ends here.
///
/// During SSR a server function is a plain call that no layer sees, so this is the wall and the layers are the second one. No visitor
/// means that the gate's layer is missing: that is an error of ours, loud and closed, never an anonymous caller.
pub(crate) async fn require<Op: Operation>(input: Op) -> Result<Granted<Op>, Refused> {
    let Some(visitor) = visitor() else {
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

/// Who looks at the page, as far as its frame has to know.
pub(crate) fn looker() -> Looker {
    let visitor = visitor();
    let known = visitor.as_ref().and_then(|visitor| Some((visitor, visitor.session()?)));
    known.map_or_else(Looker::default, |(visitor, session)| Looker {
        manages_users: visitor.holds(ListUsers::DECLARATION.permission),
        impersonator: session.impersonator(),
        made_for: session
            .organization
            .as_ref()
            .map(|organization| MadeFor { id: organization.id.to_string(), slug: organization.slug.clone() }),
    })
}

fn visitor() -> Option<Visitor> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned())
}
