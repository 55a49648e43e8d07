//! The organization that a page was made for. Every call from the page says so; when another one is active by then, nothing is done and both are named.

use crate::api::organizations::{ListOrganizations, OrganizationView};
use crate::call::load_for_active;
use crate::ui::words;
use gatehouse::places::SafePath;
use gatehouse::returned::Sent;
use leptos::prelude::*;
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
    way_on: RwSignal<Option<SafePath>>,
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

    /// Notes where the page of the active organization has what was sent here in vain.
    pub(crate) fn lead_on(self, way_on: SafePath) {
        self.way_on.set(Some(way_on));
    }
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
    let is_here = sent.is_some();
    view! {
        <Suspense fallback=|| ()>
            {move || {
                let made_for = made_for.clone();
                Suspend::new(async move {
                    let found = organizations.await.ok();
                    let (active, all) = found.map(|found| (found.active.clone(), [vec![found.active], found.others].concat())).unzip();
                    let name = |organization: Option<OrganizationView>| organization.map_or_else(|| "another organization".to_owned(), |found| found.name);
                    let before = name(all.unwrap_or_default().into_iter().find(|found| Some(&found.id) == made_for.as_ref()));
                    let now = name(active);
                    view! {
                        <div class="notice notice-danger">
                            <p>
                                "This was meant for "<bdi><strong>{before}</strong></bdi>", but your active organization is now "
                                <bdi><strong>{now.clone()}</strong></bdi>". Nothing was changed. "{kept}
                            </p>
                            {if is_here {
                                view! { <p>"Send it again to change "<bdi>{now}</bdi>", or switch back first."</p> }.into_any()
                            } else {
                                let on = move || page.way_on.get().unwrap_or(SafePath::ADMIN).as_str().to_owned();
                                view! { <a class="button button-small" rel="external" href=on>"Go on with "<bdi>{now}</bdi></a> }.into_any()
                            }}
                        </div>
                    }
                })
            }}
        </Suspense>
    }
}
