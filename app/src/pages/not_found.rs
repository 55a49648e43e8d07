//! The page for a URL that the router does not know.

use crate::components::error_message::ErrorPage;
use crate::leptos_response::set_status;
use crate::texts::statuses::title;
use leptos::prelude::*;
use leptos_meta::Title;

/// Answers with status 404.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    set_status(404);
    view! {
        <Title text=title(404) />
        <ErrorPage status=404 request_id=String::new() />
    }
}
