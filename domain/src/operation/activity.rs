//! The operation behind the charts of the overview.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::closed_set::closed_set;
use crate::input::{CURSOR, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Counts what happened in the active organization in a period, and in the time before it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowActivity {
    /// The code of a [`Period`]; any other word is the day.
    #[garde(custom(follows(CURSOR)))]
    pub period: String,
}

impl Operation for ShowActivity {
    const DECLARATION: Declaration = Declaration::read("show_activity");
    const TEXT_FIELDS: TextFields = &[("period", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

closed_set! {
    /// A period that ends now.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Period;
    /// The code in the URL.
    fn code;
    /// One hour.
    Hour = "hour",
    /// 24 hours.
    #[default]
    Day = "day",
    /// Seven days.
    Week = "week",
}

impl Period {
    /// The period of a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|period| period.code() == code).unwrap_or_default()
    }

    /// The number of points in a chart.
    #[must_use]
    pub const fn points(self) -> usize {
        match self {
            Self::Hour => 12,
            Self::Day => 24,
            Self::Week => 7,
        }
    }

    /// The minutes of one point.
    #[must_use]
    pub const fn minutes_of_point(self) -> i64 {
        match self {
            Self::Hour => 5,
            Self::Day => 60,
            Self::Week => 24 * 60,
        }
    }
}

/// The activity in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// The period.
    pub period: Period,
    /// The end of the last point, Unix milliseconds.
    pub ends_at_ms: i64,
    /// Members.
    pub members: Counted,
    /// Active sessions.
    pub sessions: Counted,
    /// Sign-ins.
    pub sign_ins: Counted,
    /// Refused calls.
    pub refusals: Counted,
    /// Refused calls by reason, the most frequent first.
    pub reasons: Vec<ReasonView>,
    /// Calls that a rate limit refused.
    pub limited: Counted,
    /// The mean delay of webhooks in milliseconds.
    pub webhook_lag_ms: Counted,
}

/// A number of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The number of the whole period, or the number now.
    pub total: u32,
    /// The same for the time of the same length before.
    pub before: u32,
    /// The number of each point, the oldest first.
    pub points: Vec<u32>,
}

/// How often calls were refused for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonView {
    /// The code of the refusal.
    pub code: String,
    /// The number.
    pub times: u32,
}
