//! Keeps the tables `organization_counts` and `organization_sessions` in the transaction that
//! changes what they count and list.
//!
//! To count the members and sessions of an organization takes 81 ms at 100,000 members, so the
//! dashboard reads a row with both numbers. A transaction measures what its users add to each
//! organization before and after its changes, and stores the difference. The lock on a user's row
//! makes the two measurements consistent: no other transaction changes the memberships or sessions
//! of that user in between.

use super::activity_statements::RESOLUTIONS;
use super::locks::lock_user;
use super::member_facets;
use crate::db::{Connection, StoreError};
use std::collections::BTreeMap;

/// The organizations of the user `$1`, and the number of sessions that count.
const SHARES: &str = "select distinct m.organization_id, \
       (select count(*) from sessions s where s.user_id = $1 and s.status = 'active' and s.expired = 0) \
     from memberships m where m.user_id = $1 and m.deleted_at is null";

/// The row of a deleted organization is missing, and must stay so.
const CHANGE: &str = "update organization_counts set members = members + $2, sessions = sessions + $3 \
     where organization_id = $1";

/// For new members. A transaction that adds one holds the lock on the organization, so it sees a
/// deletion.
const CHANGE_OR_INSERT: &str = "insert into organization_counts (organization_id, members, sessions) \
     values ($1, $2, $3) on conflict (organization_id) do update set \
       members = organization_counts.members + excluded.members, \
       sessions = organization_counts.sessions + excluded.sessions";

/// The listed sessions of the user `$1` that have ended, or whose user has left the organization.
const UNLIST: &str = "delete from organization_sessions where user_id = $1 and not exists ( \
     select 1 from sessions s join memberships m on m.user_id = s.user_id \
     where s.id = organization_sessions.session_id and s.user_id = $1 and s.status in ('active', 'pending') \
       and s.expired = 0 and s.created_at = organization_sessions.started_at \
       and m.organization_id = organization_sessions.organization_id and m.deleted_at is null)";
/// The running sessions of the user `$1`, in each organization of the user.
const LIST: &str = "insert into organization_sessions (organization_id, started_at, session_id, user_id) \
     select distinct m.organization_id, s.created_at, s.id, s.user_id \
     from memberships m join sessions s on s.user_id = m.user_id \
     where m.user_id = $1 and m.deleted_at is null and s.status in ('active', 'pending') and s.expired = 0 \
     on conflict do nothing";

/// The users whose memberships and sessions a transaction may change, with what they added to the
/// counts before. Every function that changes such rows takes it, so that no change is left out.
#[must_use = "the counts stay wrong without `store_changes`"]
pub(crate) struct CountedUsers(BTreeMap<String, Before>);

struct Before {
    is_deleted: bool,
    shares: Shares,
}

/// Sessions by organization.
type Shares = BTreeMap<String, i64>;

#[derive(Default)]
struct Difference {
    members: i64,
    sessions: i64,
}

impl CountedUsers {
    /// Locks the users and measures what they add to the counts. The order of their ids is the same
    /// in every transaction, and all locks on users come before those on counts. Two transactions
    /// with the same users therefore cannot deadlock in PostgreSQL.
    pub(super) async fn lock<'a>(
        connection: &mut Connection,
        users: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, StoreError> {
        let mut locked: BTreeMap<String, Before> = users
            .into_iter()
            .map(|user| (user.to_owned(), Before { is_deleted: false, shares: Shares::new() }))
            .collect();
        for (user, before) in &mut locked {
            before.is_deleted = lock_user(connection, user).await?;
            before.shares = shares(connection, user).await?;
        }
        Ok(Self(locked))
    }

    /// Whether a locked user is deleted.
    pub(super) fn is_deleted(&self, user: &str) -> bool {
        self.0.get(user).is_some_and(|before| before.is_deleted)
    }

    /// Measures again and stores the differences, in the order of the organizations' ids.
    pub(super) async fn store_changes(self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut differences: BTreeMap<String, Difference> = BTreeMap::new();
        for (user, before) in self.0 {
            list_sessions(connection, &user).await?;
            let after = shares(connection, &user).await?;
            if is_running(&before.shares) != is_running(&after) {
                member_facets::update(connection, &user).await?;
            }
            for (organization, sessions) in after {
                let difference = differences.entry(organization).or_default();
                difference.members += 1;
                difference.sessions += sessions;
            }
            for (organization, sessions) in before.shares {
                let difference = differences.entry(organization).or_default();
                difference.members -= 1;
                difference.sessions -= sessions;
            }
        }
        for (organization, Difference { members, sessions }) in differences {
            if (members, sessions) != (0, 0) {
                let statement = if members > 0 { CHANGE_OR_INSERT } else { CHANGE };
                let query = sqlx::query(statement).bind(organization).bind(members).bind(sessions);
                query.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }
}

/// Brings the listed sessions of a locked user up to date.
async fn list_sessions(connection: &mut Connection, user: &str) -> Result<(), StoreError> {
    for statement in [UNLIST, LIST] {
        sqlx::query(statement).bind(user).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether a user has a session that counts.
fn is_running(shares: &Shares) -> bool {
    shares.values().any(|sessions| *sessions > 0)
}

async fn shares(connection: &mut Connection, user: &str) -> Result<Shares, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(SHARES).bind(user).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// Removes what is counted and listed of a deleted organization.
pub(super) async fn delete(connection: &mut Connection, organization: &str) -> Result<(), StoreError> {
    let own = [
        "delete from organization_counts where organization_id = $1",
        "delete from organization_sessions where organization_id = $1",
    ];
    for statement in own.into_iter().chain(RESOLUTIONS.into_iter().flat_map(|resolution| resolution.delete)) {
        sqlx::query(statement).bind(organization).execute(&mut *connection).await?;
    }
    Ok(())
}
