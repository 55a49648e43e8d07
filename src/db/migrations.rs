//! Applies the migrations, or reports why they cannot be applied.
//!
//! The bookkeeping table is the one of sqlx, so databases of earlier versions continue to work. The
//! migrations run here in one transaction under one lock that ends with it: servers that start
//! together wait for each other, a migration is never half applied, and a pooler in front of
//! PostgreSQL works. The lock of sqlx belongs to a session, which a transaction pooler does not
//! preserve.

use super::error::StoreError;
use super::pool::Pool;
use super::transaction::Connection;
use super::writer::Writer;
use sqlx::Executor;
use sqlx::migrate::{Migration, Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const TABLE: &str = "create table if not exists _sqlx_migrations ( \
     version bigint primary key, description text not null, installed_on timestamp not null default current_timestamp, \
     success boolean not null, checksum bytea not null, execution_time bigint not null)";

/// The state of a database's schema, compared to the migrations of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The file or the tables do not exist yet; the server creates them at start.
    Absent,
    /// All migrations are applied.
    Current,
    /// The state is unknown: a write-ahead log without its index lies beside the file, as after
    /// restoring a copy. The server reads it at start.
    Unread,
    /// This number of migrations is missing; the server applies them at start.
    Behind(usize),
}

/// Applies the missing migrations of this build and returns the names of their files.
///
/// # Errors
/// [`StoreError::Schema`] with the problem and the remedy, or the error of the database.
pub(crate) async fn run(reader: &Pool, writer: &Writer) -> Result<Vec<String>, StoreError> {
    run_these(reader, writer, MIGRATIONS.iter().as_slice()).await
}

pub(crate) async fn run_these(
    reader: &Pool,
    writer: &Writer,
    migrations: &[Migration],
) -> Result<Vec<String>, StoreError> {
    // Most starts have nothing to apply, and then need no lock that another process may hold.
    if compare(reader, migrations).await? == Schema::Current {
        return Ok(Vec::new());
    }
    let mut transaction = writer.begin_exclusive().await?;
    transaction.execute(TABLE).await?;
    let applied = applied(&mut transaction).await?;
    let missing = missing(migrations, &applied)?;
    for migration in &missing {
        apply(&mut transaction, migration).await?;
    }
    transaction.commit().await?;
    Ok(missing.into_iter().map(file_name).collect())
}

/// Compares the database to the migrations of this build without writing.
///
/// # Errors
/// [`StoreError::Schema`] with the problem and the remedy, or the error of the database.
pub(crate) async fn inspect(pool: &Pool) -> Result<Schema, StoreError> {
    compare(pool, MIGRATIONS.iter().as_slice()).await
}

async fn compare(pool: &Pool, migrations: &[Migration]) -> Result<Schema, StoreError> {
    let mut transaction = pool.begin("begin").await?;
    let applied = match applied(&mut transaction).await {
        // The query fails because the bookkeeping table does not exist.
        Err(StoreError::Internal(_)) => return Ok(Schema::Absent),
        applied => applied?,
    };
    let missing = missing(migrations, &applied)?.len();
    Ok(if missing == 0 { Schema::Current } else { Schema::Behind(missing) })
}

/// The migrations that are not applied yet.
fn missing<'a>(migrations: &'a [Migration], applied: &[(i64, Vec<u8>)]) -> Result<Vec<&'a Migration>, StoreError> {
    for [one, next] in migrations.windows(2).filter_map(|pair| pair.as_array()) {
        if one.version == next.version {
            let files = format!("{} and {}", file_name(one), file_name(next));
            return Err(schema_error(format!("{files} have the same number: give one of them the next free number")));
        }
    }
    for (version, checksum) in applied {
        match migrations.iter().find(|migration| migration.version == *version) {
            None => {
                return Err(schema_error(format!(
                    "it has migration {version}, which this server does not know: a newer server has changed it. \
                     Start that version, or restore a backup from before the change"
                )));
            }
            Some(migration) if *migration.checksum != **checksum => {
                return Err(schema_error(format!(
                    "{} was changed after it was applied: restore its text, and write the change as a new migration",
                    file_name(migration)
                )));
            }
            Some(_) => {}
        }
    }
    let is_missing = |migration: &&Migration| applied.iter().all(|(version, _)| *version != migration.version);
    Ok(migrations.iter().filter(is_missing).collect())
}

async fn applied(connection: &mut Connection) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let dirty: Option<(i64,)> =
        sqlx::query_as("select version from _sqlx_migrations where success = false order by version limit 1")
            .fetch_optional(&mut *connection)
            .await?;
    if let Some((version,)) = dirty {
        return Err(schema_error(format!(
            "migration {version} began and did not end: restore a backup, or finish it by hand \
             and set success to true in its row of _sqlx_migrations"
        )));
    }
    Ok(sqlx::query_as("select version, checksum from _sqlx_migrations order by version").fetch_all(connection).await?)
}

async fn apply(connection: &mut Connection, migration: &Migration) -> Result<(), StoreError> {
    let started = std::time::Instant::now();
    connection.execute(migration.sql.clone()).await.map_err(|error| {
        StoreError::from(error).map_permanent(|error| {
            schema_error(format!("{} failed, and nothing was changed: {error}", file_name(migration)))
        })
    })?;
    let nanoseconds = i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX);
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values ($1, $2, true, $3, $4)",
    )
    .bind(migration.version)
    .bind(&*migration.description)
    .bind(&*migration.checksum)
    .bind(nanoseconds)
    .execute(connection)
    .await?;
    Ok(())
}

/// The file name of a migration, from which sqlx derives version and description.
fn file_name(migration: &Migration) -> String {
    format!("migrations/{:04}_{}.sql", migration.version, migration.description.replace(' ', "_"))
}

fn schema_error(text: String) -> StoreError {
    StoreError::Schema(text)
}
