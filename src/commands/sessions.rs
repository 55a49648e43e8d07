//! Commands that end sessions of members.

use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::sessions;
use domain::operation::{RevokeOtherSessions, RevokeSession, SignOutEverywhere};

/// Ends a session of a member; its token stops working at once.
///
/// # Errors
/// Clerk or the database fails.
pub async fn revoke_session(grant: Granted<RevokeSession>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(sessions::begin_revocation(grant).await?) })).await
}

/// Ends every session of a member, including sessions that no webhook has reported; their tokens
/// stop working at once. The database stores the ended sessions even if Clerk could not end others.
///
/// # Errors
/// Clerk or the database fails.
pub async fn sign_out_everywhere(grant: Granted<SignOutEverywhere>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(sessions::begin_sign_out_everywhere(grant).await?) })).await
}

/// Ends every session of the caller except the one that asks; their tokens stop working at once.
///
/// # Errors
/// Clerk or the database fails.
pub async fn revoke_other_sessions(grant: Granted<RevokeOtherSessions>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(sessions::begin_revocation_of_others(grant).await?) })).await
}
