//! The dashboard: the caller, the organization, and its recent activity.

use super::page::count;
use super::{audit, organizations};
use crate::access::Granted;
use crate::db::StoreError;
use clerk::entitlements::{Requirement, satisfies};
use domain::operation::{DashboardView, Operation, RenameOrganization, ShowDashboard};
use domain::text::{shown, shown_or};

/// Entries of the audit log on the dashboard.
const LATEST: i64 = 5;

/// Reads the dashboard of the grant's organization. A field stays empty until its webhook arrives;
/// missing data is not an error.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowDashboard>) -> Result<DashboardView, StoreError> {
    let id = grant.actor().organization.as_str();
    let reader = grant.database().reader();
    let person: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("select name, email from users where id = $1")
            .bind(grant.actor().user.as_str())
            .fetch_optional(reader)
            .await?;
    let (members, sessions): (i64, i64) = sqlx::query_as(
        "select count(distinct m.user_id), count(distinct s.id) from memberships m \
         left join sessions s on s.user_id = m.user_id and s.status = 'active' \
           and (s.expires_at is null or s.expires_at > $2) \
         where m.organization_id = $1 and m.deleted_at is null",
    )
    .bind(id)
    .bind(grant.now_ms())
    .fetch_one(reader)
    .await?;
    let (person, email) = person.unwrap_or_default();
    let (user, session) = (&grant.actor().user, grant.session());
    let reverification = RenameOrganization::DECLARATION.reverification;
    Ok(DashboardView {
        person: shown_or(person.as_deref(), user.as_str()),
        email: email.as_deref().map(shown),
        user_id: user.to_string(),
        organization: organizations::active(grant).await?,
        role: session.role().to_owned(),
        verified_minutes_ago: session.verified_minutes_ago(),
        fresh: satisfies(session, &Requirement { reverification, ..Requirement::default() }),
        members: count(members),
        sessions: count(sessions),
        latest: audit::read(grant, LATEST, 0).await?,
    })
}
