//! Lists of the Backend API, page by page.

use super::sessions::SessionOfClient;
use super::{BackendApi, BackendApiError};
use crate::ids::{OrganizationId, UserId};
use crate::objects::{ClerkObject, Invitation, Membership, Organization, Permission, Role, Session, User};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

/// Objects on a page, the most that Clerk gives.
const PAGE: usize = 500;

/// One page of a list. An object that cannot be read is left out.
#[derive(Debug)]
pub struct ListPage<T> {
    /// The objects.
    pub objects: Vec<T>,
    /// Objects on all pages, where Clerk says it.
    pub total: Option<u64>,
    /// Where the next page begins.
    pub next: Option<usize>,
}

/// Some lists are bare, some are counted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Bare(Vec<Value>),
    Counted { data: Vec<Value>, total_count: u64 },
}

// Where Clerk can order a list, the oldest objects come first, so that an object that is created
// meanwhile stands at the end.
impl BackendApi {
    /// Users, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn users(&self, offset: usize) -> Result<ListPage<User>, BackendApiError> {
        self.oldest_first(&["users"], offset).await
    }

    /// Organizations, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn organizations(&self, offset: usize) -> Result<ListPage<Organization>, BackendApiError> {
        self.oldest_first(&["organizations"], offset).await
    }

    /// Memberships of an organization, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn memberships(
        &self,
        of: &OrganizationId,
        offset: usize,
    ) -> Result<ListPage<Membership>, BackendApiError> {
        self.oldest_first(&["organizations", of.as_str(), "memberships"], offset).await
    }

    /// Pending invitations to an organization, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn invitations(
        &self,
        to: &OrganizationId,
        offset: usize,
    ) -> Result<ListPage<Invitation>, BackendApiError> {
        self.list(&["organizations", to.as_str(), "invitations"], &[("status", "pending")], offset).await
    }

    /// Memberships of one user in all organizations, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk does not have the user, or cannot be reached.
    pub async fn user_memberships(
        &self,
        user: &UserId,
        offset: usize,
    ) -> Result<ListPage<Membership>, BackendApiError> {
        self.list(&["users", user.as_str(), "organization_memberships"], &[], offset).await
    }

    /// Whether Clerk has an object: `collection` is `users` or `organizations`.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn exists(&self, collection: &str, id: &str) -> Result<bool, BackendApiError> {
        match self.answer(Method::GET, self.url(&[collection, id]), None).await {
            Ok(_) => Ok(true),
            Err(BackendApiError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Roles of the instance, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn roles(&self, offset: usize) -> Result<ListPage<Role>, BackendApiError> {
        self.list(&["organization_roles"], &[], offset).await
    }

    /// Permissions of the instance, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn permissions(&self, offset: usize) -> Result<ListPage<Permission>, BackendApiError> {
        self.list(&["organization_permissions"], &[], offset).await
    }

    async fn oldest_first<T: ClerkObject>(&self, path: &[&str], offset: usize) -> Result<ListPage<T>, BackendApiError> {
        self.list(path, &[("order_by", "+created_at")], offset).await
    }

    async fn list<T: ClerkObject>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        offset: usize,
    ) -> Result<ListPage<T>, BackendApiError> {
        let (given, objects, total) = self.part(path, filter, offset, PAGE).await?;
        // A service may give fewer at a time than were asked for; where it says how many there are, that decides.
        let end = offset + given;
        let more = total.map_or(given >= PAGE, |total| u64::try_from(end).is_ok_and(|end| end < total));
        Ok(ListPage { objects, total, next: (given > 0 && more).then_some(end) })
    }

    /// So many objects from `offset` on: how many Clerk gave, those that could be read, and how many there are.
    async fn part<T: ClerkObject>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        offset: usize,
        limit: usize,
    ) -> Result<(usize, Vec<T>, Option<u64>), BackendApiError> {
        let mut url = self.url(path);
        let (limit, offset) = (limit.to_string(), offset.to_string());
        url.query_pairs_mut().extend_pairs([("limit", &limit), ("offset", &offset)]).extend_pairs(filter);
        let answer = self.answer(Method::GET, url, None).await?;
        let body = answer.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        let (given, total) = match body {
            Body::Bare(objects) => (objects, None),
            Body::Counted { data, total_count } => (data, Some(total_count)),
        };
        let objects: Vec<_> = given.iter().filter_map(T::read).collect();
        if objects.len() < given.len() {
            let left_out = given.len() - objects.len();
            tracing::warn!(left_out, list = ?path.last(), "objects that lack what makes them one were left out");
        }
        Ok((given.len(), objects, total))
    }

    /// People whose name, address or id contains a text, newest first; blank finds everybody.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub async fn search_users(&self, text: &str, offset: usize, limit: usize) -> Result<Vec<User>, BackendApiError> {
        let filter = [("order_by", "-created_at"), ("query", text)];
        let filter = if text.is_empty() { &filter[..1] } else { &filter[..] };
        self.part(&["users"], filter, offset, limit).await.map(|(_, users, _)| users)
    }

    /// The running sessions of a user, also those with something left to do after sign-in.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub async fn running_user_sessions(&self, user: &UserId) -> Result<Vec<Session>, BackendApiError> {
        let mut running = Vec::new();
        // One that gets through with its tasks in between is in both lists rather than in none.
        for status in ["pending", "active"] {
            let filter = [("user_id", user.as_str()), ("status", status)];
            running.extend(self.part::<Session>(&["sessions"], &filter, 0, PAGE).await?.1);
        }
        running.retain(|session| session.user == *user);
        Ok(running)
    }

    /// The sessions of a client, which have ended too.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub(super) async fn sessions_of_client(&self, client: &str) -> Result<Vec<SessionOfClient>, BackendApiError> {
        Ok(self.part(&["sessions"], &[("client_id", client)], 0, PAGE).await?.1)
    }

    /// How many users the instance has.
    ///
    /// # Errors
    /// Clerk cannot be asked.
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
