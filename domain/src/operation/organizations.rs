//! Operations on the organizations of the user.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{DISPLAY_NAME, TextFields, follows};
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
}

impl Operation for RenameOrganization {
    const DECLARATION: Declaration = Declaration::sensitive_change("rename_organization", 5);
    const TEXT_FIELDS: TextFields = &[("name", DISPLAY_NAME)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { name: self.name.trim().to_owned() }
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
