//! The settings: the grant's organization, and the caller with their sessions.

use super::members::running_sessions;
use super::organizations;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::entitlements::{Requirement, satisfies};
use domain::operation::{Operation, RenameOrganization, SettingsView, ShowSettings};
use domain::text::{shown, shown_or};

/// Reads the settings. A field stays empty until its webhook arrives.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowSettings>) -> Result<SettingsView, StoreError> {
    let (user, session) = (grant.actor().user.as_str(), grant.session());
    let person: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("select name, email from users where id = $1")
            .bind(user)
            .fetch_optional(grant.database().reader())
            .await?;
    let (name, email) = person.unwrap_or_default();
    let reverification = RenameOrganization::DECLARATION.reverification;
    Ok(SettingsView {
        organization: organizations::active(grant).await?,
        person: shown_or(name.as_deref(), user),
        email: email.as_deref().map(shown),
        user_id: user.to_owned(),
        role: session.role().to_owned(),
        verified_minutes_ago: session.verified_minutes_ago(),
        fresh: satisfies(session, &Requirement { reverification, ..Requirement::default() }),
        sessions: running_sessions(grant, user).await?,
    })
}
