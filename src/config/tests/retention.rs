//! How long rows are kept.

use super::*;
use crate::retention::Retention;

#[test]
fn rows_are_kept_for_a_number_of_days_and_the_audit_log_for_ever() {
    assert_eq!(read(&[], true).unwrap().retention, Retention::default());
    let given = [("RETAIN_WEBHOOK_PAYLOADS", "7"), ("RETAIN_ENDED_SESSIONS", "400"), ("RETAIN_AUDIT", "365")];
    let expected = Retention { webhook_payloads_days: 7, ended_sessions_days: 400, audit_days: Some(365) };
    assert_eq!(read(&given, true).unwrap().retention, expected);
}

#[test]
fn other_values_are_refused_with_the_variable_and_the_remedy() {
    for (name, wrong) in [
        ("RETAIN_WEBHOOK_PAYLOADS", "0"),
        ("RETAIN_WEBHOOK_PAYLOADS", "91"),
        ("RETAIN_WEBHOOK_PAYLOADS", "30d"),
        ("RETAIN_ENDED_SESSIONS", "-1"),
        ("RETAIN_ENDED_SESSIONS", "+1"),
        ("RETAIN_ENDED_SESSIONS", "1.5"),
        ("RETAIN_AUDIT", "0"),
        ("RETAIN_AUDIT", "99999999999"),
        ("RETAIN_AUDIT", "forever"),
    ] {
        let report = read(&[(name, wrong)], true).unwrap_err().to_string();
        assert!(report.contains(&format!("{name} is not a number of days: use a whole number from 1 to")), "{report}");
    }
}
