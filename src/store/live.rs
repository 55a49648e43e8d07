//! Reads which objects of the mirror are not deleted and have not ended, for a comparison with
//! Clerk's lists.

use crate::db::{Database, Pool, StoreError};

/// Ids of the mirrored objects that are not deleted.
#[derive(Debug)]
pub(crate) struct LiveIds {
    pub(crate) users: Vec<String>,
    pub(crate) organizations: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) permissions: Vec<String>,
}

/// Reads the ids of all mirrored users, organizations, roles and permissions that are not deleted.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn live_ids(database: &Database) -> Result<LiveIds, StoreError> {
    let reader = database.reader();
    Ok(LiveIds {
        users: ids(reader, "select id from users where deleted_at is null order by id").await?,
        organizations: ids(reader, "select id from organizations where deleted_at is null order by id").await?,
        roles: ids(reader, "select id from roles where deleted_at is null order by id").await?,
        permissions: ids(reader, "select id from permissions where deleted_at is null order by id").await?,
    })
}

/// Reads the id and the user of each membership that is not deleted.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn memberships(database: &Database) -> Result<Vec<(String, String)>, StoreError> {
    pairs(database.reader(), "select id, user_id from memberships where deleted_at is null order by id").await
}

/// Reads the id and the organization of each pending invitation.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn invitations(database: &Database) -> Result<Vec<(String, String)>, StoreError> {
    pairs(database.reader(), "select id, organization_id from invitations where status = 'pending' order by id").await
}

/// Reads the id and the user of each active or pending session.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn sessions(database: &Database) -> Result<Vec<(String, String)>, StoreError> {
    let running = "select id, user_id from sessions where status in ('active', 'pending') order by id";
    pairs(database.reader(), running).await
}

async fn ids(reader: &Pool, statement: &'static str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as(statement).fetch_all(reader).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

async fn pairs(reader: &Pool, statement: &'static str) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(statement).fetch_all(reader).await?)
}
