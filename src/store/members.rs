//! Members of the grant's organization with their active and pending sessions, and the results of
//! commands at Clerk.

use super::audit::{self, Change};
use super::mirror::{self, Mirrored};
use super::page::{PAGE, Page, page};
use super::search_text::pattern;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::objects::Membership;
use domain::ids::OrganizationId;
use domain::operation::{AnotherMember, ChangeRole, ListMembers, Operation, RemoveMember};
use sqlx::FromRow;

/// A member and their active and pending sessions.
#[derive(Clone, Debug)]
pub struct Member {
    /// Clerk's id of the user.
    pub user_id: String,
    /// Name; `None` until Clerk has sent it.
    pub name: Option<String>,
    /// Email address; `None` until Clerk has sent it.
    pub email: Option<String>,
    /// Role without the leading `org:`.
    pub role: String,
    /// Whether the user is banned from the instance.
    pub banned: bool,
    /// Whether the user is locked, which prevents sign-in.
    pub locked: bool,
    /// Active and pending sessions, newest first.
    pub sessions: Vec<RunningSession>,
}

/// An active or pending session.
#[derive(Clone, Debug)]
pub struct RunningSession {
    /// Clerk's id of the session.
    pub id: String,
    /// Browser and operating system; `None` until Clerk has sent them.
    pub client: Option<String>,
    /// When the session was created, Unix milliseconds.
    pub since_ms: i64,
    /// Whether a session task is left after sign-in. Clerk treats a pending session as signed out.
    pub pending: bool,
}

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
    fn with(self, sessions: Vec<RunningSession>) -> Member {
        let Self { user_id, name, email, role, banned, locked } = self;
        Member { user_id, name, email, role, banned: banned != 0, locked: locked != 0, sessions }
    }
}

/// Reads one page of members that match the search, ordered by name.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn list(grant: &Granted<ListMembers>) -> Result<Page<Member>, StoreError> {
    let offset = i64::from(grant.input().page) * PAGE;
    let rows: Vec<Row> = sqlx::query_as(
        "select m.user_id, u.name, u.email, m.role, coalesce(u.banned, 0) as banned, coalesce(u.locked, 0) as locked from memberships m left join users u on u.id = m.user_id \
         where m.organization_id = $1 and m.deleted_at is null and coalesce(m.search_text, m.user_id) like $4 escape '!' order by m.sort_key, m.id limit $2 offset $3",
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
        row.with(own)
    });
    Ok(page(members.collect()))
}

async fn running_sessions(
    grant: &Granted<ListMembers>,
    offset: i64,
) -> Result<Vec<(String, RunningSession)>, StoreError> {
    let rows: Vec<(String, String, Option<String>, i64, String)> = sqlx::query_as(
        "select s.user_id, s.id, s.client, s.created_at, s.status from sessions s \
         where s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $4) and s.user_id in ( \
           select m.user_id from memberships m where m.organization_id = $1 and m.deleted_at is null and coalesce(m.search_text, m.user_id) like $5 escape '!' \
           order by m.sort_key, m.id limit $2 offset $3) \
         order by s.created_at desc, s.id limit 1000",
    )
    .bind(grant.actor().organization.as_str())
    .bind(PAGE)
    .bind(offset)
    .bind(grant.now_ms())
    .bind(pattern(&grant.input().query))
    .fetch_all(grant.database().reader())
    .await?;
    let session = |(owner, id, client, since_ms, status)| {
        (owner, RunningSession { id, client, since_ms, pending: status == "pending" })
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Reads the membership of the grant's target.
///
/// # Errors
/// [`StoreError::NotFound`] if the target is not a member of this organization; or the error of the
/// database.
pub async fn find<Op: Operation<Target = AnotherMember>>(grant: &Granted<Op>) -> Result<FoundMember, StoreError> {
    let role = role(grant, grant.database().reader()).await?.ok_or(StoreError::NotFound)?;
    Ok(FoundMember {
        organization: grant.actor().organization.clone(),
        user_id: grant.target().as_str().to_owned(),
        role,
    })
}

/// The membership before the command at Clerk. Clerk's webhook may update or delete the row before
/// the command returns, and the audit entry needs the old role.
#[derive(Debug)]
pub struct FoundMember {
    organization: OrganizationId,
    user_id: String,
    role: String,
}

impl FoundMember {
    /// Whether this is the membership of the grant's target.
    pub(super) fn is_of<Op: Operation<Target = AnotherMember>>(&self, grant: &Granted<Op>) -> bool {
        self.organization == grant.actor().organization && self.user_id == grant.target().as_str()
    }
}

/// Stores the new role as Clerk returned it, with its audit entry.
///
/// # Errors
/// [`StoreError::NotFound`] if `found` belongs to another grant; or the error of the database.
pub async fn change_role(
    grant: &Granted<ChangeRole>,
    found: FoundMember,
    answered: &Membership,
) -> Result<(), StoreError> {
    if !found.is_of(grant) {
        return Err(StoreError::NotFound);
    }
    let mut transaction = grant.database().writer().begin().await?;
    // The update locks the row, so the later of two concurrent changes reads the role that the
    // earlier one stored.
    sqlx::query(
        "update memberships set role = role where organization_id = $1 and user_id = $2 and deleted_at is null",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().user_id.as_str())
    .execute(&mut *transaction)
    .await?;
    // A webhook may have stored the new role or the end of the membership already. The old role is
    // then the one in `found`.
    let stored = role(grant, &mut *transaction).await?.filter(|stored| *stored != answered.role);
    answered.keep(&mut transaction).await?;
    let (subject, from) = (found.user_id, stored.unwrap_or(found.role));
    audit::record(grant, &mut transaction, &Change { subject, from, to: answered.role.clone() }).await?;
    Ok(transaction.commit().await?)
}

/// Stores the end of a membership, with its audit entry. Clerk's webhook may have stored the end
/// already; the entry is written in any case.
///
/// # Errors
/// [`StoreError::NotFound`] if `found` belongs to another grant; or the error of the database.
pub async fn remove(
    grant: &Granted<RemoveMember>,
    found: FoundMember,
    answered: &Membership,
) -> Result<(), StoreError> {
    if !found.is_of(grant) {
        return Err(StoreError::NotFound);
    }
    let mut transaction = grant.database().writer().begin().await?;
    mirror::membership(&mut transaction, answered, Some(grant.now_ms())).await?;
    let change = Change { subject: found.user_id, from: found.role, to: "removed".to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

async fn role<'c, Op: Operation<Target = AnotherMember>>(
    grant: &Granted<Op>,
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> =
        sqlx::query_as("select role from memberships where organization_id = $1 and user_id = $2 and deleted_at is null order by id desc limit 1")
            .bind(grant.actor().organization.as_str())
            .bind(grant.target().as_str())
            .fetch_optional(executor)
            .await?;
    Ok(found.map(|(role,)| role))
}
