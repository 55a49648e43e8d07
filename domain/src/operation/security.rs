//! The operation behind the page about the security of the instance.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::TextFields;
use crate::permission::Permission;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Shows the state of the instance: keys, limits, headers, reports and open commands. They concern
/// every organization, so the permission is instance-wide.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowSecurity {}

impl Operation for ShowSecurity {
    const DECLARATION: Declaration = Declaration::read("show_security").with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// The state of the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Facts, each with a remedy where something is wrong.
    pub facts: Vec<FactView>,
    /// The headers of a page with Clerk's components, without the nonce.
    pub headers: Vec<HeaderView>,
    /// Their score by the rules of the HTTP Observatory; 150 is the highest.
    pub score: i32,
    /// The reports of browsers since the start of this server.
    pub reports: Vec<ReportCountView>,
}

/// A fact about the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactView {
    /// The subject.
    pub label: String,
    /// The state.
    pub text: String,
    /// The remedy, where the state is not as it should be.
    pub remedy: Option<String>,
}

/// A response header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderView {
    /// Name in lower case.
    pub name: String,
    /// Value.
    pub value: String,
}

/// The reports of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCountView {
    /// The kind, with the directive that was violated.
    pub label: String,
    /// The number.
    pub times: u32,
}
