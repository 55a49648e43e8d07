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

/// The most pages that a search reads, so that it ends even if Clerk repeats pages.
pub const MAX_PAGES: usize = 20;

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

    /// Searches the invitations to an organization, of every status.
    ///
    /// # Errors
    /// Clerk does not have the organization, has more than [`MAX_PAGES`] pages, or cannot be
    /// reached.
    pub async fn find_invitation(
        &self,
        to: &OrganizationId,
        is_it: impl Fn(&Invitation) -> bool,
    ) -> Result<Option<Invitation>, BackendApiError> {
        self.find(&["organizations", to.as_str(), "invitations"], is_it).await
    }

    /// Searches the memberships of one user in all organizations.
    ///
    /// # Errors
    /// Clerk does not have the user, has more than [`MAX_PAGES`] pages, or cannot be reached.
    pub async fn find_user_membership(
        &self,
        user: &UserId,
        is_it: impl Fn(&Membership) -> bool,
    ) -> Result<Option<Membership>, BackendApiError> {
        self.find(&["users", user.as_str(), "organization_memberships"], is_it).await
    }

    /// Searches the roles of the instance.
    ///
    /// # Errors
    /// The plan of the instance has no list of roles ([`BackendApiError::NotFound`]), Clerk has
    /// more than [`MAX_PAGES`] pages, or cannot be reached.
    pub async fn find_role(&self, is_it: impl Fn(&Role) -> bool) -> Result<Option<Role>, BackendApiError> {
        self.find(&["organization_roles"], is_it).await
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

    /// Reads a list page by page until it finds an object. `None`: no page has it. A list that goes
    /// on after the last page that is read is an outage, because the object may be on the next one.
    async fn find<T: ClerkObject>(
        &self,
        path: &[&str],
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, BackendApiError> {
        let mut offset = Some(0);
        for _ in 0..MAX_PAGES {
            let Some(from) = offset else { return Ok(None) };
            let page = self.list(path, &[], from).await?;
            if let Some(object) = page.objects.into_iter().find(&is_it) {
                return Ok(Some(object));
            }
            offset = page.next;
        }
        match offset {
            None => Ok(None),
            Some(_) => Err(BackendApiError::Unavailable(format!("the list has more than {MAX_PAGES} pages"))),
        }
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
