//! The tables of the activity with their statements: one row for each hour of two weeks, and one
//! for each five minutes of the last two hours.
//!
//! An hour is too coarse for a chart of one hour. Five minutes for two weeks would be twelve times
//! the rows that the charts of a week read.

/// The two tables with rows of one length.
pub(super) struct Resolution {
    /// The time of a row in milliseconds.
    pub(super) slot_ms: i64,
    /// The rows that the longest period and the time before it need.
    pub(super) kept_slots: i64,
    /// Adds an event of a user to each of their organizations. It takes the rows in the order of
    /// their organizations, so two transactions cannot deadlock.
    pub(super) add_event: &'static str,
    pub(super) add_refusals: &'static str,
    // example:begin activity
    /// Reads all that the charts show: the rows of events after the slot `$2` up to `$3`, those of
    /// refusals, which have an outcome, and the counts of now, which have no slot.
    pub(super) rows: &'static str,
    // example:end activity
    /// Deletes what is older.
    pub(super) prune: [&'static str; 2],
    /// Deletes what an organization has.
    pub(super) delete: [&'static str; 2],
}

macro_rules! resolution {
    ($slot_ms:expr, $kept_slots:expr, $activity:literal, $refusals:literal, $slot:literal) => {
        Resolution {
            slot_ms: $slot_ms,
            kept_slots: $kept_slots,
            add_event: concat!(
                "insert into ",
                $activity,
                " (organization_id, ",
                $slot,
                ", members, sessions, sign_ins, webhooks, webhook_lag_ms) \
                 select c.organization_id, $2, c.members, c.sessions, $3, $5, $4 from organization_counts c \
                 where c.organization_id in ( \
                   select m.organization_id from memberships m where m.user_id = $1 and m.deleted_at is null) \
                 order by c.organization_id on conflict (organization_id, ",
                $slot,
                ") do update set members = excluded.members, sessions = excluded.sessions, sign_ins = ",
                $activity,
                ".sign_ins + excluded.sign_ins, webhooks = ",
                $activity,
                ".webhooks + excluded.webhooks, webhook_lag_ms = ",
                $activity,
                ".webhook_lag_ms + excluded.webhook_lag_ms"
            ),
            add_refusals: concat!(
                "insert into ",
                $refusals,
                " (organization_id, ",
                $slot,
                ", outcome, times) values ($1, $2, $3, $4) on conflict (organization_id, ",
                $slot,
                ", outcome) do update set times = ",
                $refusals,
                ".times + excluded.times"
            ),
            // example:begin activity
            rows: concat!(
                "select ",
                $slot,
                " as slot, cast(null as text) as outcome, members, sessions, sign_ins, webhooks, webhook_lag_ms, \
                 cast(0 as bigint) as times from ",
                $activity,
                " where organization_id = $1 and ",
                $slot,
                " > $2 and ",
                $slot,
                " <= $3 union all select ",
                $slot,
                ", outcome, 0, 0, 0, 0, 0, times from ",
                $refusals,
                " where organization_id = $1 and ",
                $slot,
                " > $2 and ",
                $slot,
                " <= $3 union all select null, null, members, sessions, 0, 0, 0, 0 \
                 from organization_counts where organization_id = $1"
            ),
            // example:end activity
            prune: [
                concat!("delete from ", $activity, " where ", $slot, " < $1"),
                concat!("delete from ", $refusals, " where ", $slot, " < $1"),
            ],
            delete: [
                concat!("delete from ", $activity, " where organization_id = $1"),
                concat!("delete from ", $refusals, " where organization_id = $1"),
            ],
        }
    };
}

/// Each hour, for the charts of a day and of a week.
pub(super) const HOURS: Resolution = resolution!(3_600_000, 2 * 7 * 24, "hourly_activity", "hourly_refusals", "hour");
/// Each five minutes, for the charts of an hour.
pub(super) const FIVE_MINUTES: Resolution = resolution!(300_000, 2 * 12, "recent_activity", "recent_refusals", "slot");
/// Every event counts in both.
pub(super) const RESOLUTIONS: [Resolution; 2] = [HOURS, FIVE_MINUTES];
