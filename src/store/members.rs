//! Members of the grant's organization with their active and pending sessions, and the begin of
//! commands at Clerk.

use super::command_intents::{self, Change, Intent, NewIntent};
use super::page::{PAGE, page};
use super::search_text::pattern;
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::{Connection, StoreError};
use domain::operation::{AnotherMember, ChangeRole, ListMembers, MemberView, Operation, RemoveMember, SessionView};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};
use sqlx::FromRow;

/// The list shows the 40 newest sessions of each member. A program with many sessions must not hide
/// those of the other members.
const MAX_SESSIONS: i64 = 40;

#[derive(FromRow)]
struct Row {
    user_id: String,
    name: Option<String>,
    email: Option<String>,
    role: String,
    banned: i64,
    locked: i64,
}

impl Row {
    fn with(self, sessions: Vec<SessionView>, caller: &Actor) -> MemberView {
        let Self { user_id, name, email, role, banned, locked } = self;
        MemberView {
            is_you: user_id == caller.user.as_str(),
            name: shown_or(name.as_deref(), &user_id),
            email: email.as_deref().map(shown),
            banned: banned != 0,
            locked: locked != 0,
            user_id,
            role,
            sessions,
        }
    }
}

/// Reads one page of members that match the search, ordered by name.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListMembers>) -> Result<PageView<MemberView>, StoreError> {
    let number = grant.input().page;
    let offset = i64::from(number) * PAGE;
    let rows: Vec<Row> = sqlx::query_as(
        "select m.user_id, u.name, u.email, m.role, coalesce(u.banned, 0) as banned, coalesce(u.locked, 0) as locked \
         from memberships m left join users u on u.id = m.user_id \
         where m.organization_id = $1 and m.deleted_at is null \
           and coalesce(m.search_text, m.user_id) like $4 escape '!' \
         order by m.sort_key, m.id limit $2 offset $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(PAGE + 1)
    .bind(offset)
    .bind(pattern(&grant.input().query))
    .fetch_all(grant.database().reader())
    .await?;
    let mut sessions = running_sessions(grant, offset).await?;
    let members = rows.into_iter().map(|row| {
        let own = sessions.extract_if(.., |(owner, _)| *owner == row.user_id).map(|(_, session)| session).collect();
        row.with(own, grant.actor())
    });
    Ok(page(members.collect(), number))
}

async fn running_sessions(grant: &Granted<ListMembers>, offset: i64) -> Result<Vec<(String, SessionView)>, StoreError> {
    let rows: Vec<(String, String, Option<String>, i64, String)> = sqlx::query_as(
        "select user_id, id, client, created_at, status from ( \
           select s.user_id, s.id, s.client, s.created_at, s.status, \
             row_number() over (partition by s.user_id order by s.created_at desc, s.id) as newest from sessions s \
           where s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $4) and s.user_id in ( \
             select m.user_id from memberships m where m.organization_id = $1 and m.deleted_at is null \
             and coalesce(m.search_text, m.user_id) like $5 escape '!' \
             order by m.sort_key, m.id limit $2 offset $3)) of_members \
         where newest <= $6 order by created_at desc, id",
    )
    .bind(grant.actor().organization.as_str())
    .bind(PAGE)
    .bind(offset)
    .bind(grant.now_ms())
    .bind(pattern(&grant.input().query))
    .bind(MAX_SESSIONS)
    .fetch_all(grant.database().reader())
    .await?;
    let session = |(owner, id, client, since_ms, status): (String, String, Option<String>, i64, String)| {
        let is_this_one = id == grant.actor().session.as_str();
        let client = client.as_deref().map(shown);
        (owner, SessionView { id, client, since_ms, is_this_one, pending: status == "pending" })
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Begins the change of a member's role. `role` has the form of Clerk's API, `org:admin` for
/// example.
///
/// # Errors
/// [`StoreError::NotFound`] if the target is not a member of this organization; or the error of the
/// database.
pub async fn begin_role_change(grant: &Granted<ChangeRole>, role: &str) -> Result<Intent, StoreError> {
    begin(grant, Change::AssignRole { user: grant.target().clone(), role: role.to_owned() }).await
}

/// Begins the removal of a member.
///
/// # Errors
/// As [`begin_role_change`].
pub async fn begin_removal(grant: &Granted<RemoveMember>) -> Result<Intent, StoreError> {
    begin(grant, Change::RemoveMember { user: grant.target().clone() }).await
}

async fn begin<Op: Operation<Target = AnotherMember>>(
    grant: &Granted<Op>,
    change: Change,
) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let from = role(grant, &mut transaction).await?.ok_or(StoreError::NotFound)?;
    let new = NewIntent { change, subject: grant.target().to_string(), from };
    command_intents::begin(grant, transaction, new).await
}

/// Reads the role of the grant's target; `None` if the target is not a member of the organization.
pub(super) async fn role<Op: Operation<Target = AnotherMember>>(
    grant: &Granted<Op>,
    connection: &mut Connection,
) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select role from memberships where organization_id = $1 and user_id = $2 and deleted_at is null \
         order by id desc limit 1",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.target().as_str())
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(role,)| role))
}
