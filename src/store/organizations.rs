//! The organization's display name.

use super::StoreError;
use super::audit::{self, Change};
use super::deletions::hold_organization;
use crate::access::Granted;
use crate::operation::RenameOrganization;

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Clerk's id.
    pub id: String,
    /// The display name given here, else Clerk's name.
    pub name: String,
}

/// Gives the organization of the grant a display name. The token proves that the organization exists, so a webhook that has not come yet is
/// no reason to refuse.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization was deleted; or the database, then neither the name nor the audit row is stored.
pub async fn rename(by: &Granted<RenameOrganization>) -> Result<Organization, StoreError> {
    let (id, name) = (by.actor().organization.as_str(), by.input().name.as_str());
    let mut transaction = by.store().writer().begin().await?;
    // Writing first takes the lock, so two renames at once each see the other's name as the old one.
    if hold_organization(&mut transaction, id).await? {
        return Err(StoreError::NotFound);
    }
    let (before,): (Option<String>,) =
        sqlx::query_as("select coalesce(display_name, name) from organizations where id = $1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await?;
    sqlx::query("update organizations set display_name = $2 where id = $1")
        .bind(id)
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    let change = Change { subject: "organization".to_owned(), from: before.unwrap_or_default(), to: name.to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    transaction.commit().await?;
    Ok(Organization { id: id.to_owned(), name: name.to_owned() })
}
