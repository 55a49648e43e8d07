//! Pending invitations to the grant's organization: the list, and the begin of commands at Clerk.

use super::command_intents::{self, Change, Intent, NewIntent};
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{InvitationView, InviteMember, ListInvitations, Operation, ResendInvitation, RevokeInvitation};
use domain::text::{shown, shown_or};
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::QueryAs;

/// The list shows at most 100 invitations. Invitations expire, so older ones are rarely still
/// pending.
const MAX_LISTED: i64 = 100;

/// Reads the pending invitations, newest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListInvitations>) -> Result<Vec<InvitationView>, StoreError> {
    let rows: Vec<(String, Option<String>, String, i64)> = sqlx::query_as(
        "select id, email, role, created_at from invitations \
         where organization_id = $1 and status = 'pending' and (expires_at is null or expires_at > $2) \
         order by created_at desc, id limit $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.now_ms())
    .bind(MAX_LISTED)
    .fetch_all(grant.database().reader())
    .await?;
    let view = |(id, email, role, since_ms): (String, Option<String>, String, i64)| InvitationView {
        id,
        // The address belonged to a user who was deleted.
        email: shown_or(email.as_deref(), "Address erased"),
        role: shown(&role),
        since_ms,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Begins an invitation. `role` has the form of Clerk's API, `org:member` for example.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn begin_invitation(grant: &Granted<InviteMember>, role: &str) -> Result<Intent, StoreError> {
    let transaction = grant.database().writer().begin().await?;
    let email_address = grant.input().email_address.clone();
    let change = Change::Invite { email_address: email_address.clone(), role: role.to_owned() };
    let new = NewIntent { change, subject: email_address, from: String::new() };
    command_intents::begin(grant, transaction, new).await
}

/// Begins the revocation of an invitation.
///
/// # Errors
/// [`StoreError::NotFound`] if this organization has no pending invitation with that id; or the
/// error of the database.
pub async fn begin_revocation(grant: &Granted<RevokeInvitation>) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let id = grant.input().invitation_id.clone();
    let (email, from) = pending(grant, &id).fetch_optional(&mut *transaction).await?.ok_or(StoreError::NotFound)?;
    let subject = email.unwrap_or_else(|| id.clone());
    let new = NewIntent { change: Change::RevokeInvitation { id }, subject, from };
    command_intents::begin(grant, transaction, new).await
}

/// The role of a pending invitation that can be sent again, without the leading `org:`.
///
/// # Errors
/// As [`begin_resending`].
pub async fn pending_role(grant: &Granted<ResendInvitation>) -> Result<String, StoreError> {
    let query = pending(grant, &grant.input().invitation_id);
    let found = query.fetch_optional(grant.database().reader()).await?;
    found.map(|(_, role)| role).ok_or(StoreError::NotFound)
}

/// Begins to send an invitation again. `role` has the form of Clerk's API.
///
/// # Errors
/// [`StoreError::NotFound`] if this organization has no pending invitation with that id, or its
/// address is erased; or the error of the database.
pub async fn begin_resending(grant: &Granted<ResendInvitation>, role: &str) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let id = grant.input().invitation_id.clone();
    let (email, from) = pending(grant, &id).fetch_optional(&mut *transaction).await?.ok_or(StoreError::NotFound)?;
    let email_address = email.ok_or(StoreError::NotFound)?;
    let subject = email_address.clone();
    let new =
        NewIntent { change: Change::ResendInvitation { id, email_address, role: role.to_owned() }, subject, from };
    command_intents::begin(grant, transaction, new).await
}

/// The address and the role of a pending invitation of the grant's organization.
fn pending<'q, Op: Operation>(
    grant: &'q Granted<Op>,
    id: &'q str,
) -> QueryAs<'q, Any, (Option<String>, String), AnyArguments> {
    sqlx::query_as("select email, role from invitations where organization_id = $1 and id = $2 and status = 'pending'")
        .bind(grant.actor().organization.as_str())
        .bind(id)
}
