//! Users: search, bans and locks.

use super::client::BackendApi;
use super::commands::Commands;
use super::error::BackendApiError;
use crate::ids::UserId;
use crate::objects::User;
use reqwest::Method;
use serde::Deserialize;

impl Commands<'_> {
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
    /// As [`Commands::ban_user`].
    pub async fn unban_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "unban").await
    }

    /// Locks a user: they cannot sign in, and their running sessions stay.
    ///
    /// # Errors
    /// As [`Commands::ban_user`].
    pub async fn lock_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "lock").await
    }

    /// Lifts a lock.
    ///
    /// # Errors
    /// As [`Commands::ban_user`].
    pub async fn unlock_user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.change_user(user, "unlock").await
    }

    async fn change_user(&self, user: &UserId, verb: &str) -> Result<User, BackendApiError> {
        let answered: User = self.api.change(Method::POST, &["users", user.as_str(), verb], None).await?;
        if answered.id == *user {
            Ok(answered)
        } else {
            Err(BackendApiError::Unavailable("the answer is about another user".to_owned()))
        }
    }
}

impl BackendApi {
    /// One user.
    ///
    /// # Errors
    /// Clerk does not have the user, or cannot be reached.
    pub async fn user(&self, user: &UserId) -> Result<User, BackendApiError> {
        self.object(&["users", user.as_str()]).await
    }

    /// Users whose name, email address or id contains `text`, newest first. Empty text finds all
    /// users.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn search_users(&self, text: &str, offset: usize, limit: usize) -> Result<Vec<User>, BackendApiError> {
        let filter = [("order_by", "-created_at"), ("query", text)];
        let filter = if text.is_empty() { &filter[..1] } else { &filter[..] };
        self.part(&["users"], filter, offset, limit).await.map(|(_, users, _)| users)
    }

    /// The number of users of the instance.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn count_users(&self) -> Result<u64, BackendApiError> {
        #[derive(Deserialize)]
        struct Count {
            total_count: u64,
        }
        let answer = self.answer(Method::GET, self.url(&["users", "count"]), None).await?;
        let Count { total_count } = answer.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        Ok(total_count)
    }
}
