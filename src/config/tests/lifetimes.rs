//! The lifetimes of sessions.

use super::*;

#[test]
fn sessions_last_a_week_by_default() {
    assert_eq!(read(&[], true).unwrap().session_rules, Rules::default());
    let pairs = [("SESSION_MAX_AGE", "12h"), ("SESSION_IDLE_TIMEOUT", " 30m "), ("SESSION_SINGLE", "on")];
    let rules = Rules { max_age_ms: Some(43_200_000), idle_timeout_ms: Some(1_800_000), single: true };
    assert_eq!(read(&pairs, true).unwrap().session_rules, rules);
    let off = [("SESSION_MAX_AGE", "off"), ("SESSION_IDLE_TIMEOUT", "off"), ("SESSION_SINGLE", "off")];
    let rules = Rules { max_age_ms: None, idle_timeout_ms: None, single: false };
    assert_eq!(read(&off, true).unwrap().session_rules, rules);
}

#[test]
fn an_invalid_lifetime_is_refused_with_its_name_and_the_remedy() {
    for wrong in ["7", "0d", "59s", "never", "-1d", "3651d", "1h30m", "on"] {
        for name in ["SESSION_MAX_AGE", "SESSION_IDLE_TIMEOUT"] {
            let problems = read(&[(name, wrong)], true).unwrap_err().to_string();
            assert!(problems.contains(&format!("{name} is not a duration")), "{wrong}: {problems}");
            assert!(problems.contains("7d, 12h or 30m; off turns it off"), "{wrong}: {problems}");
        }
    }
    for wrong in ["true", "1", "yes", "7d"] {
        assert_eq!(complaints(&[("SESSION_SINGLE", wrong)], true), ["SESSION_SINGLE"], "{wrong}");
    }
}
