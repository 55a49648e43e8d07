//! Members of the grant's organization.

use super::audit::{self, Change};
use super::{PAGE, Page, StoreError, exactly_one, page};
use crate::access::Granted;
use crate::operation::{ChangeRole, ListMembers, OnMember, RemoveMember};
use crate::refusal::{FieldProblem, InvalidFields};

/// A member with their running sessions.
#[derive(Clone, Debug)]
pub struct Member {
    /// Clerk's id of the user.
    pub user_id: String,
    /// Name, where known.
    pub name: Option<String>,
    /// Email address, where known.
    pub email: Option<String>,
    /// Role without the leading `org:`.
    pub role: String,
    /// Running sessions, newest first.
    pub sessions: Vec<RunningSession>,
}

/// A running session.
#[derive(Clone, Debug)]
pub struct RunningSession {
    /// Clerk's id.
    pub id: String,
    /// Browser and system, where known.
    pub client: Option<String>,
    /// Since when, Unix milliseconds.
    pub since_ms: i64,
}

/// Reads one page, ordered by name.
///
/// # Errors
/// The database.
pub async fn list(by: &Granted<ListMembers>) -> Result<Page<Member>, StoreError> {
    let offset = i64::from(by.input().page) * PAGE;
    let rows: Vec<(String, Option<String>, Option<String>, String)> = sqlx::query_as(
        "select m.user_id, u.name, u.email, m.role from memberships m left join users u on u.id = m.user_id \
         where m.organization_id = $1 and m.deleted_at is null and lower(coalesce(u.name, '') || ' ' || coalesce(u.email, '') || ' ' || m.user_id) \
           like $4 escape '!' order by lower(coalesce(u.name, m.user_id)), m.id limit $2 offset $3",
    )
    .bind(by.actor().organization.as_str())
    .bind(PAGE + 1)
    .bind(offset)
    .bind(pattern(&by.input().query))
    .fetch_all(by.store().reader())
    .await?;
    let mut sessions = running_sessions(by, offset).await?;
    let members = rows.into_iter().map(|(user_id, name, email, role)| {
        let own = sessions.extract_if(.., |(owner, _)| *owner == user_id).map(|(_, session)| session).collect();
        Member { user_id, name, email, role, sessions: own }
    });
    Ok(page(members.collect()))
}

/// A text as a pattern that finds it anywhere: what has a meaning in patterns is found as itself.
fn pattern(text: &str) -> String {
    let escaped = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

async fn running_sessions(by: &Granted<ListMembers>, offset: i64) -> Result<Vec<(String, RunningSession)>, StoreError> {
    let rows: Vec<(String, String, Option<String>, i64)> = sqlx::query_as(
        "select s.user_id, s.id, s.client, s.created_at from sessions s \
         where s.status = 'active' and (s.expires_at is null or s.expires_at > $4) and s.user_id in ( \
           select m.user_id from memberships m left join users u on u.id = m.user_id \
           where m.organization_id = $1 and m.deleted_at is null and lower(coalesce(u.name, '') || ' ' || coalesce(u.email, '') || ' ' || m.user_id) \
             like $5 escape '!' order by lower(coalesce(u.name, m.user_id)), m.id limit $2 offset $3) \
         order by s.created_at desc, s.id limit 1000",
    )
    .bind(by.actor().organization.as_str())
    .bind(PAGE)
    .bind(offset)
    .bind(by.now_ms())
    .bind(pattern(&by.input().query))
    .fetch_all(by.store().reader())
    .await?;
    Ok(rows.into_iter().map(|(owner, id, client, since_ms)| (owner, RunningSession { id, client, since_ms })).collect())
}

/// The member of the grant as they are now: one of this organization, and not the person who asks, who could lock everybody out.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::Invalid`], or the database.
pub async fn find<Op: OnMember>(by: &Granted<Op>) -> Result<CurrentRole, StoreError> {
    let role = role(by, by.store().reader()).await?;
    if by.input().user_id() == by.actor().user.as_str() {
        return Err(StoreError::Invalid(InvalidFields::from([("user_id".to_owned(), FieldProblem::Yourself)])));
    }
    Ok(CurrentRole(role))
}

/// A member's role before a change. It is read before Clerk is told, because Clerk's webhook may store the new one first.
#[derive(Debug)]
pub struct CurrentRole(String);

/// Stores the new role of a member.
///
/// # Errors
/// [`StoreError::NotFound`] when the person is no member of this organization, or the database.
pub async fn change_role(by: &Granted<ChangeRole>, found: CurrentRole) -> Result<(), StoreError> {
    let ChangeRole { user_id, role: new } = by.input();
    let (organization, new) = (by.actor().organization.as_str(), new.trim_start_matches("org:"));
    let mut transaction = by.store().writer().begin().await?;
    // Writing first takes the lock, so two changes at once each see the other's role as the old one.
    sqlx::query(
        "update memberships set role = role where organization_id = $1 and user_id = $2 and deleted_at is null",
    )
    .bind(organization)
    .bind(user_id)
    .execute(&mut *transaction)
    .await?;
    let stored = role(by, &mut *transaction).await?;
    // Clerk's webhook may have stored the new role already; then the change began with what was found before Clerk was told.
    let before = if stored == new { found.0 } else { stored };
    let updated = sqlx::query(
        "update memberships set role = $3 where organization_id = $1 and user_id = $2 and deleted_at is null \
         and id = (select max(id) from memberships where organization_id = $1 and user_id = $2 and deleted_at is null)",
    );
    exactly_one(&updated.bind(organization).bind(user_id).bind(new).execute(&mut *transaction).await?)?;
    audit::record(by, &mut transaction, &Change { subject: user_id.clone(), from: before, to: new.to_owned() }).await?;
    Ok(transaction.commit().await?)
}

/// Stores that a member is one no more. The webhook may have told it already: then the audit row is what is left to write.
///
/// # Errors
/// The database.
pub async fn remove(by: &Granted<RemoveMember>, found: CurrentRole) -> Result<(), StoreError> {
    let RemoveMember { user_id } = by.input();
    let mut transaction = by.store().writer().begin().await?;
    sqlx::query(
        "update memberships set deleted_at = $3 where organization_id = $1 and user_id = $2 and deleted_at is null",
    )
    .bind(by.actor().organization.as_str())
    .bind(user_id)
    .bind(by.now_ms())
    .execute(&mut *transaction)
    .await?;
    let change = Change { subject: user_id.clone(), from: found.0, to: "removed".to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

async fn role<'c, Op: OnMember>(
    by: &Granted<Op>,
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
) -> Result<String, StoreError> {
    let found: Option<(String,)> =
        sqlx::query_as("select role from memberships where organization_id = $1 and user_id = $2 and deleted_at is null order by id desc limit 1")
            .bind(by.actor().organization.as_str())
            .bind(by.input().user_id())
            .fetch_optional(executor)
            .await?;
    found.map(|(role,)| role).ok_or(StoreError::NotFound)
}
