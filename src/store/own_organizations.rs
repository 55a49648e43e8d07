//! A signed-in user may always read their own name and the names of their organizations.
//!
//! It needs no grant, as the sign-out needs none: a user without any permission has to see who they
//! are, and to find the organization in which they have one. The claims prove who asks, because
//! only a verified token makes them.

use super::organizations::Names;
use crate::db::{Database, StoreError};
use clerk::claims::SessionClaims;
use domain::current_user::{HeaderNames, OwnOrganization};
use domain::operation::OrganizationView;
use domain::text::{shown, shown_or};

/// The list holds at most 100 organizations, so one user cannot make the page unbounded.
const MAX_LISTED: i64 = 100;

/// The person, both names of the organization, and the impersonator.
type Found = (Option<String>, Option<String>, Option<String>, Option<String>);

/// Reads the names for the header.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn header_names(database: &Database, session: &SessionClaims) -> Result<HeaderNames, StoreError> {
    let Some(active) = &session.organization else { return Ok(HeaderNames::default()) };
    let impersonator = session.impersonator();
    let found: Option<Found> = sqlx::query_as(
        "select coalesce(u.name, u.email), o.display_name, coalesce(o.name, o.slug), coalesce(i.name, i.email) \
         from (select cast($1 as text) as id) asked \
         left join users u on u.id = asked.id left join organizations o on o.id = $2 \
         left join users i on i.id = $3",
    )
    .bind(session.user.as_str())
    .bind(active.id.as_str())
    .bind(impersonator.as_deref())
    .fetch_optional(database.reader())
    .await?;
    let (person, display_name, name, acting) = found.unwrap_or_default();
    let slug = active.slug.as_deref().unwrap_or(active.id.as_str());
    Ok(HeaderNames {
        person: Some(shown_or(person.as_deref(), session.user.as_str())),
        impersonator: impersonator.map(|id| shown_or(acting.as_deref(), &id)),
        organization: Some(display_name.or(name).map_or_else(|| shown(slug), |name| shown_or(Some(&name), slug))),
    })
}

/// Reads the organizations of a user, the active one among them.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn list(database: &Database, session: &SessionClaims) -> Result<Vec<OwnOrganization>, StoreError> {
    let found: Vec<Names> = sqlx::query_as(
        "select o.id, o.display_name, o.name, o.slug from organizations o \
         where o.deleted_at is null and o.id in ( \
           select m.organization_id from memberships m where m.user_id = $1 and m.deleted_at is null) \
         order by o.id limit $2",
    )
    .bind(session.user.as_str())
    .bind(MAX_LISTED)
    .fetch_all(database.reader())
    .await?;
    let active = session.organization.as_ref().map(|organization| organization.id.as_str());
    let own = |organization: OrganizationView| OwnOrganization {
        is_active: Some(organization.id.as_str()) == active,
        organization,
    };
    Ok(found.into_iter().map(Names::shown).map(own).collect())
}
