//! Operations on the organizations of the user.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, DISPLAY_NAME, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the organizations of the user, with the active one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListOrganizations {}

impl Operation for ListOrganizations {
    const DECLARATION: Declaration = Declaration::read("list_organizations");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Renames the active organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct RenameOrganization {
    /// 1 to 200 characters after trimming, at least one of them visible, no control characters, no
    /// characters that change the direction of text.
    #[garde(custom(follows(DISPLAY_NAME)))]
    pub name: String,
    /// The [`mark`](crate::text::mark) of the name that the person saw when they typed another one.
    /// If the organization has a different name by then, nothing is changed. Empty: no comparison.
    #[serde(default)]
    #[garde(custom(follows(CURSOR)))]
    pub seen: String,
}

impl RenameOrganization {
    /// The new name, whatever the name is now.
    #[must_use]
    pub fn to(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

impl Operation for RenameOrganization {
    const DECLARATION: Declaration = Declaration::sensitive_change("rename_organization", 5);
    const TEXT_FIELDS: TextFields = &[("name", DISPLAY_NAME), ("seen", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { name: self.name.trim().to_owned(), ..self }
    }
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// Clerk's id.
    pub id: String,
    /// The display name that was given here, else Clerk's name, the slug or the id: the first that
    /// has a visible character.
    pub name: String,
}

/// The organizations of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationsView {
    /// The active one.
    pub active: OrganizationView,
    /// The others.
    pub others: Vec<OrganizationView>,
}
