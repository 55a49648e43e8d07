//! What is counted of a report.

use super::blocked::Blocked;

/// The kind of a violation of the content security policy.
pub(super) const VIOLATION: &str = "csp-violation";

/// What is counted of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The kind of report, such as `csp-violation`.
    pub kind: &'static str,
    /// The directive that was violated; `none` for other kinds.
    pub directive: &'static str,
    /// What was kept from loading. It is for [`Advice`] alone: a browser, or whoever sends, wrote it.
    pub blocked: Blocked,
}
