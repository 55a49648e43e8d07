//! The page on which a person switches to another organization of theirs.

use super::document::plain;
use crate::components::brand::PublicHeader;
use crate::components::erased::list;
use domain::pages::Page;
use leptos::prelude::*;

/// An organization of the person.
#[derive(Clone, Debug)]
pub struct OrganizationChoice {
    /// Its name.
    pub name: String,
    /// The address that switches to it.
    pub link: String,
    /// Whether it is the active one.
    pub is_active: bool,
}

/// The content of the page.
#[derive(Clone, Debug)]
pub struct OrganizationChoices {
    /// The organizations.
    pub choices: Vec<OrganizationChoice>,
    /// The page to go back to.
    pub back: String,
    /// Whether the switch that was asked for did not happen.
    pub is_refused: bool,
}

/// The page.
pub fn switch_organization_page(page: OrganizationChoices, options: LeptosOptions) -> impl IntoView {
    let OrganizationChoices { choices, back, is_refused } = page;
    let is_alone = choices.iter().filter(|choice| !choice.is_active).count() == 0;
    let refused = is_refused.then(|| {
        view! { <p class="notice notice-danger" role="alert">"You are not a member of that organization."</p> }
    });
    let alone = is_alone.then(|| {
        view! { <p class="muted">"You belong to no other organization. Ask for an invitation to join one."</p> }
    });
    let choices = choices.into_iter().map(|choice| {
        let active = choice.is_active.then(|| view! { " "<span class="badge">"Active"</span> });
        view! { <li><p><a href=choice.link><bdi>{choice.name}</bdi></a>{active}</p></li> }
    });
    let body = view! {
        <PublicHeader />
        <main id="main" class="page">
            <div class="stack">
                <h1>"Switch organization"</h1>
                {refused}
                <ul class="entries card">{list(choices)}</ul>
                {alone}
                <p><a href=back>"Back to the dashboard"</a></p>
            </div>
        </main>
    };
    plain(options, Page::SwitchOrganization.definition().title, None, body)
}
