//! Members of the grant's organization with their active and pending sessions, and the results of
//! commands at Clerk.

use super::audit;
use super::mirror::{self, Mirrored};
use super::page::{PAGE, page};
use super::search_text::pattern;
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::StoreError;
use clerk::objects::Membership;
use domain::ids::OrganizationId;
use domain::operation::{
    AnotherMember, ChangeRole, ChangeView, ListMembers, MemberView, Operation, RemoveMember, SessionView,
};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};
use sqlx::FromRow;

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
        "select s.user_id, s.id, s.client, s.created_at, s.status from sessions s \
         where s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $4) and s.user_id in ( \
           select m.user_id from memberships m where m.organization_id = $1 and m.deleted_at is null \
           and coalesce(m.search_text, m.user_id) like $5 escape '!' \
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
    let session = |(owner, id, client, since_ms, status): (String, String, Option<String>, i64, String)| {
        let is_this_one = id == grant.actor().session.as_str();
        let client = client.as_deref().map(shown);
        (owner, SessionView { id, client, since_ms, is_this_one, pending: status == "pending" })
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
    answered.upsert(&mut transaction).await?;
    let (subject, from) = (found.user_id, stored.unwrap_or(found.role));
    audit::record(grant, &mut transaction, &ChangeView { subject, from, to: answered.role.clone() }).await?;
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
    let change = ChangeView { subject: found.user_id, from: found.role, to: "removed".to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

async fn role<'c, Op: Operation<Target = AnotherMember>>(
    grant: &Granted<Op>,
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select role from memberships where organization_id = $1 and user_id = $2 and deleted_at is null \
         order by id desc limit 1",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.target().as_str())
    .fetch_optional(executor)
    .await?;
    Ok(found.map(|(role,)| role))
}
