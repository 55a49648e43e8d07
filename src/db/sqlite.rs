//! Connections to an SQLite file, with the settings that all of them have.

use sqlx::{AnyConnection, Connection as _, Error, Executor};

/// With `synchronous = full` a commit returns when it is on the disk; `normal` may lose the last
/// commits in a power cut (sqlite.org/pragma.html). macOS needs `fullfsync` for the same.
const PRAGMAS: &str = "pragma busy_timeout = 2000; pragma journal_mode = wal; pragma synchronous = full; \
    pragma fullfsync = on; pragma foreign_keys = on";

pub(super) async fn connect(url: &str) -> Result<AnyConnection, Error> {
    let mut connection = AnyConnection::connect(url).await?;
    configure(&mut connection).await?;
    Ok(connection)
}

pub(super) async fn configure(connection: &mut AnyConnection) -> Result<(), Error> {
    connection.execute(PRAGMAS).await.map(drop)
}
