//! Notices about input that was submitted for another organization than the active one.

use crate::api::ListOrganizations;
use crate::browser::active_organization_slug;
use crate::load::load_for_active;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::texts::refusals::submitted_message;
use domain::form_result::{ORGANIZATION, Sent};
use domain::operation::{OrganizationView, OrganizationsView};
use domain::text::shown_or;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Stands for an organization whose name the current user may not read.
const UNNAMED: &str = "another organization";

/// Names of the organization of the page and of the active one. Without the permission to list
/// organizations, their slugs.
fn names(found: Option<OrganizationsView>, of_page: Option<&str>, page: PageOrganization) -> (String, String) {
    let slug = || shown_or(page.slug_of(of_page).as_deref(), UNNAMED);
    let Some(OrganizationsView { active, others }) = found else {
        let active = active_organization_slug(page.slug_of(page.id().as_deref()));
        return (slug(), shown_or(active.as_deref(), UNNAMED));
    };
    let active_name = active.name.clone();
    let is_of_page = |organization: &OrganizationView| Some(organization.id.as_str()) == of_page;
    let name = others.into_iter().chain([active]).find(is_of_page).map_or_else(slug, |found| found.name);
    (name, active_name)
}

/// Shown on a page that the active organization refuses, when the URL has input for another one.
#[component]
pub(crate) fn SubmittedElsewhereNotice() -> impl IntoView {
    let (page, location) = (PageOrganization::of_page(), use_location());
    let url = untrack(|| PageUrl::of(&location));
    let submitted = url.get("refused").and_then(|operation| url.submitted(operation));
    let organization = submitted.as_ref().and_then(|submitted| submitted.get(ORGANIZATION));
    let is_of_another = organization.is_some_and(|organization| page.id().as_deref() != Some(organization));
    is_of_another.then(|| {
        view! {
            <p class="notice notice-danger" role="alert">
                "Your input belongs to another organization. Nothing was changed. "
                "Switch back to it, then reload this page. "
                {submitted_message(submitted.as_ref())}
            </p>
        }
    })
}

/// Says that the input was submitted for another organization, and how to continue.
#[component]
pub(crate) fn OtherOrganizationNotice(
    /// Clerk's id of the organization of the form; `None`: that of this page.
    organization: Option<String>,
    /// The submitted fields, where the URL of this page has them.
    submitted: Option<Sent>,
) -> impl IntoView {
    let page = PageOrganization::of_page();
    let organization = organization.or_else(|| page.id());
    let organizations = load_for_active(&ListOrganizations {});
    let kept = submitted_message(submitted.as_ref());
    let (is_in_url, names_a_row) = (submitted.is_some(), submitted.as_ref().is_some_and(Sent::names_a_row));
    view! {
        <Suspense fallback=|| ()>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    let (name, active) = names(organizations.await.ok(), organization.as_deref(), page);
                    view! { <OtherOrganizationMessage page name active kept names_a_row is_in_url /> }
                })
            }}
        </Suspense>
    }
}

/// The message, with the way to continue that fits the submitted input.
#[component]
fn OtherOrganizationMessage(
    /// The organization of this page.
    page: PageOrganization,
    /// Name of the organization of the form.
    name: String,
    /// Name of the active organization.
    active: String,
    /// Says that the submitted input is kept.
    kept: &'static str,
    /// Whether the input names a row, which exists in one organization only.
    names_a_row: bool,
    /// Whether the URL of this page has the input.
    is_in_url: bool,
) -> impl IntoView {
    view! {
        <div class="notice notice-danger">
            <p>
                "This form belongs to "<bdi><strong>{name}</strong></bdi>
                ", but your active organization is now "
                <bdi><strong>{active.clone()}</strong></bdi>". Nothing was changed. "{kept}
            </p>
            {if names_a_row {
                view! { <p>"Switch back first, then reload this page."</p> }.into_any()
            } else if is_in_url {
                view! { <p>"Submit it again to change "<bdi>{active}</bdi>", or switch back first."</p> }.into_any()
            } else {
                let target = move || page.continue_at().as_str().to_owned();
                view! {
                    <a class="button button-small" rel="external" href=target>"Continue with "<bdi>{active}</bdi></a>
                }
                    .into_any()
            }}
        </div>
    }
}
