//! `RETAIN_WEBHOOK_PAYLOADS`, `RETAIN_ENDED_SESSIONS` and `RETAIN_AUDIT`: how many days rows are
//! kept.

use super::problems::Problems;
use super::variables::Variables;
use crate::retention::{Retention, WEBHOOK_IDS_DAYS};

/// A hundred years.
const LONGEST_DAYS: u32 = 36_500;

pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> Retention {
    let default = Retention::default();
    Retention {
        webhook_payloads_days: days(
            variables,
            "RETAIN_WEBHOOK_PAYLOADS",
            WEBHOOK_IDS_DAYS,
            "use a whole number from 1 to 90, for example 30; the row of a webhook is deleted after 90 days",
            problems,
        )
        .unwrap_or(default.webhook_payloads_days),
        ended_sessions_days: days(
            variables,
            "RETAIN_ENDED_SESSIONS",
            LONGEST_DAYS,
            "use a whole number from 1 to 36500, for example 30",
            problems,
        )
        .unwrap_or(default.ended_sessions_days),
        audit_days: days(
            variables,
            "RETAIN_AUDIT",
            LONGEST_DAYS,
            "use a whole number from 1 to 36500, for example 365; leave it out to keep the audit log for ever",
            problems,
        ),
    }
}

fn days(
    variables: &Variables<'_>,
    name: &'static str,
    longest: u32,
    remedy: &'static str,
    problems: &mut Problems,
) -> Option<u32> {
    let text = variables.get(name)?;
    // `parse` alone would accept a sign.
    let number: Option<u32> = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let days = number.filter(|days| (1..=longest).contains(days));
    if days.is_none() {
        problems.add(name, "is not a number of days", remedy);
    }
    days
}
