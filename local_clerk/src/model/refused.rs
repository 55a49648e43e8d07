//! The answer "no" of a command, with everything that an API or a page needs to say it.

use serde_json::Value;
use std::borrow::Cow;

pub(crate) type Result<T, E = Refused> = std::result::Result<T, E>;

/// Refuses unless a condition holds.
pub(crate) fn ensure(condition: bool, refused: Refused) -> Result<()> {
    if condition { Ok(()) } else { Err(refused) }
}

/// A refusal with the HTTP status and the error code that Clerk uses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    /// The parameter that is at fault.
    pub(crate) param: Option<&'static str>,
    /// A sentence for people.
    pub(crate) message: Cow<'static, str>,
    /// Further members of the error's `meta`.
    pub(crate) meta: Vec<(&'static str, Value)>,
}

impl Refused {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, param: None, message: message.into(), meta: Vec::new() }
    }

    /// A parameter with an unusable value: 422.
    pub(crate) fn param(code: &'static str, param: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { param: Some(param), ..Self::new(422, code, message) }
    }

    pub(crate) fn missing(param: &'static str, message: &'static str) -> Self {
        Self::param("form_param_missing", param, message)
    }

    pub(crate) fn invalid_format(param: &'static str, message: &'static str) -> Self {
        Self::param("form_param_format_invalid", param, message)
    }

    pub(crate) fn invalid_value(param: &'static str, message: &'static str) -> Self {
        Self::param("form_param_value_invalid", param, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "resource_not_found", "The resource was not found.")
    }

    pub(crate) fn incorrect_code() -> Self {
        Self::param("form_code_incorrect", "code", "Incorrect code.")
    }

    pub(crate) fn unknown_role() -> Self {
        Self::invalid_value("role", "The role does not exist.")
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with_meta(mut self, name: &'static str, value: Value) -> Self {
        self.meta.push((name, value));
        self
    }
}
