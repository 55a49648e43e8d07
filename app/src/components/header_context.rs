//! A part of the header: the organization with the way to another one, the person, and the kind of
//! the instance.

use super::erased::optional;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use domain::current_user::Environment;
use domain::local_path::LocalPath;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The part.
#[component]
pub(crate) fn HeaderContext(
    /// Name of the current user.
    person: Option<String>,
    /// The kind of the instance, where it is not the one of production.
    environment: Option<Environment>,
) -> impl IntoView {
    let (page, location) = (PageOrganization::of_page(), use_location());
    let switch = move || {
        let back = PageUrl::of(&location).without_outcome();
        LocalPath::of(Page::SwitchOrganization).with_query(&[("redirect_url", back.as_str())]).as_str().to_owned()
    };
    let environment = environment.map(|environment| match environment {
        Environment::LocalClerk => "Local Clerk",
        Environment::Development => "Development",
    });
    view! {
        <div class="context">
            <bdi>{move || page.name()}</bdi>
            <a rel="external" href=switch>"Switch organization"</a>
            <div id="clerk-organization-switcher"></div>
            {optional(person.map(|person| view! { <span>"Signed in as "<bdi>{person}</bdi></span> }))}
            {optional(environment.map(|label| view! { <span class="badge">{label}</span> }))}
        </div>
    }
}
