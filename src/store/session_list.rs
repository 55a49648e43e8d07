//! The running sessions of the members of the grant's organization, page by page.
//!
//! The table `organization_sessions` has them in the order of the page, so a page costs the same
//! with ten sessions and with a hundred thousand.

use super::page::{Listed, PAGE, Slice, count, read_page};
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::StoreError;
use domain::operation::{ListSessions, MemberSessionView, SessionsView};
use domain::text::{shown, shown_or};
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    id: String,
    user_id: String,
    name: Option<String>,
    client: Option<String>,
    since: i64,
    last_seen_at: Option<i64>,
    status: String,
}

/// A row with its place in the list.
struct Placed {
    place: String,
    row: Row,
}

impl Listed for Placed {
    fn id(&self) -> &str {
        &self.place
    }
}

impl Row {
    fn view(self, caller: &Actor) -> MemberSessionView {
        MemberSessionView {
            is_this_one: self.id == caller.session.as_str(),
            is_you: self.user_id == caller.user.as_str(),
            name: shown_or(self.name.as_deref(), &self.user_id),
            client: self.client.as_deref().map(shown),
            since_ms: self.since,
            last_active_ms: self.last_seen_at,
            pending: self.status == "pending",
            id: self.id,
            user_id: self.user_id,
        }
    }
}

/// The sessions beside a place, in one direction. `$2` is the time: a session that has expired
/// since is left out, and so is one that a rule has ended here.
macro_rules! sessions_beside {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select o.session_id as id, o.user_id, u.name, s.client, o.started_at as since, l.last_seen_at, s.status \
             from organization_sessions o join sessions s on s.id = o.session_id \
             left join users u on u.id = o.user_id left join session_lifetimes l on l.session_id = o.session_id \
             where o.organization_id = $1 and (s.expires_at is null or s.expires_at > $2) and l.ended_at is null \
               and (o.started_at, o.session_id) ",
            $comparison,
            " ($3, $4) order by o.started_at ",
            $direction,
            ", o.session_id ",
            $direction,
            " limit $5 offset $6"
        )
    };
}
const OLDER: &str = sessions_beside!("<", "desc");
const NEWER: &str = sessions_beside!(">", "asc");

/// The number of active sessions, as the overview shows it. Sessions that have expired at `$2` and
/// are not marked yet are subtracted.
const COUNT: &str = "select coalesce(( \
       select c.sessions from organization_counts c where c.organization_id = $1), 0) - ( \
       select count(*) from sessions s where s.status = 'active' and s.expired = 0 and s.expires_at <= $2 \
       and exists (select 1 from memberships m \
         where m.organization_id = $1 and m.user_id = s.user_id and m.deleted_at is null)) as sessions";

/// Reads one page of the sessions, the newest first, and how many are active.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListSessions>) -> Result<SessionsView, StoreError> {
    let page = read_page(&grant.input().page, |slice| read(grant, slice)).await?;
    let (active,): (i64,) = sqlx::query_as(COUNT)
        .bind(grant.actor().organization.as_str())
        .bind(grant.now_ms())
        .fetch_one(grant.database().reader())
        .await?;
    Ok(SessionsView { active: count(active.max(0)), page: page.map(|placed| placed.row.view(grant.actor())) })
}

async fn read(grant: &Granted<ListSessions>, slice: Slice) -> Result<Vec<Placed>, StoreError> {
    let (since, id) = place(&slice.beside);
    let rows: Vec<Row> = sqlx::query_as(if slice.is_before { NEWER } else { OLDER })
        .bind(grant.actor().organization.as_str())
        .bind(grant.now_ms())
        .bind(since)
        .bind(id)
        .bind(PAGE + 1)
        .bind(slice.offset)
        .fetch_all(grant.database().reader())
        .await?;
    Ok(rows.into_iter().map(|row| Placed { place: format!("{}:{}", row.since, row.id), row }).collect())
}

/// Start and id of the session that a place names; the start of the list where it names none.
fn place(beside: &str) -> (i64, &str) {
    let parts = beside.split_once(':').and_then(|(since, id)| Some((since.parse().ok()?, id)));
    parts.unwrap_or((i64::MAX, ""))
}
