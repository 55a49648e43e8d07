//! A form whose answer is a file. The browser posts it by itself, also with JavaScript, because
//! only a navigation saves a file. A refusal leads back to the page, and its URL has the refusal.

use super::download_notice::DownloadNotice;
use super::erased::optional;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use domain::form_result::{ORGANIZATION, PAGE};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The form with its notice.
#[component]
pub(crate) fn DownloadForm(
    /// Name of the operation.
    operation: &'static str,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let location = use_location();
    let page = move || PageUrl::of(&location).without_confirmation().as_str().to_owned();
    let organization = PageOrganization::of_page().id();
    let organization = organization.map(|id| view! { <input type="hidden" name=ORGANIZATION value=id /> });
    // The notice stands outside of the form, so that its link does not submit the form once more.
    view! {
        <div class="form">
            <form id=operation class="form-inline" method="post" action=format!("/api/{operation}")>
                {optional(organization)}
                <input type="hidden" name=PAGE value=page />
                {children()}
            </form>
            <DownloadNotice operation />
        </div>
    }
}
