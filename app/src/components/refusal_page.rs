//! A refusal in place of a page's content.

use super::error_message::ErrorMessage;
use super::other_organization::SubmittedElsewhereNotice;
use crate::leptos_response::set_refusal;
use crate::page_url::PageUrl;
use crate::texts::statuses::title;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page's content for a refusal, with the status of the refusal while the server renders it.
#[component]
pub(crate) fn RefusalPage(
    /// Why the page was refused.
    refusal: Refusal,
) -> impl IntoView {
    set_refusal(&refusal);
    let (status, location) = (refusal.status(), use_location());
    let (reason, link) = if let Refusal::Unauthenticated { reason } = refusal {
        let sign_in = LocalPath::sign_in(&PageUrl::current_path(&location), reason);
        (reason, (sign_in.as_str().to_owned(), "Sign in"))
    } else {
        (None, ("/".to_owned(), "Go to home page"))
    };
    view! {
        <Title text=title(status) />
        <SubmittedElsewhereNotice />
        <ErrorMessage status link reason />
    }
}
