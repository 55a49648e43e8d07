//! A refusal in place of a page's content.

use super::erased::optional;
use super::error_message::ErrorMessage;
use super::other_organization::SubmittedElsewhereNotice;
use crate::leptos_response::{page_request_id, set_refusal};
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::texts::refusals::{entitlement_message, gone_message};
use crate::texts::statuses::title;
use domain::local_path::LocalPath;
use domain::pages::Page;
use domain::refusal::Refusal;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use leptos_router::location::Location;

/// The page's content for a refusal, with the status of the refusal while the server renders it.
#[component]
pub(crate) fn RefusalPage(
    /// Why the page was refused.
    refusal: Refusal,
) -> impl IntoView {
    set_refusal(&refusal);
    let (status, location) = (refusal.status(), use_location());
    let detail = if let Refusal::Entitlement { needs } = &refusal {
        Some(entitlement_message(needs))
    } else {
        (status == 403).then(|| missing_permission(&location)).flatten()
    };
    let is_not_found = refusal == Refusal::NotFound;
    let (reason, link) = if let Refusal::Unauthenticated { reason } = refusal {
        let sign_in = LocalPath::sign_in(&PageUrl::current_path(&location), reason);
        (reason, (sign_in.as_str().to_owned(), "Sign in"))
    } else if refusal == Refusal::Forbidden {
        let back = PageUrl::current_path(&location);
        let switch = LocalPath::of(Page::SwitchOrganization).with_query(&[("redirect_url", back.as_str())]);
        (None, (switch.as_str().to_owned(), "Switch organization"))
    } else if is_not_found {
        (None, (LocalPath::ADMIN.as_str().to_owned(), "Go to the overview"))
    } else {
        (None, ("/".to_owned(), "Go to home page"))
    };
    let gone = is_not_found.then(|| gone(&location)).flatten();
    let gone = gone.map(|text| view! { <p class="notice" role="status" tabindex="-1" autofocus=true>{text}</p> });
    view! {
        <Title text=title(status) />
        <SubmittedElsewhereNotice />
        {optional(gone)}
        <ErrorMessage status link reason detail request_id=page_request_id() />
    }
}

/// The message after a post from this page whose object is gone, and the page with it.
fn gone(location: &Location) -> Option<&'static str> {
    let url = untrack(|| PageUrl::of(location));
    let operation = url.get("refused")?;
    gone_message(operation, &url.outcome(operation)?.err()?)
}

/// The permission that the page needs, and the organization in which it is missing.
fn missing_permission(location: &Location) -> Option<String> {
    let permission = Page::at(&location.pathname.get_untracked())?.definition().permission?;
    let name = untrack(|| PageOrganization::of_page().name());
    let organization = name.map_or_else(|| "this organization".to_owned(), |name| isolated(&name));
    Some(format!(
        "This page needs the permission {} in {organization}. Ask an administrator for it, or switch to another organization.",
        permission.key()
    ))
}
