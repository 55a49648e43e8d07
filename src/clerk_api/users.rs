//! People of the whole instance.

use super::ClerkApiError;
use crate::access::Granted;
use crate::clerk_objects::{Session, User};
use crate::store::{self, Page};
use domain::operation::{BanUser, ListUsers, LockUser, OnUser, UnbanUser, UnlockUser};
use reqwest::Method;

/// Lists people as Clerk has them now, newest first.
///
/// # Errors
/// Clerk cannot be asked.
pub async fn list_users(by: &Granted<ListUsers>) -> Result<Page<User>, ClerkApiError> {
    let ListUsers { page, query } = by.input();
    let offset = usize::try_from(*page).unwrap_or(usize::MAX).saturating_mul(store::PAGE_ROWS);
    Ok(store::page(by.clerk_api().search_users(query, offset, store::PAGE_ROWS + 1).await?))
}

/// Keeps the person of the grant out, and tells which of their sessions Clerk ends with it. The tokens that are still alive end here.
///
/// # Errors
/// Clerk does not have the person, or cannot be asked.
pub async fn ban(by: &Granted<BanUser>) -> Result<(User, Vec<Session>), ClerkApiError> {
    let id = by.user()?;
    let mut ended = by.clerk_api().running_sessions(&id).await?;
    let banned = told(by, "ban").await?;
    // Whoever signed in between the two is banned as well; that the list cannot be had once more does not undo it.
    ended.extend(by.clerk_api().running_sessions(&id).await.unwrap_or_default());
    for session in &mut ended {
        session.status = "revoked".to_owned();
        by.ended().insert(session.id.clone(), by.now_ms());
    }
    Ok((banned, ended))
}

/// Lets a banned person in again.
///
/// # Errors
/// As [`ban`].
pub async fn unban(by: &Granted<UnbanUser>) -> Result<User, ClerkApiError> {
    told(by, "unban").await
}

/// Keeps the person of the grant from signing in.
///
/// # Errors
/// As [`ban`].
pub async fn lock(by: &Granted<LockUser>) -> Result<User, ClerkApiError> {
    told(by, "lock").await
}

/// Lets a locked person sign in again.
///
/// # Errors
/// As [`ban`].
pub async fn unlock(by: &Granted<UnlockUser>) -> Result<User, ClerkApiError> {
    told(by, "unlock").await
}

async fn told<Op: OnUser>(by: &Granted<Op>, verb: &str) -> Result<User, ClerkApiError> {
    let id = by.user()?;
    let user: User = by.clerk_api().change(Method::POST, &["users", id.as_str(), verb], None).await?;
    // The answer is stored as it is.
    if user.id == id {
        Ok(user)
    } else {
        Err(ClerkApiError::Unavailable("the answer is about another user".to_owned()))
    }
}
