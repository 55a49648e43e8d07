//! The part of a report that the metrics count, as a type of its own.

use super::blocked::Blocked;

/// The kind of a violation of the content security policy.
pub(super) const VIOLATION: &str = "csp-violation";

/// The part of a report that the metrics count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSummary {
    /// The kind of the report, such as `csp-violation`.
    pub kind: &'static str,
    /// The violated directive; `none` for other kinds.
    pub directive: &'static str,
    /// The blocked source, only for [`Advice`]: the sender chose it, so it is no metric label.
    pub blocked: Blocked,
}
