//! The dashboard: the caller, the organization, and its recent activity.

use super::audit;
use super::organizations::Names;
use super::page::count;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::entitlements::{Requirement, satisfies};
use domain::operation::{DashboardView, Operation, RenameOrganization, ShowDashboard};
use domain::text::{shown, shown_or};
use sqlx::FromRow;

/// Entries of the audit log on the dashboard.
const LATEST: i64 = 5;

#[derive(FromRow)]
struct Row {
    person: Option<String>,
    email: Option<String>,
    #[sqlx(flatten)]
    organization: Names,
    members: i64,
    sessions: i64,
    webhooks: i64,
}

/// The caller, the organization and its counts, found by their keys. The sessions that have expired
/// and are not marked yet are subtracted, so the number is exact at `$3`. A job keeps them few.
const ROW: &str = "select u.name as person, u.email, asked.id, o.display_name, o.name, o.slug, \
       coalesce(c.members, 0) as members, coalesce(c.sessions, 0) - ( \
         select count(*) from sessions s where s.status = 'active' and s.expired = 0 and s.expires_at <= $3 \
         and exists (select 1 from memberships m \
           where m.organization_id = $1 and m.user_id = s.user_id and m.deleted_at is null)) as sessions, \
       (select count(*) from (select 1 from webhook_inbox w where w.received_at > 0 limit 1) any_webhook) as webhooks \
     from (select cast($1 as text) as id) asked \
     left join organizations o on o.id = asked.id left join users u on u.id = $2 \
     left join organization_counts c on c.organization_id = asked.id";

/// Reads the dashboard of the grant's organization. A field stays empty until its webhook arrives;
/// missing data is not an error.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowDashboard>) -> Result<DashboardView, StoreError> {
    let row: Row = sqlx::query_as(ROW)
        .bind(grant.actor().organization.as_str())
        .bind(grant.actor().user.as_str())
        .bind(grant.now_ms())
        .fetch_one(grant.database().reader())
        .await?;
    let (user, session) = (&grant.actor().user, grant.session());
    let reverification = RenameOrganization::DECLARATION.reverification;
    Ok(DashboardView {
        person: shown_or(row.person.as_deref(), user.as_str()),
        email: row.email.as_deref().map(shown),
        user_id: user.to_string(),
        organization: row.organization.shown_to(grant),
        role: session.role().to_owned(),
        verified_minutes_ago: session.verified_minutes_ago(),
        fresh: satisfies(session, &Requirement { reverification, ..Requirement::default() }),
        members: count(row.members.max(0)),
        sessions: count(row.sessions.max(0)),
        has_webhooks: row.webhooks > 0,
        latest: audit::latest(grant, LATEST).await?,
    })
}
