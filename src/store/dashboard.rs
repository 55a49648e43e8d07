//! Reads the data of the dashboard: the user, the organization, two counts and the newest audit
//! entries.

use super::audit::{self, AuditEntry};
use super::organizations::{self, Organization};
use super::page::count;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::ShowDashboard;

/// The data of the dashboard page.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Name of the signed-in user; `None` until Clerk has sent it.
    pub person: Option<String>,
    /// Email address of the signed-in user; `None` until Clerk has sent it.
    pub email: Option<String>,
    /// The active organization.
    pub organization: Organization,
    /// Number of members of the organization.
    pub members: u32,
    /// Number of active sessions of these members.
    pub sessions: u32,
    /// The newest entries of the audit log, at most 5.
    pub latest: Vec<AuditEntry>,
}

const LATEST: i64 = 5;

/// Reads the dashboard of the grant's organization. A field stays empty until its webhook arrives;
/// missing data is not an error.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowDashboard>) -> Result<Dashboard, StoreError> {
    let id = grant.actor().organization.as_str();
    let reader = grant.database().reader();
    let person: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("select name, email from users where id = $1")
            .bind(grant.actor().user.as_str())
            .fetch_optional(reader)
            .await?;
    let (members, sessions): (i64, i64) = sqlx::query_as(
        "select count(distinct m.user_id), count(distinct s.id) from memberships m \
         left join sessions s on s.user_id = m.user_id and s.status = 'active' and (s.expires_at is null or s.expires_at > $2) \
         where m.organization_id = $1 and m.deleted_at is null",
    )
    .bind(id)
    .bind(grant.now_ms())
    .fetch_one(reader)
    .await?;
    let (person, email) = person.unwrap_or_default();
    Ok(Dashboard {
        person,
        email,
        organization: organizations::active(grant).await?,
        members: count(members),
        sessions: count(sessions),
        latest: audit::read(grant, LATEST, 0).await?,
    })
}
