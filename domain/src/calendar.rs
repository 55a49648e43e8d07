//! Calendar dates of days, without a locale and without a clock, so the server and every browser
//! render the same text.

/// Year, month and day of a day, counted from 1970-01-01 in the proleptic Gregorian calendar.
///
/// The calculation counts years from March, so that the leap day is the last day of its year.
#[must_use]
pub fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A time as RFC 3339 writes it, in UTC with milliseconds.
#[must_use]
pub fn rfc3339(at_ms: i64) -> String {
    let (year, month, day) = date(at_ms.div_euclid(86_400_000));
    let ms = at_ms.rem_euclid(86_400_000);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
}

/// The day that a text such as `2026-11-27` names, as a date field of a browser sends it, counted
/// from 1970-01-01. `None` for other text and for a day that no calendar has.
#[must_use]
pub fn day_of(text: &str) -> Option<i64> {
    let is_digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.splitn(3, '-').filter(is_digits).map(|part| (part.len(), part.parse::<i64>().ok()));
    let (Some((4, Some(year))), Some((2, Some(month))), Some((2, Some(day)))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    // The same calculation as in `date`, the other way round.
    let year_from_march = year - i64::from(month <= 2);
    let (era, year_of_era) = (year_from_march.div_euclid(400), year_from_march.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    (date(days) == (year, month, day)).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::{date, day_of, rfc3339};

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(1_795_748_706_007), "2026-11-27T03:05:06.007Z");
    }

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for days in [-1, 0, 11_016, 20_781, 47_540, 47_541] {
            let (year, month, day) = date(days);
            assert_eq!(day_of(&format!("{year:04}-{month:02}-{day:02}")), Some(days));
        }
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-11-31",
            "26-11-27",
            "-026-11-27",
            "2026-11-27T10:00",
            "+026-11-27",
        ] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_converted_to_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_781), (2026, 11, 24));
        assert_eq!(date(47_540), (2100, 2, 28));
        assert_eq!(date(47_541), (2100, 3, 1));
    }
}
