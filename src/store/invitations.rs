//! Pending invitations to the grant's organization: the list, and the results of commands at Clerk.

use super::audit;
use super::mirror::Mirrored;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::objects::Invitation;
use domain::operation::{ChangeView, InvitationView, InviteMember, ListInvitations, Operation, RevokeInvitation};
use domain::text::shown;

/// An invitation before it is revoked, for the audit log.
#[derive(Debug)]
pub struct FoundInvitation {
    email: String,
    role: String,
}

/// The list shows at most 100 invitations. Invitations expire, so older ones are rarely still
/// pending.
const MAX_LISTED: i64 = 100;

/// Reads the pending invitations, newest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListInvitations>) -> Result<Vec<InvitationView>, StoreError> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "select id, coalesce(email, ''), role, created_at from invitations \
         where organization_id = $1 and status = 'pending' and (expires_at is null or expires_at > $2) \
         order by created_at desc, id limit $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.now_ms())
    .bind(MAX_LISTED)
    .fetch_all(grant.database().reader())
    .await?;
    let view = |(id, email, role, since_ms): (String, String, String, i64)| InvitationView {
        id,
        email: shown(&email),
        role: shown(&role),
        since_ms,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Stores an invitation as Clerk returned it, with its audit entry.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn invite(grant: &Granted<InviteMember>, answered: &Invitation) -> Result<(), StoreError> {
    let subject = answered.email.clone();
    store_change(grant, answered, ChangeView { subject, from: String::new(), to: answered.role.clone() }).await
}

/// Reads the invitation that the grant wants to revoke.
///
/// # Errors
/// [`StoreError::NotFound`] if this organization has no pending invitation with that id; or the
/// error of the database.
pub async fn find(grant: &Granted<RevokeInvitation>) -> Result<FoundInvitation, StoreError> {
    let found: Option<(String, String)> = sqlx::query_as(
        "select coalesce(email, ''), role from invitations \
         where organization_id = $1 and id = $2 and status = 'pending'",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().invitation_id.as_str())
    .fetch_optional(grant.database().reader())
    .await?;
    let (email, role) = found.ok_or(StoreError::NotFound)?;
    Ok(FoundInvitation { email, role })
}

/// Stores the revoked invitation as Clerk returned it, with its audit entry.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn revoke(
    grant: &Granted<RevokeInvitation>,
    found: FoundInvitation,
    answered: &Invitation,
) -> Result<(), StoreError> {
    store_change(grant, answered, ChangeView { subject: found.email, from: found.role, to: "revoked".to_owned() }).await
}

async fn store_change<Op: Operation>(
    grant: &Granted<Op>,
    answered: &Invitation,
    change: ChangeView,
) -> Result<(), StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    answered.upsert(&mut transaction).await?;
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}
