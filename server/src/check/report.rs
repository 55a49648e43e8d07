//! The findings of `server check`, as lines for a person and as JSON for a program.

use gatehouse::config::Problems;
use serde_json::json;
use std::fmt;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It works.
    Fine,
    /// It works, and is not how production should be.
    Warning,
    /// It does not work.
    Failure,
}

/// The result for one part of the configuration.
#[derive(Debug)]
struct Finding {
    subject: &'static str,
    outcome: Outcome,
    text: String,
}

/// The findings of one check.
#[derive(Debug, Default)]
pub struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, subject: &'static str, outcome: Outcome, text: &str) {
        // An error of a library may have several lines; a finding has one.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.push(Finding { subject, outcome, text });
    }

    pub(super) fn fine(&mut self, subject: &'static str, text: impl AsRef<str>) {
        self.add(subject, Outcome::Fine, text.as_ref());
    }

    /// Adds what is not as in production and why it matters, and the remedy.
    pub(super) fn warning(&mut self, subject: &'static str, what: impl fmt::Display, remedy: impl fmt::Display) {
        self.add(subject, Outcome::Warning, &format!("{what}: {remedy}"));
    }

    /// Adds what does not work, and the remedy.
    pub(super) fn failure(&mut self, subject: &'static str, what: impl fmt::Display, remedy: impl fmt::Display) {
        self.add(subject, Outcome::Failure, &format!("{what}: {remedy}"));
    }

    /// Adds an advice of the start, whose text ends with its remedy.
    pub(super) fn advice(&mut self, subject: &'static str, text: &str) {
        self.add(subject, Outcome::Warning, text);
    }

    /// Adds an error whose text ends with its remedy.
    pub(super) fn error(&mut self, subject: &'static str, error: impl fmt::Display) {
        self.add(subject, Outcome::Failure, &error.to_string());
    }

    pub(super) fn problems(&mut self, problems: &Problems) {
        problems.iter().for_each(|problem| self.error("configuration", problem));
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.0.iter().filter(|finding| finding.outcome == outcome).count()
    }

    /// Whether there is no failure.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.count(Outcome::Failure) == 0
    }

    /// The report for programs: `ok`, and the findings with `subject`, `outcome` (`ok`, `warning`
    /// or `failure`) and `text`.
    #[must_use]
    pub fn json(&self) -> String {
        let finding =
            |found: &Finding| json!({ "subject": found.subject, "outcome": found.outcome.word(), "text": found.text });
        json!({ "ok": self.is_fine(), "findings": self.0.iter().map(finding).collect::<Vec<_>>() }).to_string()
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { subject, outcome, text } in &self.0 {
            writeln!(f, "{:8} {subject:14} {text}", outcome.word())?;
        }
        match (self.count(Outcome::Failure), self.count(Outcome::Warning)) {
            (0, 0) => write!(f, "Nothing is wrong."),
            (0, warnings) => write!(f, "Nothing is wrong, with {warnings} warning(s)."),
            (failures, warnings) => {
                let explained = "Every variable is explained in .env.example.";
                write!(f, "{failures} failure(s) and {warnings} warning(s). {explained}")
            }
        }
    }
}
