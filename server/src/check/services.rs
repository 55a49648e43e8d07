//! The part of `server check` about the database and the store of the rate limits.

use super::report::Report;
use crate::start;
use gatehouse::config::{Config, LimitStore};
use gatehouse::db::{Database, Schema, StoreError};

pub(super) async fn database(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "database";
    const MIGRATE: &str = "run `server migrate`, or let the server do it when it starts";
    match Database::inspect(&config.database_url).await {
        Ok(Schema::Current) => report.fine(SUBJECT, "opened, and its schema is the one of this build"),
        Ok(Schema::Absent) => report.warning(SUBJECT, "is not there yet", MIGRATE),
        Ok(Schema::Unread) => {
            let what = "has a write-ahead log of another process, which hides its state";
            report.warning(SUBJECT, what, "start the server, which takes the log over");
        }
        Ok(Schema::Behind(missing)) => {
            report.warning(SUBJECT, format!("opened; {missing} migration(s) are missing"), MIGRATE);
        }
        // The texts of these errors name the variable and the remedy.
        Err(error @ (StoreError::Place(_) | StoreError::Schema(_))) => report.error(SUBJECT, error),
        Err(error) => report.error(SUBJECT, format!("DATABASE_URL names a database that does not answer: {error}")),
    }
}

pub(super) async fn limits(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "rate limits";
    let (store, variable) = match &config.limits {
        LimitStore::InProcess => {
            return report.fine(SUBJECT, "counted in the process, which is right for a single server");
        }
        LimitStore::Redis(_) => ("Redis", "REDIS_URL"),
        LimitStore::Upstash { .. } => ("Upstash", "UPSTASH_REDIS_REST_URL"),
    };
    let remedy = format!("start it, or correct {variable}; until it answers, changes are refused with 503");
    match start::limiter(config) {
        Ok(limiter) => match limiter.check().await {
            Ok(()) => report.fine(SUBJECT, format!("{store} answers")),
            Err(reason) => {
                report.failure(SUBJECT, format!("the {store} of {variable} cannot be used: {reason}"), remedy)
            }
        },
        Err(error) => report.failure(SUBJECT, format!("{variable} cannot be used: {error}"), remedy),
    }
}
