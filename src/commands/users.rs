//! Commands on users of the whole instance.

use super::error::CommandError;
use super::run_detached::run_detached;
use crate::access::Granted;
use crate::store::users;
use domain::operation::{BanUser, LockUser, UnbanUser, UnlockUser};

/// Bans a user and ends their sessions; their tokens stop working at once.
///
/// # Errors
/// Clerk, or the database.
pub async fn ban_user(grant: Granted<BanUser>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = users::find(grant).await?;
            let (api, id) = (grant.backend_api(), grant.target());
            let mut ended = api.running_user_sessions(id).await?;
            let banned = api.ban_user(id).await?;
            // A session that started between the two calls ends too. If the second list fails, the
            // ban still stands.
            ended.extend(api.running_user_sessions(id).await.unwrap_or_default());
            for session in &mut ended {
                session.status = "revoked".to_owned();
                grant.revoked_sessions().insert(session.id.clone(), grant.now_ms());
            }
            Ok(users::ban(grant, found, &banned, &ended).await?)
        })
    })
    .await
}

/// Lifts a ban.
///
/// # Errors
/// Clerk, or the database.
pub async fn unban_user(grant: Granted<UnbanUser>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = users::find(grant).await?;
            let user = grant.backend_api().unban_user(grant.target()).await?;
            Ok(users::unban(grant, found, &user).await?)
        })
    })
    .await
}

/// Locks a user: they cannot sign in any more.
///
/// # Errors
/// Clerk, or the database.
pub async fn lock_user(grant: Granted<LockUser>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = users::find(grant).await?;
            let user = grant.backend_api().lock_user(grant.target()).await?;
            Ok(users::lock(grant, found, &user).await?)
        })
    })
    .await
}

/// Lifts a lock.
///
/// # Errors
/// Clerk, or the database.
pub async fn unlock_user(grant: Granted<UnlockUser>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = users::find(grant).await?;
            let user = grant.backend_api().unlock_user(grant.target()).await?;
            Ok(users::unlock(grant, found, &user).await?)
        })
    })
    .await
}
