//! The operation behind the dashboard.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::TextFields;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Shows the signed-in user and the active organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowDashboard {}

impl Operation for ShowDashboard {
    const DECLARATION: Declaration = Declaration::read("show_dashboard");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}
