//! The organization that a page was made for. Every call from the page says so; when another one is active by then, nothing is done and both are named.

use super::address::Address;
use crate::api::organizations::{ListOrganizations, OrganizationView, OrganizationsView};
use crate::call::load_for_active;
use crate::ui::words;
use domain::form_result::{ORGANIZATION, Sent};
use domain::local_path::LocalPath;
use domain::text::shown_or;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// What the page knows of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MadeFor {
    /// Clerk's id.
    pub(crate) id: String,
    /// Its name in addresses.
    pub(crate) slug: Option<String>,
}

/// The organization of the page that stands in the browser.
#[derive(Clone, Copy)]
pub(crate) struct PageOrganization {
    made_for: StoredValue<Option<MadeFor>>,
    /// Where the page of the active organization has what was sent here in vain.
    way_on: RwSignal<Option<LocalPath>>,
}

impl PageOrganization {
    pub(crate) fn new(made_for: Option<MadeFor>) -> Self {
        Self { made_for: StoredValue::new(made_for), way_on: RwSignal::new(None) }
    }

    /// Of the page around this component.
    pub(crate) fn here() -> Self {
        use_context().unwrap_or_else(|| Self::new(None))
    }

    /// Clerk's id.
    pub(crate) fn id(self) -> Option<String> {
        self.made_for.with_value(|made_for| made_for.as_ref().map(|made_for| made_for.id.clone()))
    }

    /// What it is called where its name may not be read.
    fn name_of(self, id: Option<&str>) -> String {
        let slug = self.made_for.with_value(|made_for| {
            made_for.as_ref().filter(|made_for| Some(made_for.id.as_str()) == id).and_then(|found| found.slug.clone())
        });
        shown_or(slug.as_deref(), ANOTHER)
    }

    /// Notes where the page of the active organization has what was sent here in vain.
    pub(crate) fn lead_on(self, way_on: LocalPath) {
        self.way_on.set(Some(way_on));
    }
}

const ANOTHER: &str = "another organization";

/// Names of the organization before and of the active one. Who lacks the permission in the active one is told them as they stand in addresses.
fn names(found: Option<OrganizationsView>, before: Option<&str>, page: PageOrganization) -> (String, String) {
    let Some(OrganizationsView { active, others }) = found else {
        #[cfg(feature = "hydrate")]
        let now = shown_or(crate::browser::active_organization().and_then(|(_, slug)| slug).as_deref(), ANOTHER);
        #[cfg(not(feature = "hydrate"))]
        let now = page.name_of(page.id().as_deref());
        return (page.name_of(before), now);
    };
    let now = active.name.clone();
    let is_it = |organization: &OrganizationView| Some(organization.id.as_str()) == before;
    let before =
        others.into_iter().chain([active]).find(is_it).map_or_else(|| page.name_of(before), |found| found.name);
    (before, now)
}

/// On a page that the active organization refuses: what was sent before was meant for another one.
#[component]
pub(crate) fn MeantForAnother() -> impl IntoView {
    let (page, location) = (PageOrganization::here(), use_location());
    let address = untrack(|| Address::of(&location));
    let sent = address.get("refused").and_then(|operation| address.sent(operation));
    let is_of_another =
        sent.as_ref().and_then(|sent| sent.get(ORGANIZATION)).is_some_and(|meant| page.id().as_deref() != Some(meant));
    is_of_another.then(|| {
        view! {
            <p class="notice notice-danger" role="alert">
                "What you sent was meant for another organization. Nothing was changed. Switch back to it, then open this page again. "
                {words::kept(sent.as_ref())}
            </p>
        }
    })
}

/// Says that the page that was sent was made for another organization, and how to go on.
#[component]
pub(crate) fn OtherOrganization(
    /// Clerk's id of the organization that the form was made for; `None`: the one of this page.
    made_for: Option<String>,
    /// What is left of what was typed, where it stands in the address of this page.
    sent: Option<Sent>,
) -> impl IntoView {
    let page = PageOrganization::here();
    let made_for = made_for.or_else(|| page.id());
    let organizations = load_for_active(ListOrganizations {});
    let kept = words::kept(sent.as_ref());
    let (is_here, names_a_row) = (sent.is_some(), sent.as_ref().is_some_and(Sent::names_a_row));
    view! {
        <Suspense fallback=|| ()>
            {move || {
                let made_for = made_for.clone();
                Suspend::new(async move {
                    let (before, now) = names(organizations.await.ok(), made_for.as_deref(), page);
                    view! {
                        <div class="notice notice-danger">
                            <p>
                                "This was meant for "<bdi><strong>{before}</strong></bdi>", but your active organization is now "
                                <bdi><strong>{now.clone()}</strong></bdi>". Nothing was changed. "{kept}
                            </p>
                            {if names_a_row {
                                view! { <p>"Switch back first, then open this page again."</p> }.into_any()
                            } else if is_here {
                                view! { <p>"Send it again to change "<bdi>{now}</bdi>", or switch back first."</p> }.into_any()
                            } else {
                                let on = move || page.way_on.get().unwrap_or(LocalPath::ADMIN).as_str().to_owned();
                                view! { <a class="button button-small" rel="external" href=on>"Go on with "<bdi>{now}</bdi></a> }.into_any()
                            }}
                        </div>
                    }
                })
            }}
        </Suspense>
    }
}
