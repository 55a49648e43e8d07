//! Errors of the store, and the refusal that a caller receives for each.
//!
//! The causes go to the log only. A database that is temporarily unavailable is distinguished from
//! one that refuses a statement, because a retry helps only with the first.

use domain::refusal::{FieldProblem, InvalidFields, Refusal};
use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};

/// An error of the database or the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The organization has no such row.
    #[error("no such row for this organization")]
    NotFound,
    /// Somebody else has changed the row since the caller read it.
    #[error("the row has changed since the caller read it")]
    Changed,
    /// The field has this value already.
    #[error("the field `{0}` has this value already")]
    Unchanged(&'static str),
    /// The database does not answer in time, or has no resources left.
    #[error(
        "the database of DATABASE_URL is unavailable: {0}; check that it runs, can be reached, and has free \
         connections, memory and disk. Until it answers, calls are refused with 503 and change nothing"
    )]
    Unavailable(#[source] sqlx::Error),
    /// The database refused the statement.
    #[error("the database refused the statement: {0}")]
    Internal(#[source] sqlx::Error),
    /// `DATABASE_URL` names a location that cannot be used.
    #[error("DATABASE_URL cannot be used: {0}")]
    Place(String),
    /// The schema of the database and the migrations of this server do not match.
    #[error("the database of DATABASE_URL cannot be brought up to date: {0}")]
    Schema(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let connection_lost = matches!(error, PoolTimedOut | PoolClosed | WorkerCrashed | Io(_) | Tls(_));
        let is_temporary_error = connection_lost
            || matches!(&error, Database(error) if error.code().is_some_and(|code| is_temporary(&code)));
        if is_temporary_error { Self::Unavailable(error) } else { Self::Internal(error) }
    }
}

/// Whether the same statement may succeed later. PostgreSQL's codes have five characters
/// (SQLSTATE); SQLite's are numbers with the primary code in the low byte
/// (sqlite.org/rescode.html).
fn is_temporary(code: &str) -> bool {
    if code.len() == 5 {
        // Connection exception, transaction rollback, insufficient resources, lock not available,
        // operator intervention (PostgreSQL, appendix A).
        return ["08", "40", "53", "55P03", "57"].iter().any(|class| code.starts_with(class));
    }
    // SQLITE_BUSY, _LOCKED, _IOERR, _FULL, _CANTOPEN.
    code.parse::<u32>().is_ok_and(|code| [5, 6, 10, 13, 14].contains(&(code & 0xff)))
}

impl StoreError {
    /// Maps [`StoreError::Internal`] with `refused`; every other error stays unchanged.
    pub(super) fn map_permanent(self, refused: impl FnOnce(sqlx::Error) -> Self) -> Self {
        if let Self::Internal(error) = self { refused(error) } else { self }
    }

    /// The refusal that the caller receives.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotFound => Refusal::NotFound,
            Self::Changed => Refusal::Changed,
            Self::Unchanged(field) => {
                let fields = InvalidFields::from([((*field).to_owned(), FieldProblem::Taken)]);
                Refusal::InvalidInput { fields }
            }
            Self::Unavailable(_) => Refusal::Unavailable,
            Self::Internal(_) | Self::Place(_) | Self::Schema(_) => Refusal::Internal,
        }
    }
}

/// Why an address cannot be used. It never contains the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressError {
    /// The problem, worded to follow the name of the variable.
    pub(crate) problem: &'static str,
    /// The remedy for the operator.
    pub(crate) remedy: &'static str,
}

impl From<AddressError> for StoreError {
    fn from(AddressError { problem, remedy }: AddressError) -> Self {
        Self::Place(format!("it {problem}: {remedy}"))
    }
}

pub(super) const NAME_A_FILE: &str = "name a file, sqlite://data/app.db for example";

#[cfg(test)]
mod tests {
    use super::is_temporary;

    #[test]
    fn temporary_errors_are_distinguished_from_permanent_ones() {
        for code in
            ["5", "261", "517", "6", "778", "8458", "13", "14", "08006", "40001", "40P01", "53300", "55P03", "57P01"]
        {
            assert!(is_temporary(code), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42P01", "22021", "28P01", ""] {
            assert!(!is_temporary(code), "{code}");
        }
    }
}
