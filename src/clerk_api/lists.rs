//! Lists of the Backend API, page by page.

use super::{ClerkApi, ClerkApiError, unreadable};
use crate::ids::{OrganizationId, SessionId};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

/// Objects on a page, the most that Clerk gives.
const PAGE: usize = 500;

/// A list.
#[derive(Clone, Debug)]
pub(crate) enum List {
    /// All users of the instance.
    Users,
    /// All organizations.
    Organizations,
    /// The members of one.
    Members(OrganizationId),
}

/// One page of a list. The objects are as Clerk has them: who stores them takes what is needed, and unknown members do no harm.
#[derive(Debug)]
pub(crate) struct ListPage {
    pub(crate) objects: Vec<Value>,
    /// Objects on all pages, where Clerk says it.
    pub(crate) total: Option<u64>,
    /// Where the next page begins.
    pub(crate) next: Option<usize>,
}

/// Some lists are bare, some are counted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Bare(Vec<Value>),
    Counted { data: Vec<Value>, total_count: u64 },
}

impl ClerkApi {
    /// A page of a list, oldest objects first, so that what is created meanwhile comes at the end.
    ///
    /// # Errors
    /// Clerk does not have the list, or cannot be asked.
    pub(crate) async fn page(&self, list: &List, offset: usize) -> Result<ListPage, ClerkApiError> {
        let mut url = match list {
            List::Users => self.url(&["users"]),
            List::Organizations => self.url(&["organizations"]),
            List::Members(organization) => self.url(&["organizations", organization.as_str(), "memberships"]),
        };
        let (limit, offset_text) = (PAGE.to_string(), offset.to_string());
        url.query_pairs_mut().extend_pairs([
            ("limit", limit.as_str()),
            ("offset", &offset_text),
            ("order_by", "+created_at"),
        ]);
        let body = self.answer(Method::GET, url, None).await?.json().await.map_err(|error| unreadable(&error))?;
        let (objects, total) = match body {
            Body::Bare(objects) => (objects, None),
            Body::Counted { data, total_count } => (data, Some(total_count)),
        };
        let next = (!objects.is_empty() && objects.len() >= PAGE).then_some(offset + objects.len());
        Ok(ListPage { objects, total, next })
    }

    /// The running sessions of a user.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub(crate) async fn running_sessions(&self, user: &str) -> Result<Vec<SessionId>, ClerkApiError> {
        let mut url = self.url(&["sessions"]);
        let limit = PAGE.to_string();
        url.query_pairs_mut().extend_pairs([("user_id", user), ("status", "active"), ("limit", &limit)]);
        let body = self.answer(Method::GET, url, None).await?.json().await.map_err(|error| unreadable(&error))?;
        let (Body::Bare(objects) | Body::Counted { data: objects, .. }) = body;
        let id = |object: &Value| object.get("id").and_then(Value::as_str).and_then(|id| SessionId::parse(id).ok());
        Ok(objects.iter().filter_map(id).collect())
    }

    /// How many users the instance has.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub(crate) async fn count_users(&self) -> Result<u64, ClerkApiError> {
        #[derive(Deserialize)]
        struct Count {
            total_count: u64,
        }
        let answer = self.answer(Method::GET, self.url(&["users", "count"]), None).await?;
        let Count { total_count } = answer.json().await.map_err(|error| unreadable(&error))?;
        Ok(total_count)
    }
}
