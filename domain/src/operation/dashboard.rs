//! The dashboard.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::TextFields;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// What the dashboard shows first: who is signed in, and for which organization.
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
