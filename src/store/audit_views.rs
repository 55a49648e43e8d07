//! The filters of the audit log that the grant's user keeps in the grant's organization.

use super::audit;
use super::locks::lock_user;
use crate::access::Granted;
use crate::db::StoreError;
use crate::random::Token;
use domain::operation::{ChangeView, DeleteAuditView, ListAuditViews, MAX_AUDIT_VIEWS, SaveAuditView, SavedAuditView};
use domain::text::shown;

/// Lists the views, oldest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListAuditViews>) -> Result<Vec<SavedAuditView>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select id, name, filter from audit_views where organization_id = $1 and user_id = $2 \
         order by created_at, id limit $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.actor().user.as_str())
    .bind(MAX_AUDIT_VIEWS)
    .fetch_all(grant.database().reader())
    .await?;
    let view = |(id, name, filter): (String, String, String)| SavedAuditView { id, name: shown(&name), filter };
    Ok(rows.into_iter().map(view).collect())
}

/// Keeps a view. Returns false, and stores nothing, if the user has [`MAX_AUDIT_VIEWS`] already.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has been deleted, or the database.
pub async fn save(grant: &Granted<SaveAuditView>) -> Result<bool, StoreError> {
    let SaveAuditView { name, filter } = grant.input();
    let mut transaction = grant.database().writer().begin().await?;
    // Of two saves at the same time, the later one counts the view of the earlier one.
    if lock_user(&mut transaction, grant.actor().user.as_str()).await? {
        return Err(StoreError::NotFound);
    }
    let inserted = sqlx::query(
        "insert into audit_views (id, organization_id, user_id, name, filter, created_at) \
         select $1, $2, $3, $4, $5, $6 where ( \
           select count(*) from audit_views v where v.organization_id = $2 and v.user_id = $3) < $7",
    )
    .bind(Token::random().as_str())
    .bind(grant.actor().organization.as_str())
    .bind(grant.actor().user.as_str())
    .bind(name)
    .bind(filter)
    .bind(grant.now_ms())
    .bind(MAX_AUDIT_VIEWS)
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    let change = ChangeView { subject: filter_or_all(filter), from: String::new(), to: name.clone() };
    audit::record(grant, &mut transaction, &change).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Deletes a view.
///
/// # Errors
/// [`StoreError::NotFound`] for a view of somebody else, or the database.
pub async fn delete(grant: &Granted<DeleteAuditView>) -> Result<(), StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let deleted: Option<(String, String)> = sqlx::query_as(
        "delete from audit_views where id = $1 and organization_id = $2 and user_id = $3 returning name, filter",
    )
    .bind(grant.input().view_id.as_str())
    .bind(grant.actor().organization.as_str())
    .bind(grant.actor().user.as_str())
    .fetch_optional(&mut *transaction)
    .await?;
    let (name, filter) = deleted.ok_or(StoreError::NotFound)?;
    let change = ChangeView { subject: filter_or_all(&filter), from: name, to: String::new() };
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

fn filter_or_all(filter: &str) -> String {
    if filter.is_empty() { "all entries".to_owned() } else { filter.to_owned() }
}
