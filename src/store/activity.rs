//! The activity in an organization: sign-ins, refusals, members, sessions and the delay of
//! webhooks, counted for each hour and for each five minutes.
//!
//! A count is written in the transaction of the event that it counts, and the charts read at most
//! two weeks of counts. Older ones are deleted.

use super::activity_statements::RESOLUTIONS;
use crate::db::{Connection, Database, StoreError};
use crate::denial_log::DeniedCall;
use std::collections::BTreeMap;

/// A delivery that Clerk repeats later says nothing about the delay of today.
const TIMELY_MS: i64 = 3_600_000;

/// A webhook about a user.
pub(super) struct UserEvent<'a> {
    pub(super) user: &'a str,
    /// Whether a session has started.
    pub(super) is_sign_in: bool,
    /// When Clerk sent it, Unix milliseconds.
    pub(super) sent_ms: i64,
    /// When it arrived, Unix milliseconds.
    pub(super) now_ms: i64,
}

/// Counts a webhook. The caller has stored its effect, so the numbers are those after it.
pub(super) async fn record_event(connection: &mut Connection, event: &UserEvent<'_>) -> Result<(), StoreError> {
    let lag_ms = event.now_ms.saturating_sub(event.sent_ms).max(0);
    let is_timely = lag_ms < TIMELY_MS;
    for resolution in RESOLUTIONS {
        sqlx::query(resolution.add_event)
            .bind(event.user)
            .bind(event.now_ms.div_euclid(resolution.slot_ms))
            .bind(i64::from(event.is_sign_in))
            .bind(if is_timely { lag_ms } else { 0 })
            .bind(i64::from(is_timely))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Counts refused calls, in an order that is the same in every transaction.
pub(super) async fn record_refusals(connection: &mut Connection, calls: &[DeniedCall]) -> Result<(), StoreError> {
    for resolution in RESOLUTIONS {
        let mut rows: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
        for call in calls {
            let slot = call.at_ms.div_euclid(resolution.slot_ms);
            *rows.entry((call.actor.organization.as_str(), slot, call.outcome)).or_default() += 1;
        }
        for ((organization, slot, outcome), times) in rows {
            let query = sqlx::query(resolution.add_refusals).bind(organization).bind(slot).bind(outcome).bind(times);
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Deletes the rows that no period shows any more, and returns their number.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn prune(database: &Database, now_ms: i64) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for resolution in RESOLUTIONS {
        let before = now_ms.div_euclid(resolution.slot_ms) - resolution.kept_slots;
        for statement in resolution.prune {
            deleted += database.writer().execute(sqlx::query(statement).bind(before)).await?.rows_affected();
        }
    }
    Ok(deleted)
}
