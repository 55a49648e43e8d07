//! The organization that the page was made for. Every call from the page names it; when another one
//! is active by then, nothing is done and the page says so.

use domain::current_user::ActiveOrganization;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// State of the page that is in the browser.
#[derive(Clone, Copy)]
pub(crate) struct PageOrganization {
    organization: StoredValue<Option<ActiveOrganization>>,
    /// The name, as the page read it last.
    name: RwSignal<Option<String>>,
    /// The page of the active organization, with the input that was refused here.
    continue_at: RwSignal<Option<LocalPath>>,
}

impl PageOrganization {
    pub(crate) fn new(organization: Option<ActiveOrganization>) -> Self {
        Self {
            organization: StoredValue::new(organization),
            name: RwSignal::new(None),
            continue_at: RwSignal::new(None),
        }
    }

    /// That of the page around this component.
    pub(crate) fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self::new(None))
    }

    /// Clerk's id.
    pub(crate) fn id(self) -> Option<String> {
        self.organization.with_value(|organization| organization.as_ref().map(|organization| organization.id.clone()))
    }

    /// The name, where it is known; within a reactive scope it follows.
    pub(crate) fn name(self) -> Option<String> {
        self.name.get()
    }

    /// Sets the name that the page has read.
    pub(crate) fn set_name(self, name: &str) {
        if self.name.with_untracked(|known| known.as_deref() != Some(name)) {
            self.name.set(Some(name.to_owned()));
        }
    }

    /// The slug of an organization, where it is the one of the page.
    pub(crate) fn slug_of(self, id: Option<&str>) -> Option<String> {
        self.organization.with_value(|organization| {
            let organization = organization.as_ref().filter(|found| Some(found.id.as_str()) == id)?;
            organization.slug.clone()
        })
    }

    /// Where the person can continue for the active organization; within a reactive scope it
    /// follows.
    pub(crate) fn continue_at(self) -> LocalPath {
        self.continue_at.get().unwrap_or(LocalPath::ADMIN)
    }

    /// Sets where the person can continue.
    pub(crate) fn set_continue_at(self, path: LocalPath) {
        self.continue_at.set(Some(path));
    }
}
