//! `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT` and `SESSION_SINGLE`: the lifetimes of sessions, in
//! addition to Clerk's.

use super::problems::Problems;
use super::variables::Variables;
use crate::lifetimes::Rules;

const MINUTE_MS: i64 = 60_000;
/// Clerk limits sessions to ten years.
const LONGEST_MS: i64 = 3650 * 86_400_000;

const DURATION_REMEDY: &str =
    "use a whole number and its unit, from 1m to 3650d, for example 7d, 12h or 30m; off turns it off";

pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> Rules {
    let default = Rules::default();
    Rules {
        max_age_ms: limit(variables, "SESSION_MAX_AGE", default.max_age_ms, problems),
        idle_timeout_ms: limit(variables, "SESSION_IDLE_TIMEOUT", default.idle_timeout_ms, problems),
        single: single(variables, problems),
    }
}

fn limit(variables: &Variables<'_>, name: &'static str, default: Option<i64>, problems: &mut Problems) -> Option<i64> {
    match variables.get(name).as_deref() {
        None => default,
        Some("off") => None,
        Some(text) => {
            let limit = duration_ms(text).filter(|limit| (MINUTE_MS..=LONGEST_MS).contains(limit));
            if limit.is_none() {
                problems.add(name, "is not a duration", DURATION_REMEDY);
            }
            limit
        }
    }
}

fn single(variables: &Variables<'_>, problems: &mut Problems) -> bool {
    match variables.get("SESSION_SINGLE").as_deref() {
        None | Some("off") => false,
        Some("on") => true,
        Some(_) => {
            problems.add(
                "SESSION_SINGLE",
                "is neither on nor off",
                "use on to keep only the newest session of each user, or off",
            );
            false
        }
    }
}

/// Reads digits and one letter: minutes, hours or days.
fn duration_ms(text: &str) -> Option<i64> {
    let unit_ms = match text.chars().next_back()? {
        'm' => MINUTE_MS,
        'h' => 60 * MINUTE_MS,
        'd' => 24 * 60 * MINUTE_MS,
        _ => return None,
    };
    let digits = text.get(..text.len() - 1)?;
    // `parse` alone would accept a sign.
    let number: i64 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    number.checked_mul(unit_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("7d", Some(604_800_000)),
            ("12h", Some(43_200_000)),
            ("30m", Some(1_800_000)),
            ("090m", Some(5_400_000)),
            ("7", None),
            ("d", None),
            ("", None),
            ("-7d", None),
            ("+7d", None),
            ("7 d", None),
            ("7D", None),
            ("1.5h", None),
            ("1h30m", None),
            ("7w", None),
            ("٧d", None),
            ("7é", None),
            ("99999999999999999d", None),
            ("9999999999999999999999d", None),
        ] {
            assert_eq!(duration_ms(text), expected, "{text}");
        }
    }
}
