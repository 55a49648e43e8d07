//! A copy of the SQLite database while other processes use it.
//!
//! `vacuum into` reads one snapshot and needs no lock that stops a writer (sqlite.org/lang_vacuum).
//! It must not run in a transaction, so it has a connection of its own. PostgreSQL has `pg_dump`.

use super::address::Location;
use super::error::StoreError;
use super::migrations::{self, Schema};
use super::pool::Pool;
use super::sqlite_file::{SqliteFile, address};
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection, Executor};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Why there is no backup. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is PostgreSQL.
    #[error("DATABASE_URL is PostgreSQL, whose backups pg_dump makes: run pg_dump --format=custom with that URL")]
    Postgres,
    /// There is nothing to save.
    #[error("the database of DATABASE_URL does not exist, so there is nothing to save: correct DATABASE_URL")]
    NoDatabase,
    /// The copy cannot be created. An existing file stays as it is.
    #[error("{} cannot be created: {reason}; name a new file in a folder that this user can write", path.display())]
    Target {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        reason: std::io::Error,
    },
    /// The copy was made and is damaged. It is removed.
    #[error(
        "the copy is not complete and is removed ({0}): check the disk, and the database with pragma integrity_check"
    )]
    Damaged(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Copies the SQLite database of `url` to the new file `target`, which only its owner can read, and
/// verifies the copy. Returns its size in bytes. If the copy fails, no file remains.
///
/// # Errors
/// See [`BackupError`].
pub async fn backup(url: &SecretString, target: &Path) -> Result<u64, BackupError> {
    let Location::Sqlite(file) = Location::parse(url.expose_secret()).map_err(StoreError::from)? else {
        return Err(BackupError::Postgres);
    };
    let source = file.existing()?.ok_or(BackupError::NoDatabase)?;
    let target = create(target)?;
    let copied = copy(&file, &source, &target).await;
    if copied.is_err() {
        // The error of the copy is the one to report.
        let _ = std::fs::remove_file(&target);
    }
    copied
}

/// Creates the empty file, for its owner only. Returns its absolute path, because SQLite reads a
/// name that begins with `file:` as a URI.
fn create(target: &Path) -> Result<PathBuf, BackupError> {
    let failed = |reason| BackupError::Target { path: target.to_owned(), reason };
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(target).map_err(failed)?;
    target.canonicalize().map_err(failed)
}

async fn copy(file: &SqliteFile, source: &Path, target: &Path) -> Result<u64, BackupError> {
    let failed = |reason| BackupError::Target { path: target.to_owned(), reason };
    let name = target.to_str().ok_or_else(|| failed(std::io::Error::other("its path is not UTF-8")))?;
    install_default_drivers();
    let explain = |error: sqlx::Error| file.explain_open_error(error.into());
    let mut connection = AnyConnection::connect(&format!("{}?mode=rw", address(source))).await.map_err(explain)?;
    connection.execute("pragma busy_timeout = 2000").await.map_err(explain)?;
    sqlx::query("vacuum into $1").bind(name).execute(&mut connection).await.map_err(explain)?;
    connection.close().await?;
    verify(target).await?;
    let copy = File::open(target).map_err(failed)?;
    copy.sync_all().map_err(failed)?;
    // The name of the file is on the disk only with its folder.
    target.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()).map_err(failed)?;
    Ok(copy.metadata().map_err(failed)?.len())
}

/// Reads every page of the copy, and compares its schema to this build.
async fn verify(target: &Path) -> Result<(), BackupError> {
    let url = format!("{}?mode=ro&immutable=1", address(target));
    let damaged = |error: sqlx::Error| BackupError::Damaged(error.to_string());
    let connections = AnyPoolOptions::new().max_connections(1).connect(&url).await.map_err(damaged)?;
    let check = sqlx::query_scalar("pragma integrity_check");
    let found: Vec<String> = check.fetch_all(&connections).await.map_err(damaged)?;
    if found != ["ok"] {
        return Err(BackupError::Damaged(found.join("; ")));
    }
    match migrations::inspect(&Pool::inspecting(connections)).await {
        Ok(Schema::Current | Schema::Behind(_)) => Ok(()),
        Ok(Schema::Absent | Schema::Unread) => Err(BackupError::Damaged("it has no tables".to_owned())),
        Err(error) => Err(BackupError::Damaged(error.to_string())),
    }
}
