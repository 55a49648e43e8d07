//! The words of the page of webhooks and jobs.

use super::audit_labels::operation_label;

/// The types of events that the filter offers. Clerk has more, and a URL may name any.
pub(crate) const KINDS: [&str; 14] = [
    "user.created",
    "user.updated",
    "user.deleted",
    "session.created",
    "session.ended",
    "session.removed",
    "session.revoked",
    "organization.created",
    "organization.updated",
    "organization.deleted",
    "organizationMembership.created",
    "organizationMembership.updated",
    "organizationMembership.deleted",
    "organizationInvitation.created",
];

/// The outcomes that the filter offers.
pub(crate) const OUTCOMES: [&str; 5] = ["applied", "stale", "kept", "incomplete", "failed"];

/// The label of an outcome.
pub(crate) fn outcome_label(code: &str) -> String {
    let label = match code {
        "applied" => "Applied",
        "stale" => "Older than stored",
        "kept" => "Stored only",
        "incomplete" => "Incomplete payload",
        "failed" => "Failed, waits for the next delivery",
        code => return operation_label(code),
    };
    label.to_owned()
}

/// The label of a job.
pub(crate) fn job_label(name: &str) -> String {
    let label = match name {
        "sync" => "Copy from Clerk",
        "prune" => "Delete old rows",
        "expire" => "Mark expired sessions",
        "recount" => "Count members and sessions",
        name => return operation_label(name),
    };
    label.to_owned()
}

/// The label of the outcome of a job.
pub(crate) fn job_outcome(code: &str) -> String {
    operation_label(code)
}

/// A duration in its two largest units, as people say it.
pub(crate) fn duration(ms: i64) -> String {
    let (sign, ms) = if ms < 0 { ("−", ms.saturating_neg()) } else { ("", ms) };
    let seconds = ms / 1000;
    let text = match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{}.{} s", seconds, ms % 1000 / 100),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    };
    let text = text.replace(" 0 s", "").replace(" 0 min", "").replace(" 0 h", "").replace(".0 s", " s");
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_largest_units() {
        for (ms, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1 s"),
            (1500, "1.5 s"),
            (60_000, "1 min"),
            (90_000, "1 min 30 s"),
            (600_000, "10 min"),
            (3_600_000, "1 h"),
            (5_400_000, "1 h 30 min"),
            (86_400_000, "1 d"),
            (100_000_000, "1 d 3 h"),
            (-1500, "−1.5 s"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn every_outcome_that_is_offered_has_words() {
        for code in OUTCOMES {
            assert!(!outcome_label(code).is_empty() && outcome_label(code) != code);
        }
        assert_eq!(
            (outcome_label("made_later").as_str(), job_label("made_later").as_str()),
            ("Made later", "Made later")
        );
    }
}
