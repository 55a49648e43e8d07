//! Changes at Clerk: there first, because Clerk is what signs the next token, then in the copy with the audit row.
//!
//! A change runs to its end in a task of its own. Whoever hangs up after asking, or waits no longer, does not keep the audit log from saying what was
//! done; and what Clerk refused is written down as every other refusal.

use crate::access::Granted;
use crate::clerk_api::{self, ClerkApiError};
use crate::store::{StoreError, invitations, members, sessions, users};
use domain::operation::{
    BanUser, ChangeRole, InviteMember, LockUser, Operation, RemoveMember, RevokeInvitation, RevokeSession,
    SignOutEverywhere, UnbanUser, UnlockUser,
};
use domain::refusal::Refusal;
use std::future::Future;
use std::pin::Pin;

/// Why a change was not made, or not made whole.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Clerk.
    #[error("at Clerk: {0}")]
    Clerk(#[from] ClerkApiError),
    /// The database.
    #[error("in the copy: {0}")]
    Store(#[from] StoreError),
    /// The task ended before its time; its panic is in the log.
    #[error("the change broke off")]
    BrokeOff,
}

impl ChangeError {
    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Clerk(error) => error.refusal(),
            Self::Store(error) => error.refusal(),
            Self::BrokeOff => Refusal::Internal,
        }
    }
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), ChangeError>> + Send + 'a>>;

/// Runs a change to its end, whether somebody still waits for it or not.
async fn to_the_end<Op: Operation>(
    by: Granted<Op>,
    change: impl for<'a> FnOnce(&'a Granted<Op>) -> Work<'a> + Send + 'static,
) -> Result<(), ChangeError> {
    let task = tokio::spawn(async move {
        let outcome = change(&by).await;
        if let Err(error) = &outcome {
            tracing::warn!(%error, operation = Op::DECLARATION.name, request_id = by.request_id(), "a change was not made");
            by.note_refused(&error.refusal());
        }
        outcome
    });
    task.await.map_err(|_| ChangeError::BrokeOff)?
}

/// One function for each operation that changes something at Clerk. Their errors: Clerk, or the database.
macro_rules! changes { ($($(#[$doc:meta])* $name:ident($by:ident: $operation:ty) $body:block)*) => { $(
    $(#[$doc])*
    ///
    /// # Errors
    /// Clerk, or the database.
    pub async fn $name(by: Granted<$operation>) -> Result<(), ChangeError> {
        to_the_end(by, |$by| Box::pin(async move { $body; Ok(()) })).await
    }
)* } }

changes! {
    /// Gives a member another role.
    change_role(by: ChangeRole) {
        let found = members::find(by).await?;
        let changed = clerk_api::change_role(by).await?;
        members::change_role(by, found, &changed).await?
    }
    /// Takes a member out of the organization.
    remove_member(by: RemoveMember) {
        let found = members::find(by).await?;
        let removed = clerk_api::remove_member(by).await?;
        members::remove(by, found, &removed).await?
    }
    /// Invites somebody by email.
    invite_member(by: InviteMember) {
        let invitation = clerk_api::invite(by).await?;
        invitations::invite(by, &invitation).await?
    }
    /// Takes an invitation back.
    revoke_invitation(by: RevokeInvitation) {
        let found = invitations::find(by).await?;
        let revoked = clerk_api::revoke_invitation(by).await?;
        invitations::revoke(by, found, &revoked).await?
    }
    /// Ends a session of a member; its token stops working at once.
    revoke_session(by: RevokeSession) {
        let found = sessions::find(by).await?;
        let ended = clerk_api::revoke_session(by).await?;
        sessions::revoke(by, found, &ended).await?
    }
    /// Ends every session of a member. What was ended is stored and written down, also when not everything could be.
    sign_out_everywhere(by: SignOutEverywhere) {
        let found = members::find(by).await?;
        let all = clerk_api::sign_out_everywhere(by).await?;
        sessions::revoke_all(by, found, &all.ended, all.failed.is_none()).await?;
        if let Some(error) = all.failed {
            return Err(error.into());
        }
    }
    /// Keeps a person out of the instance and ends their sessions.
    ban_user(by: BanUser) {
        let found = users::find(by).await?;
        let (user, ended) = clerk_api::ban(by).await?;
        users::ban(by, found, &user, &ended).await?
    }
    /// Lets a banned person in again.
    unban_user(by: UnbanUser) {
        let found = users::find(by).await?;
        let user = clerk_api::unban(by).await?;
        users::unban(by, found, &user).await?
    }
    /// Keeps a person from signing in.
    lock_user(by: LockUser) {
        let found = users::find(by).await?;
        let user = clerk_api::lock(by).await?;
        users::lock(by, found, &user).await?
    }
    /// Lets a locked person sign in again.
    unlock_user(by: UnlockUser) {
        let found = users::find(by).await?;
        let user = clerk_api::unlock(by).await?;
        users::unlock(by, found, &user).await?
    }
}
