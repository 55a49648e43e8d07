//! Reports that browsers send: violations of the content security policy and the other kinds of the
//! Reporting API.
//!
//! Anybody can send a report, so the server never trusts, stores or repeats its content. It only
//! counts reports under names of a closed set; an unknown directive or kind counts as `other`. A
//! rising count shows that a page is broken. If a violation affects Clerk's components, the log
//! names the remedy in our own words ([`Advice`]).

mod advice;
mod blocked;
mod summary;

pub use advice::{Advice, FrontendApi, LoggedAdvice};
pub use blocked::Blocked;
pub use summary::ReportSummary;

use summary::VIOLATION;

use serde_json::{Map, Value};

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/reports+json`: a list (Reporting API).
    Reports,
    /// `application/csp-report`: a single violation, for browsers that do not know the Reporting
    /// API (CSP Level 2, `report-uri`).
    Violation,
}

/// The body holds no reports of this format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a report")]
pub struct Malformed;

const OTHER: &str = "other";

/// Kinds of the Reporting API that browsers send today.
const KINDS: [&str; 9] = [
    VIOLATION,
    "coep",
    "coop",
    "crash",
    "deprecation",
    "document-policy-violation",
    "integrity-violation",
    "intervention",
    "permissions-policy-violation",
];

/// Directives of CSP Level 3 that a page can violate.
const DIRECTIVES: [&str; 22] = [
    "base-uri",
    "child-src",
    "connect-src",
    "default-src",
    "fenced-frame-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "worker-src",
];

impl Format {
    /// The format for a content type; the parameters of the type do not matter.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/reports+json") {
            Some(Self::Reports)
        } else if essence.eq_ignore_ascii_case("application/csp-report") {
            Some(Self::Violation)
        } else {
            None
        }
    }

    /// Reads a body and returns what the metrics count. The function skips invalid members of a
    /// list: browsers send several reports at once, and an unknown kind must not hide the others.
    ///
    /// # Errors
    /// The body is not JSON, has another shape, or is a list without a valid report.
    pub fn read(self, body: &[u8]) -> Result<Vec<ReportSummary>, Malformed> {
        let body: Value = serde_json::from_slice(body).map_err(|_| Malformed)?;
        match self {
            Self::Reports => {
                let members = body.as_array().ok_or(Malformed)?;
                let reports: Vec<_> = members.iter().filter_map(summary).collect();
                if reports.is_empty() && !members.is_empty() { Err(Malformed) } else { Ok(reports) }
            }
            Self::Violation => {
                let report = body.get("csp-report").and_then(Value::as_object).ok_or(Malformed)?;
                let directive = directive(Some(report), ["effective-directive", "violated-directive"]);
                Ok(vec![ReportSummary { kind: VIOLATION, directive, blocked: blocked(Some(report), "blocked-uri") }])
            }
        }
    }
}

/// A member of the list; `None` if it is no report. The body of some kinds is `null`.
fn summary(report: &Value) -> Option<ReportSummary> {
    let kind = known(&KINDS, report.get("type")?.as_str()?);
    let body = report.get("body").and_then(Value::as_object);
    let directive = match kind {
        VIOLATION => directive(body, ["effectiveDirective", "violatedDirective"]),
        _ => "none",
    };
    Some(ReportSummary { kind, directive, blocked: blocked(body, "blockedURL") })
}

fn blocked(report: Option<&Map<String, Value>>, name: &str) -> Blocked {
    Blocked::read(report.and_then(|report| report.get(name)?.as_str()).unwrap_or_default())
}

/// The directive under the first of these names that exists. Older browsers append the sources to
/// it.
fn directive(report: Option<&Map<String, Value>>, names: [&str; 2]) -> &'static str {
    let text = names.iter().find_map(|name| report?.get(*name)?.as_str().filter(|text| !text.is_empty()));
    known(&DIRECTIVES, text.unwrap_or_default().split_ascii_whitespace().next().unwrap_or_default())
}

fn known(set: &[&'static str], text: &str) -> &'static str {
    set.iter().find(|known| **known == text).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directives(format: Format, body: &str) -> Result<Vec<(&'static str, &'static str)>, Malformed> {
        Ok(format.read(body.as_bytes())?.iter().map(|summary| (summary.kind, summary.directive)).collect())
    }

    #[test]
    fn a_format_is_named_by_its_content_type() {
        assert_eq!(Format::of("application/reports+json"), Some(Format::Reports));
        assert_eq!(Format::of("Application/CSP-Report; charset=utf-8"), Some(Format::Violation));
        for other in ["", "application/json", "text/plain", "application/reports+jsonx"] {
            assert_eq!(Format::of(other), None, "{other}");
        }
    }

    #[test]
    fn every_report_of_a_list_is_counted() {
        let body = r#"[
            {"type":"csp-violation","age":2,"url":"https://a/","body":{"effectiveDirective":"script-src-elem","blockedURL":"inline"}},
            {"type":"csp-violation","body":{"effectiveDirective":"made-up"}},
            {"type":"csp-violation"},
            {"type":"deprecation","body":{"id":"x","effectiveDirective":"img-src"}},
            {"type":"crash","body":null},
            {"type":"made-up","body":{}}
        ]"#;
        let expected = [
            ("csp-violation", "script-src-elem"),
            ("csp-violation", "other"),
            ("csp-violation", "other"),
            ("deprecation", "none"),
            ("crash", "none"),
            ("other", "none"),
        ];
        assert_eq!(directives(Format::Reports, body).unwrap(), expected);
        assert_eq!(directives(Format::Reports, "[]").unwrap(), []);
    }

    #[test]
    fn invalid_members_of_a_list_are_skipped() {
        for stranger in [r#"{"body":{}}"#, r#"{"type":7}"#, "7", "null", r#"["crash"]"#, "{}"] {
            let body = format!(r#"[{stranger},{{"type":"crash"}},{stranger}]"#);
            assert_eq!(directives(Format::Reports, &body).unwrap(), [("crash", "none")], "{stranger}");
        }
    }

    #[test]
    fn a_single_violation_is_counted_by_the_name_of_its_directive() {
        for (report, expected) in [
            (r#"{"effective-directive":"style-src-attr","violated-directive":"style-src-attr"}"#, "style-src-attr"),
            (r#"{"violated-directive":"script-src 'self' https://a"}"#, "script-src"),
            (r#"{"effective-directive":"","violated-directive":"img-src"}"#, "img-src"),
            (r#"{"effective-directive":"made-up"}"#, "other"),
            (r#"{"effective-directive":7}"#, "other"),
            ("{}", "other"),
        ] {
            let found = directives(Format::Violation, &format!(r#"{{"csp-report":{report}}}"#));
            assert_eq!(found.unwrap(), [("csp-violation", expected)], "{report}");
        }
    }

    #[test]
    fn other_bodies_are_malformed() {
        let deep = "[".repeat(10_000);
        for body in [
            "",
            "{",
            "null",
            "7",
            "{}",
            r#"{"type":"crash"}"#,
            r#"[{"body":{}}]"#,
            r#"[{"type":7}]"#,
            "[7]",
            r#"[["crash"]]"#,
            &deep,
        ] {
            assert_eq!(directives(Format::Reports, body), Err(Malformed), "{body:.20}");
        }
        for body in [
            "",
            "[]",
            "{}",
            r#"{"csp-report":null}"#,
            r#"{"csp-report":"x"}"#,
            r#"{"csp-report":[]}"#,
            r#"[{"a":1}]"#,
            &deep,
        ] {
            assert_eq!(directives(Format::Violation, body), Err(Malformed), "{body:.20}");
        }
    }
}
