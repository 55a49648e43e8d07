//! Counts members and sessions again and corrects the tables `organization_counts` and
//! `organization_sessions`.
//!
//! A server of an earlier version writes without counting, and so does a person with an SQL prompt.
//! `counts` keeps the table in every other case.

use super::counts::CountedUsers;
use crate::db::{Database, StoreError};

/// The counts that follow from the rows.
macro_rules! counted {
    ($of:literal) => {
        concat!(
            "select organization_id, count(*) as members, cast(sum(active) as bigint) as sessions from ( \
               select distinct m.organization_id, m.user_id, (select count(*) from sessions s \
                 where s.user_id = m.user_id and s.status = 'active' and s.expired = 0) as active \
               from memberships m where m.deleted_at is null ",
            $of,
            ") members_of group by organization_id"
        )
    };
}

/// Organizations with wrong counts. It is one statement, so it sees only whole transactions.
const WRONG: &str = concat!(
    "select organization_id from ( \
       select organization_id, members, sessions from organization_counts union all \
       select organization_id, -members, -sessions from (",
    counted!(""),
    ") counted) differences \
     group by organization_id having sum(members) <> 0 or sum(sessions) <> 0 order by organization_id"
);

/// Locks the row, so that a transaction whose rows the next statement does not see yet adds its
/// difference later.
const LOCK: &str = "insert into organization_counts (organization_id, members, sessions) values ($1, 0, 0) \
     on conflict (organization_id) do update set members = organization_counts.members";
const COUNT: &str = counted!("and m.organization_id = $1");
const CORRECT: &str = "update organization_counts set members = $2, sessions = $3 where organization_id = $1";

/// Users with a running session that an organization of theirs does not list.
const UNLISTED: &str = "select distinct s.user_id from sessions s join memberships m on m.user_id = s.user_id \
     where s.status in ('active', 'pending') and s.expired = 0 and m.deleted_at is null and not exists ( \
       select 1 from organization_sessions o where o.organization_id = m.organization_id \
       and o.started_at = s.created_at and o.session_id = s.id) order by s.user_id limit 1000";

/// Corrects the counts, and returns the ids of the organizations that had wrong ones.
///
/// # Errors
/// The database does not answer or refuses a statement. Organizations that are corrected already
/// stay corrected.
pub(crate) async fn correct(database: &Database) -> Result<Vec<String>, StoreError> {
    let wrong: Vec<(String,)> = sqlx::query_as(WRONG).fetch_all(database.reader()).await?;
    let wrong: Vec<String> = wrong.into_iter().map(|(organization,)| organization).collect();
    for organization in &wrong {
        correct_one(database, organization).await?;
    }
    list_missing(database).await?;
    Ok(wrong)
}

/// Lists the sessions that are not listed yet, each user in a transaction of its own.
async fn list_missing(database: &Database) -> Result<(), StoreError> {
    let users: Vec<(String,)> = sqlx::query_as(UNLISTED).fetch_all(database.reader()).await?;
    for (user,) in &users {
        let mut transaction = database.writer().begin().await?;
        let locked = CountedUsers::lock(&mut transaction, [user.as_str()]).await?;
        locked.store_changes(&mut transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}

async fn correct_one(database: &Database, organization: &str) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    sqlx::query(LOCK).bind(organization).execute(&mut *transaction).await?;
    let counted: Option<(String, i64, i64)> =
        sqlx::query_as(COUNT).bind(organization).fetch_optional(&mut *transaction).await?;
    match counted {
        Some((_, members, sessions)) => {
            let correct = sqlx::query(CORRECT).bind(organization).bind(members).bind(sessions);
            correct.execute(&mut *transaction).await?;
        }
        None => super::counts::delete(&mut transaction, organization).await?,
    }
    Ok(transaction.commit().await?)
}
