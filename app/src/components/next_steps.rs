//! The next steps on a new installation. Each step disappears once it is done.

use super::erased::{list, optional};
use domain::pages::Page;
use leptos::prelude::*;

/// A step: whether it is open, what to do, why, and where.
type Step = (bool, &'static str, &'static str, Option<(Page, &'static str)>);

/// The open steps; nothing when all are done.
#[component]
pub(crate) fn NextSteps(
    /// Whether a Clerk that runs on this machine is in use.
    is_local: bool,
    /// Whether a webhook has arrived.
    has_webhooks: bool,
    // example:begin invitations
    /// Members of the organization.
    members: u32,
    // example:end invitations
) -> impl IntoView {
    let steps = steps(is_local, has_webhooks);
    // example:begin invitations
    let text = "You are the only member of this organization.";
    let invite = (members <= 1, "Invite a member", text, Some((Page::Members, "Open members")));
    let steps = [vec![invite], steps].concat();
    // example:end invitations
    let open: Vec<_> = steps.into_iter().filter(|(is_open, ..)| *is_open).collect();
    optional((!open.is_empty()).then(|| {
        let items = open.into_iter().map(|(_, title, text, link)| {
            let link = optional(link.map(|(page, label)| view! { <p><a href=page.path()>{label}</a></p> }));
            view! { <li><p><strong>{title}</strong></p><p class="hint">{text}</p>{link}</li> }
        });
        view! {
            <section class="card" aria-labelledby="next-title">
                <h2 id="next-title">"Next steps"</h2>
                <ul class="entries">{list(items)}</ul>
            </section>
        }
    }))
}

fn steps(is_local: bool, has_webhooks: bool) -> Vec<Step> {
    vec![
        (
            is_local,
            "Connect Clerk",
            "People sign in at the local Clerk, which is for development. Set the keys of your own instance in .env.",
            None,
        ),
        (
            !has_webhooks,
            "Receive webhooks",
            "No event has arrived from Clerk. Add the endpoint /api/webhooks/clerk in Clerk's dashboard.",
            None,
        ),
    ]
}
