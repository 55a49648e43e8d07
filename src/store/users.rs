//! Begins the commands that ban, unban, lock and unlock users, and names the organizations of one.
//! The list of users comes directly from Clerk.

use super::command_intents::{self, Change, Intent, NewIntent};
use super::command_outcomes::status_of_user;
use super::organizations::Names;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{
    AnotherUser, BanUser, LockUser, Operation, ShowUser, UnbanUser, UnlockUser, UserOrganizationView,
};
use sqlx::FromRow;

/// A user may have any number of organizations; the page shows that many.
const MAX_ORGANIZATIONS: i64 = 100;

#[derive(FromRow)]
struct Organization {
    #[sqlx(flatten)]
    names: Names,
    role: String,
    joined_at: Option<i64>,
}

/// Names the organizations of a user of the instance.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn organizations(grant: &Granted<ShowUser>) -> Result<Vec<UserOrganizationView>, StoreError> {
    let found: Vec<Organization> = sqlx::query_as(
        "select o.id, o.display_name, o.name, o.slug, m.role, m.joined_at \
         from memberships m join organizations o on o.id = m.organization_id \
         where m.user_id = $1 and m.deleted_at is null and o.deleted_at is null order by o.id limit $2",
    )
    .bind(grant.input().user_id.as_str())
    .bind(MAX_ORGANIZATIONS)
    .fetch_all(grant.database().reader())
    .await?;
    let view = |Organization { names, role, joined_at }| {
        let name = names.shown().name;
        UserOrganizationView { name, role, joined_at_ms: joined_at }
    };
    Ok(found.into_iter().map(view).collect())
}

/// Begins a ban.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_ban(grant: &Granted<BanUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Ban { user: grant.target().clone() }).await
}

/// Begins to lift a ban.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_unban(grant: &Granted<UnbanUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Unban { user: grant.target().clone() }).await
}

/// Begins a lock.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_lock(grant: &Granted<LockUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Lock { user: grant.target().clone() }).await
}

/// Begins to lift a lock.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_unlock(grant: &Granted<UnlockUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Unlock { user: grant.target().clone() }).await
}

/// The old status is `active`, `banned`, `locked`, both, or `unknown` if the mirror has no data.
async fn begin<Op: Operation<Target = AnotherUser>>(grant: &Granted<Op>, change: Change) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let found: Option<(i64, i64)> =
        sqlx::query_as("select banned, locked from users where id = $1 and updated_at > 0 and deleted_at is null")
            .bind(grant.target().as_str())
            .fetch_optional(&mut *transaction)
            .await?;
    let from = found.map_or("unknown", |(banned, locked)| status_of_user(banned != 0, locked != 0)).to_owned();
    let new = NewIntent { change, subject: grant.target().to_string(), from };
    command_intents::begin(grant, transaction, new).await
}
