//! Reads the organizations of a user, and stores display names.

use super::audit;
use super::locks::lock_organization;
use crate::access::Granted;
use crate::db::{Connection, StoreError};
use domain::operation::{
    ChangeView, ListOrganizations, Operation, OrganizationView, OrganizationsView, RenameOrganization,
};
use domain::text::{mark, shown, visible};
use sqlx::FromRow;

/// The list holds at most 100 other organizations, so one user cannot make the page unbounded.
const MAX_LISTED: i64 = 100;

/// Reads the organizations of the caller.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListOrganizations>) -> Result<OrganizationsView, StoreError> {
    let others: Vec<Names> = sqlx::query_as(
        "select o.id, o.display_name, o.name, o.slug from organizations o \
         where o.id <> $1 and o.deleted_at is null and o.id in ( \
           select m.organization_id from memberships m where m.user_id = $2 and m.deleted_at is null) \
         order by o.id limit $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.actor().user.as_str())
    .bind(MAX_LISTED)
    .fetch_all(grant.database().reader())
    .await?;
    Ok(OrganizationsView { active: active(grant).await?, others: others.into_iter().map(Names::shown).collect() })
}

/// Reads the organization of a grant. Columns that Clerk has not sent yet are left out.
pub(super) async fn active<Op: Operation>(grant: &Granted<Op>) -> Result<OrganizationView, StoreError> {
    let id = grant.actor().organization.as_str();
    let found: Option<Names> = sqlx::query_as("select id, display_name, name, slug from organizations where id = $1")
        .bind(id)
        .fetch_optional(grant.database().reader())
        .await?;
    let names = found.unwrap_or_else(|| Names { id: id.to_owned(), ..Names::default() });
    Ok(names.shown_to(grant))
}

/// The names of an organization. Columns that Clerk has not sent yet are empty.
#[derive(Default, FromRow)]
pub(super) struct Names {
    id: String,
    display_name: Option<String>,
    name: Option<String>,
    slug: Option<String>,
}

impl Names {
    /// The names of the grant's organization. The slug in the token is newer than the stored one.
    pub(super) fn shown_to<Op: Operation>(mut self, grant: &Granted<Op>) -> OrganizationView {
        let claimed_slug = grant.session().organization.as_ref().and_then(|organization| organization.slug.clone());
        self.slug = claimed_slug.filter(|slug| visible(slug).is_some()).or(self.slug);
        self.shown()
    }

    pub(super) fn shown(self) -> OrganizationView {
        let Self { id, display_name, name, slug } = self;
        let names = [display_name, name, slug];
        let name = names.iter().flatten().find_map(|name| visible(name)).map_or_else(|| id.clone(), shown);
        OrganizationView { id, name }
    }
}

/// Sets the display name of the grant's organization. The token proves that the organization
/// exists, so a missing row (its webhook is still on the way) is no reason to refuse.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization was deleted; [`StoreError::Changed`] when it has
/// another name than the caller saw; [`StoreError::Unchanged`] when the caller saw this name; or
/// the database, then neither the name nor the audit row is stored.
pub async fn rename(grant: &Granted<RenameOrganization>) -> Result<OrganizationView, StoreError> {
    let (id, name) = (grant.actor().organization.as_str(), grant.input().name.as_str());
    let mut transaction = grant.database().writer().begin().await?;
    // The upsert locks the row, so the later of two concurrent renames reads the name that the
    // earlier one stored.
    let before = lock_organization(&mut transaction, id).await?;
    if before.is_deleted() {
        return Err(StoreError::NotFound);
    }
    let seen = grant.input().seen.as_str();
    if !seen.is_empty() {
        let shown = locked_name(grant, &mut transaction).await?;
        if seen != mark(&shown) {
            return Err(StoreError::Changed);
        }
        if shown == name {
            return Err(StoreError::Unchanged("name"));
        }
    }
    sqlx::query("update organizations set display_name = $2 where id = $1")
        .bind(id)
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    let change =
        ChangeView { subject: "organization".to_owned(), from: before.name.unwrap_or_default(), to: name.to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    transaction.commit().await?;
    Ok(OrganizationView { id: id.to_owned(), name: shown(name) })
}

/// The name that a page shows for the organization, whose row is locked.
async fn locked_name(grant: &Granted<RenameOrganization>, connection: &mut Connection) -> Result<String, StoreError> {
    let names: Names = sqlx::query_as("select id, display_name, name, slug from organizations where id = $1")
        .bind(grant.actor().organization.as_str())
        .fetch_one(connection)
        .await?;
    Ok(names.shown_to(grant).name)
}
