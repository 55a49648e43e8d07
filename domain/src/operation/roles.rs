//! Operations on the roles of the instance.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::TextFields;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the roles of the instance with their permissions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListRoles {}

impl Operation for ListRoles {
    const DECLARATION: Declaration = Declaration::read("list_roles");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// A role and its permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// Key without the leading `org:`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Names of its permissions; the key of a permission that Clerk has not named.
    pub grants: Vec<String>,
}
