//! The operation that lists the audit log.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{LAST_PAGE, TextFields};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the audit log of the active organization, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListAudit {
    /// Page, counted from 0.
    #[garde(range(max = LAST_PAGE))]
    pub page: u32,
}

impl Operation for ListAudit {
    const DECLARATION: Declaration = Declaration::read("list_audit");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}
