//! Invitations to the grant's organization that nobody has answered yet.

use super::audit::{self, Change};
use super::mirror::Mirrored;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::objects::Invitation;
use domain::operation::{InviteMember, ListInvitations, Operation, RevokeInvitation};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingInvitation {
    /// Clerk's id.
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// Since when, Unix milliseconds.
    pub since_ms: i64,
}

/// The most that are shown: what is older than these has mostly been answered or has run out.
const LATEST: i64 = 100;

/// Reads them, newest first.
///
/// # Errors
/// The database.
pub async fn list(grant: &Granted<ListInvitations>) -> Result<Vec<PendingInvitation>, StoreError> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "select id, coalesce(email, ''), role, created_at from invitations \
         where organization_id = $1 and status = 'pending' and (expires_at is null or expires_at > $2) order by created_at desc, id limit $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.now_ms())
    .bind(LATEST)
    .fetch_all(grant.database().reader())
    .await?;
    let invitation = |(id, email, role, since_ms)| PendingInvitation { id, email, role, since_ms };
    Ok(rows.into_iter().map(invitation).collect())
}

/// Stores an invitation, as Clerk answered it.
///
/// # Errors
/// The database.
pub async fn invite(grant: &Granted<InviteMember>, answered: &Invitation) -> Result<(), StoreError> {
    let subject = answered.email.clone();
    changed(grant, answered, Change { subject, from: String::new(), to: answered.role.clone() }).await
}

/// An invitation before it is taken back.
///
/// # Errors
/// [`StoreError::NotFound`] when it is none of this organization, or was answered already; or the database.
pub async fn find(grant: &Granted<RevokeInvitation>) -> Result<PendingInvitation, StoreError> {
    let found: Option<(String, String, String, i64)> = sqlx::query_as(
        "select id, coalesce(email, ''), role, created_at from invitations where organization_id = $1 and id = $2 and status = 'pending'",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().invitation_id.as_str())
    .fetch_optional(grant.database().reader())
    .await?;
    let (id, email, role, since_ms) = found.ok_or(StoreError::NotFound)?;
    Ok(PendingInvitation { id, email, role, since_ms })
}

/// Stores that an invitation was taken back, as Clerk answered.
///
/// # Errors
/// The database.
pub async fn revoke(
    grant: &Granted<RevokeInvitation>,
    found: PendingInvitation,
    answered: &Invitation,
) -> Result<(), StoreError> {
    changed(grant, answered, Change { subject: found.email, from: found.role, to: "revoked".to_owned() }).await
}

async fn changed<Op: Operation>(grant: &Granted<Op>, answered: &Invitation, change: Change) -> Result<(), StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    answered.keep(&mut transaction).await?;
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}
