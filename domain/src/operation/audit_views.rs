//! The filters of the audit log that a person keeps in the active organization.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, DISPLAY_NAME, SEARCH, TextFields, TextRule, cleaned_search, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The views that a person can keep in one organization.
pub const MAX_AUDIT_VIEWS: i64 = 20;

/// A name that fits into one line of a list.
const NAME: TextRule = DISPLAY_NAME.at_most(60);
/// The query of the URL that shows the entries.
const FILTER: TextRule = SEARCH.at_most(500);

/// Lists the caller's own views, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListAuditViews {}

impl Operation for ListAuditViews {
    const DECLARATION: Declaration = Declaration::read("list_audit_views");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Keeps a filter under a name, for the caller alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct SaveAuditView {
    /// Its name, 1 to 60 characters after trimming.
    #[garde(custom(follows(NAME)))]
    pub name: String,
    /// The query of the URL that shows the entries. The page reads only the parameters that it
    /// knows.
    #[garde(custom(follows(FILTER)))]
    pub filter: String,
}

impl Operation for SaveAuditView {
    const DECLARATION: Declaration = Declaration::everyday_change("save_audit_view", 30);
    const TEXT_FIELDS: TextFields = &[("name", NAME), ("filter", FILTER)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { name: self.name.trim().to_owned(), filter: cleaned_search(&self.filter) }
    }
}

/// Deletes one of the caller's own views.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct DeleteAuditView {
    /// The view.
    #[garde(custom(follows(CURSOR)))]
    pub view_id: String,
}

impl Operation for DeleteAuditView {
    const DECLARATION: Declaration = Declaration::everyday_change("delete_audit_view", 30);
    const TEXT_FIELDS: TextFields = &[("view_id", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAuditView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The query of the URL that shows the entries.
    pub filter: String,
}
