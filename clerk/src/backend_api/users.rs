//! Bans and locks of users.

use super::{BackendApi, BackendApiError};
use crate::ids::UserId;
use crate::objects::User;
use reqwest::Method;

impl BackendApi {
    /// Bans a user: Clerk ends their sessions and lets them start no other.
    ///
    /// # Errors
    /// Clerk does not have the user, or cannot be reached.
    pub async fn ban_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "ban").await
    }

    /// Lifts a ban.
    ///
    /// # Errors
    /// As [`BackendApi::ban_user`].
    pub async fn unban_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "unban").await
    }

    /// Locks a user: they cannot sign in, and their running sessions stay.
    ///
    /// # Errors
    /// As [`BackendApi::ban_user`].
    pub async fn lock_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "lock").await
    }

    /// Lifts a lock.
    ///
    /// # Errors
    /// As [`BackendApi::ban_user`].
    pub async fn unlock_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "unlock").await
    }

    async fn change_user(&self, user: &UserId, verb: &str) -> Result<User, BackendApiError> {
        let answered: User = self.change(Method::POST, &["users", user.as_str(), verb], None).await?;
        if answered.id == *user {
            Ok(answered)
        } else {
            Err(BackendApiError::Unavailable("the answer is about another user".to_owned()))
        }
    }
}
