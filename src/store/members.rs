//! Members of the grant's organization, the active and pending sessions of one of them, and the
//! begin of commands at Clerk.

use super::command_intents::{self, Change, Intent, NewIntent};
use super::member_activity;
use super::member_order::{SortKey, is_backwards, order_of, place_in, with_marks};
use super::member_search::{self, matching};
use super::member_statements::Both;
use super::page::{Listed, PAGE, PAGE_ROWS, Slice, count, read_page};
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::{Connection, StoreError};
use domain::operation::{
    AnotherMember, ChangeRole, ListMembers, MAX_COUNTED_SESSIONS, MemberDetailsView, MemberSort, MemberView,
    MembersView, Operation, RemoveMember, SessionView, ShowMember,
};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};
use sqlx::FromRow;

/// The page of a member shows the newest sessions only. A program may have thousands.
const MAX_SESSIONS: i64 = 40;

#[derive(FromRow)]
struct Row {
    id: String,
    user_id: String,
    name: Option<String>,
    email: Option<String>,
    role: String,
    banned: i64,
    locked: i64,
    joined_at: Option<i64>,
    sessions: i64,
}

impl Listed for Row {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Row {
    fn view(self, caller: &Actor) -> MemberView {
        let Self { id: _, user_id, name, email, role, banned, locked, joined_at: _, sessions } = self;
        MemberView {
            is_you: user_id == caller.user.as_str(),
            name: shown_or(name.as_deref(), &user_id),
            email: email.as_deref().map(shown),
            banned: banned != 0,
            locked: locked != 0,
            user_id,
            role,
            sessions: count(sessions),
            joined_at_ms: None,
        }
    }
}

/// The columns of a row, and the tables they come from. `$2` is the time.
macro_rules! columns {
    () => {
        "select m.id, m.user_id, u.name, u.email, m.role, coalesce(u.banned, 0) as banned, \
           coalesce(u.locked, 0) as locked, m.joined_at, \
           (select count(*) from (select 1 from sessions s where s.user_id = m.user_id \
              and s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $2) \
              limit $3) of_member) as sessions \
         from memberships m left join users u on u.id = m.user_id "
    };
}

/// The members of the organization.
macro_rules! members {
    () => {
        concat!(columns!(), "where m.organization_id = $1 and m.deleted_at is null ")
    };
}

/// The members beside a membership, in one direction. `$5` is the place where that membership has
/// none.
macro_rules! members_beside {
    ($key:literal, $place:literal, $comparison:literal, $direction:literal) => {
        concat!(
            members!(),
            "and (",
            $key,
            ", m.id) ",
            $comparison,
            " (coalesce((",
            $place,
            " where b.id = $4 and b.organization_id = $1), $5), $4) order by ",
            $key,
            " ",
            $direction,
            ", m.id ",
            $direction,
            " limit $6 offset $7"
        )
    };
}

/// The membership may have ended since, so its place is that of its user.
macro_rules! by_name {
    ($comparison:literal, $direction:literal) => {
        members_beside!(
            "m.sort_key",
            "select coalesce(b.sort_key, bu.sort_key) from memberships b left join users bu on bu.id = b.user_id",
            $comparison,
            $direction
        )
    };
}
pub(super) const BY_NAME: Both = [by_name!(">", "asc"), by_name!("<", "desc")];

macro_rules! by_time {
    ($comparison:literal, $direction:literal) => {
        members_beside!("m.joined_order", "select b.joined_order from memberships b", $comparison, $direction)
    };
}
pub(super) const BY_TIME: Both = [by_time!(">", "asc"), by_time!("<", "desc")];

macro_rules! by_role {
    ($comparison:literal, $direction:literal) => {
        members_beside!("m.role_order", "select b.role_order from memberships b", $comparison, $direction)
    };
}
pub(super) const BY_ROLE: Both = [by_role!(">", "asc"), by_role!("<", "desc")];

/// The members that a search has found, with as many parameters each time: the statement stays
/// prepared. With the plain column, SQLite would read the organization and not the ids.
pub(super) const FOUND: &str = concat!(
    columns!(),
    "where coalesce(m.organization_id, '') = $1 and m.deleted_at is null and m.id in ( \
       $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
       $27, $28, $29)"
);

/// One member. While the event of an end is on its way, the newer one of two memberships counts.
const ONE: &str = concat!(members!(), "and m.user_id = $4 order by m.id desc limit 1");

/// The name of a user who was a member.
const FORMER: &str = "select coalesce(u.name, u.email, m.user_id) \
     from memberships m left join users u on u.id = m.user_id \
     where m.organization_id = $1 and m.user_id = $2 and m.deleted_at is not null limit 1";

const TOTAL: &str = "select members from organization_counts where organization_id = $1";

/// Reads one page of members that match the search and the filters.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListMembers>) -> Result<MembersView, StoreError> {
    let sort = order_of(grant.input());
    let page = read_page(place_in(sort, &grant.input().page), |slice| read(grant, slice)).await?;
    let page = page.map(|row: Row| {
        let joined_at_ms = row.joined_at.filter(|_| sort.is_by_time());
        MemberView { joined_at_ms, ..row.view(grant.actor()) }
    });
    let PageView { rows, previous, next } = with_marks(sort, page);
    Ok(MembersView { rows, previous, next, total: total(grant).await?, removed: former_member(grant).await? })
}

async fn total(grant: &Granted<ListMembers>) -> Result<Option<u32>, StoreError> {
    if is_filtered(grant.input()) {
        return Ok(member_search::total(grant).await?.map(count));
    }
    let organization = grant.actor().organization.as_str();
    let found: Option<(i64,)> =
        sqlx::query_as(TOTAL).bind(organization).fetch_optional(grant.database().reader()).await?;
    Ok(Some(found.map_or(0, |(members,)| count(members))))
}

async fn former_member(grant: &Granted<ListMembers>) -> Result<Option<String>, StoreError> {
    let user = grant.input().removed.as_str();
    if user.is_empty() {
        return Ok(None);
    }
    let query = sqlx::query_as(FORMER).bind(grant.actor().organization.as_str()).bind(user);
    let found: Option<(String,)> = query.fetch_optional(grant.database().reader()).await?;
    Ok(found.map(|(name,)| shown_or(Some(&name), user)))
}

fn is_filtered(input: &ListMembers) -> bool {
    !(input.query.is_empty() && input.role.is_empty() && input.state.is_empty())
}

async fn read(grant: &Granted<ListMembers>, slice: Slice) -> Result<Vec<Row>, StoreError> {
    let sort = order_of(grant.input());
    let [after, before] = match sort {
        MemberSort::Name | MemberSort::NameDescending => BY_NAME,
        MemberSort::Newest | MemberSort::Oldest => BY_TIME,
        MemberSort::Role | MemberSort::RoleDescending => BY_ROLE,
    };
    let statement = match (is_filtered(grant.input()), is_backwards(sort, &slice)) {
        (true, _) => FOUND,
        (false, true) => before,
        (false, false) => after,
    };
    let query = sqlx::query_as(statement)
        .bind(grant.actor().organization.as_str())
        .bind(grant.now_ms())
        .bind(i64::from(MAX_COUNTED_SESSIONS));
    if !is_filtered(grant.input()) {
        let key = SortKey::fallback_for(grant, &slice).await?;
        let query = key.bind_to(query.bind(slice.beside));
        return Ok(query.bind(PAGE + 1).bind(slice.offset).fetch_all(grant.database().reader()).await?);
    }
    let found = matching(grant, &slice).await?;
    let ids = (0..=PAGE_ROWS).map(|row| found.get(row).map(String::as_str).unwrap_or_default());
    let mut rows: Vec<Row> = ids.fold(query, |query, id| query.bind(id)).fetch_all(grant.database().reader()).await?;
    rows.sort_by_key(|row| found.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// Reads a member with their newest sessions and their recent activity.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is not a member of this organization; or the error of the
/// database.
pub async fn show(grant: &Granted<ShowMember>) -> Result<MemberDetailsView, StoreError> {
    let member: Option<Row> = sqlx::query_as(ONE)
        .bind(grant.actor().organization.as_str())
        .bind(grant.now_ms())
        .bind(i64::from(MAX_COUNTED_SESSIONS))
        .bind(grant.input().user_id.as_str())
        .fetch_optional(grant.database().reader())
        .await?;
    let member = member.ok_or(StoreError::NotFound)?;
    let joined_at_ms = member.joined_at;
    let member = member.view(grant.actor());
    let sessions = running_sessions(grant, &member.user_id).await?;
    let recent = member_activity::newest(grant).await?;
    Ok(MemberDetailsView { member, joined_at_ms, sessions, recent })
}

/// Reads the newest running sessions of a member of the grant's organization, or of the caller.
pub(super) async fn running_sessions<Op: Operation>(
    grant: &Granted<Op>,
    user: &str,
) -> Result<Vec<SessionView>, StoreError> {
    let rows: Vec<(String, Option<String>, i64, String)> = sqlx::query_as(
        "select id, client, created_at, status from sessions \
         where user_id = $1 and status in ('active', 'pending') and (expires_at is null or expires_at > $2) \
         order by created_at desc, id limit $3",
    )
    .bind(user)
    .bind(grant.now_ms())
    .bind(MAX_SESSIONS)
    .fetch_all(grant.database().reader())
    .await?;
    let session = |(id, client, since_ms, status): (String, Option<String>, i64, String)| {
        let is_this_one = id == grant.actor().session.as_str();
        SessionView { id, client: client.as_deref().map(shown), since_ms, is_this_one, pending: status == "pending" }
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
