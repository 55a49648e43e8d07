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

/// As [`SHARES`], for the session `$2` alone.
const SHARES_OF_SESSION: &str = "select distinct m.organization_id, \
       (select count(*) from sessions s where s.id = $2 and s.user_id = $1 and s.status = 'active' and s.expired = 0) \
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

/// Removes the listed sessions of the user `$1` that have ended, or whose user has left the
/// organization.
macro_rules! unlist {
    ($scope:literal) => {
        concat!(
            "delete from organization_sessions where user_id = $1 ",
            $scope,
            "and not exists ( \
               select 1 from sessions s join memberships m on m.user_id = s.user_id \
               where s.id = organization_sessions.session_id and s.user_id = $1 and s.status in ('active', 'pending') \
                 and s.expired = 0 and s.created_at = organization_sessions.started_at \
                 and m.organization_id = organization_sessions.organization_id and m.deleted_at is null)"
        )
    };
}

/// Adds the running sessions of the user `$1`, in each organization of the user.
macro_rules! list {
    ($scope:literal) => {
        concat!(
            "insert into organization_sessions (organization_id, started_at, session_id, user_id) \
               select distinct m.organization_id, s.created_at, s.id, s.user_id \
               from memberships m join sessions s on s.user_id = m.user_id \
               where m.user_id = $1 and m.deleted_at is null and s.status in ('active', 'pending') and s.expired = 0 ",
            $scope,
            "on conflict do nothing"
        )
    };
}

const OF_ALL_SESSIONS: [&str; 2] = [unlist!(""), list!("")];
pub(super) const OF_SESSION: [&str; 2] = [unlist!("and session_id = $2 "), list!("and s.id = $2 ")];

/// Whether the user `$1` has a session that counts, beside the session `$2`.
const RUNS_ELSEWHERE: &str = "select 1 from sessions \
     where user_id = $1 and status = 'active' and expired = 0 and id <> $2 limit 1";

/// The rows of a user that a transaction changes: memberships and all sessions, or one session.
/// The time for one session does not depend on how many sessions the user has.
#[derive(Clone, Copy)]
pub(crate) struct Counted<'a> {
    pub(super) user: &'a str,
    pub(super) session: Option<&'a str>,
}

impl<'a> From<&'a str> for Counted<'a> {
    fn from(user: &'a str) -> Self {
        Self { user, session: None }
    }
}

/// The users whose memberships and sessions a transaction may change, with what they added to the
/// counts before. Every function that changes such rows takes it, so that no change is left out.
#[must_use = "the counts stay wrong without `store_changes`"]
pub(crate) struct CountedUsers(BTreeMap<String, Before>);

struct Before {
    is_deleted: bool,
    /// The only session that changes.
    session: Option<String>,
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
    pub(super) async fn lock<'a, T: Into<Counted<'a>>>(
        connection: &mut Connection,
        changed: impl IntoIterator<Item = T>,
    ) -> Result<Self, StoreError> {
        let mut users: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for Counted { user, session } in changed.into_iter().map(Into::into) {
            let known = users.entry(user).or_insert(session);
            if *known != session {
                *known = None;
            }
        }
        let mut locked = BTreeMap::new();
        for (user, session) in users {
            let is_deleted = lock_user(connection, user).await?;
            // The end of a deleted user ends every session.
            let session = session.filter(|_| !is_deleted);
            let shares = shares(connection, user, session).await?;
            locked.insert(user.to_owned(), Before { is_deleted, session: session.map(str::to_owned), shares });
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
            let session = before.session.as_deref();
            list_sessions(connection, &user, session).await?;
            let after = shares(connection, &user, session).await?;
            if is_running(&before.shares) != is_running(&after) && !runs_elsewhere(connection, &user, session).await? {
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
async fn list_sessions(connection: &mut Connection, user: &str, session: Option<&str>) -> Result<(), StoreError> {
    for (of_all, of_one) in OF_ALL_SESSIONS.into_iter().zip(OF_SESSION) {
        let query = match session {
            Some(session) => sqlx::query(of_one).bind(user).bind(session),
            None => sqlx::query(of_all).bind(user),
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether one of the measured sessions counts.
fn is_running(shares: &Shares) -> bool {
    shares.values().any(|sessions| *sessions > 0)
}

/// Whether a session counts that was not measured.
async fn runs_elsewhere(connection: &mut Connection, user: &str, session: Option<&str>) -> Result<bool, StoreError> {
    let Some(session) = session else { return Ok(false) };
    let found = sqlx::query(RUNS_ELSEWHERE).bind(user).bind(session).fetch_optional(connection).await?;
    Ok(found.is_some())
}

async fn shares(connection: &mut Connection, user: &str, session: Option<&str>) -> Result<Shares, StoreError> {
    let query = match session {
        Some(session) => sqlx::query_as(SHARES_OF_SESSION).bind(user).bind(session),
        None => sqlx::query_as(SHARES).bind(user),
    };
    let rows: Vec<(String, i64)> = query.fetch_all(connection).await?;
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
