//! The lists of the Backend API, page by page.

use super::client::BackendApi;
use super::error::BackendApiError;
use crate::ids::{OrganizationId, UserId};
use crate::objects::{ClerkObject, Invitation, Membership, Organization, Permission, Role, User};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

/// Objects on a page, which is the maximum of Clerk's API.
const PAGE: usize = 500;

/// One page of a list. An object that lacks a required member is left out.
#[derive(Debug)]
pub struct ListPage<T> {
    /// The objects.
    pub objects: Vec<T>,
    /// The number of objects on all pages, for the lists in which Clerk counts them.
    pub total: Option<u64>,
    /// The offset of the next page. `None`: this was the last page.
    pub next: Option<usize>,
}

/// The two shapes of a list in Clerk's API.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Bare(Vec<Value>),
    Counted { data: Vec<Value>, total_count: u64 },
}

// Where Clerk can order a list, the oldest objects come first. An object that is created between
// two pages is then at the end and not missed.
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

    /// Invitations to an organization of every status, newest first, one page from `offset` on.
    ///
    /// # Errors
    /// Clerk does not have the organization, or cannot be reached.
    pub async fn all_invitations(
        &self,
        to: &OrganizationId,
        offset: usize,
    ) -> Result<ListPage<Invitation>, BackendApiError> {
        self.list(&["organizations", to.as_str(), "invitations"], &[], offset).await
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

    /// Whether Clerk has an object of this id. `collection` is `users`, `organizations`,
    /// `organization_roles` or `organization_permissions`.
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

    /// Every object of a list, read page by page.
    pub(super) async fn all<T: ClerkObject>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
    ) -> Result<Vec<T>, BackendApiError> {
        let (mut found, mut offset) = (Vec::new(), Some(0));
        while let Some(from) = offset {
            let page = self.list(path, filter, from).await?;
            found.extend(page.objects);
            offset = page.next;
        }
        Ok(found)
    }

    async fn list<T: ClerkObject>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        offset: usize,
    ) -> Result<ListPage<T>, BackendApiError> {
        let (given, objects, total) = self.part(path, filter, offset, PAGE).await?;
        // A page may be shorter than requested, so the total decides where Clerk gives it.
        let end = offset + given;
        let more = total.map_or(given >= PAGE, |total| u64::try_from(end).is_ok_and(|end| end < total));
        Ok(ListPage { objects, total, next: (given > 0 && more).then_some(end) })
    }

    /// At most `limit` objects from `offset` on: the number that Clerk gave, the objects among them
    /// that can be read, and the total.
    pub(super) async fn part<T: ClerkObject>(
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
            tracing::warn!(left_out, list = ?path.last(), "objects without their required members were left out");
        }
        Ok((given.len(), objects, total))
    }
}
