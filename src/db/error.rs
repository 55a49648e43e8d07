//! What can go wrong in the store, and what a caller is told of it.
//!
//! The causes are for the log. A database that cannot answer now is told apart from one that refuses: the first passes by itself.

use domain::refusal::Refusal;
use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row for this organization.
    #[error("no such row for this organization")]
    NotFound,
    /// The database does not answer in time.
    #[error(
        "the database of DATABASE_URL is unavailable: {0}; see whether it runs and can be reached, and has connections, memory and disk left. \
         Until it answers, calls are refused with 503 and change nothing"
    )]
    Unavailable(#[source] sqlx::Error),
    /// The database refused the statement.
    #[error("the database refused: {0}")]
    Internal(#[source] sqlx::Error),
    /// DATABASE_URL names a place that cannot be used.
    #[error("DATABASE_URL cannot be used: {0}")]
    Place(String),
    /// The database of DATABASE_URL and the server's migrations do not fit together.
    #[error("the database of DATABASE_URL cannot be brought up to date: {0}")]
    Schema(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let lost = matches!(error, PoolTimedOut | PoolClosed | WorkerCrashed | Io(_) | Tls(_));
        let passing = lost || matches!(&error, Database(error) if error.code().is_some_and(|code| passes(&code)));
        if passing { Self::Unavailable(error) } else { Self::Internal(error) }
    }
}

/// Whether the same statement may succeed later. PostgreSQL's codes have five characters, SQLite's are numbers with the reason in the low byte.
fn passes(code: &str) -> bool {
    if code.len() == 5 {
        // Connection lost, rolled back for another transaction, no resources, lock not available, operator intervention.
        return ["08", "40", "53", "55P03", "57"].iter().any(|class| code.starts_with(class));
    }
    // SQLITE_BUSY, _LOCKED, _IOERR, _FULL, _CANTOPEN.
    code.parse::<u32>().is_ok_and(|code| [5, 6, 10, 13, 14].contains(&(code & 0xff)))
}

impl StoreError {
    /// The same, or what is made of a refusal of the database.
    pub(super) fn unless_passing(self, refused: impl FnOnce(sqlx::Error) -> Self) -> Self {
        if let Self::Internal(error) = self { refused(error) } else { self }
    }

    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotFound => Refusal::NotFound,
            Self::Unavailable(_) => Refusal::Unavailable,
            Self::Internal(_) | Self::Place(_) | Self::Schema(_) => Refusal::Internal,
        }
    }
}

/// Why an address cannot be used, without its text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    /// What is wrong, to follow the variable's name.
    pub(crate) what: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
}

impl From<Unusable> for StoreError {
    fn from(Unusable { what, remedy }: Unusable) -> Self {
        Self::Place(format!("it {what}: {remedy}"))
    }
}

pub(super) const NAME_A_FILE: &str = "name a file, sqlite://data/gatehouse.db for example";

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn what_passes_by_itself_is_told_apart_from_what_does_not() {
        for code in ["5", "261", "517", "6", "8458", "14", "08006", "40001", "40P01", "53300", "55P03", "57P01"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42P01", "22021", "28P01", ""] {
            assert!(!passes(code), "{code}");
        }
    }
}
