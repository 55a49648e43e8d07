//! Lists: the page that is asked for, filters that may be repeated, search texts, an order.

use super::answer::Answer;
use crate::model::{Membership, Refused, Result, State};
use crate::{json, json::organizations::membership};
use axum::extract::{FromRequestParts, Query, rejection::QueryRejection};
use axum::{Json, http::request::Parts};
use serde::Deserialize;
use serde_json::Value;
use std::cmp::Ordering;

#[derive(Deserialize)]
struct Page {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

/// The parameters of a list: its page, and the others in their order. A name may be repeated.
pub(super) struct ListQuery {
    page: Page,
    parameters: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = QueryRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, QueryRejection> {
        let Query(page) = Query::from_request_parts(parts, state).await?;
        let Query(parameters) = Query::from_request_parts(parts, state).await?;
        Ok(Self { page, parameters })
    }
}

/// The keys that a list can be ordered by: the parameter's value, and its place in an object (a
/// JSON pointer, RFC 6901).
pub(super) type SortKeys = [(&'static str, &'static str)];

impl ListQuery {
    /// The part that is asked for: `limit` (10, at most 500) and `offset`.
    pub(super) fn part(&self, list: Vec<Value>) -> Vec<Value> {
        list.into_iter().skip(self.page.offset).take(self.page.limit.unwrap_or(10).clamp(1, 500)).collect()
    }

    /// The part with the length of the whole list.
    pub(super) fn page(&self, list: Vec<Value>) -> Value {
        let total = list.len();
        json::part_of_list(&self.part(list), total)
    }

    /// Sorts a list, and answers with the page.
    pub(super) fn answer(&self, list: impl Iterator<Item = Value>, keys: &SortKeys) -> Answer {
        Ok(Json(self.page(self.sorted(list.collect(), keys)?)))
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_it = move |found: &str| found == name || found.strip_suffix("[]") == Some(name);
        self.parameters
            .iter()
            .filter(move |(found, value)| is_it(found) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Whether one of the values of a parameter matches, or the parameter is absent.
    pub(super) fn matches(&self, name: &str, is_match: impl FnMut(&str) -> bool) -> bool {
        self.one(name).is_none() || self.all(name).any(is_match)
    }

    /// Whether a time is within `…_before`, `…_after` and `…_since`, in milliseconds.
    pub(super) fn is_in_time(&self, name: &str, at: Option<i64>) -> bool {
        let limit = |end: &str| self.one(&format!("{name}_{end}")).map(|text| text.parse().unwrap_or(i64::MAX));
        limit("before").is_none_or(|limit| at.is_some_and(|at| at < limit))
            && limit("after").is_none_or(|limit| at.is_some_and(|at| at > limit))
            && limit("since").is_none_or(|limit| at.is_some_and(|at| at >= limit))
    }

    /// The text to search for, in small letters; empty matches everything.
    pub(super) fn search(&self, name: &str) -> String {
        self.one(name).unwrap_or_default().trim().to_lowercase()
    }

    /// The members of an organization that the parameters ask for.
    pub(super) fn members<'a>(&'a self, state: &'a State, organization: &'a str) -> impl Iterator<Item = Value> + 'a {
        let text = self.search("query");
        let is_match = move |found: &&Membership| {
            let user = state.user(&found.user).map(|user| format!("{} {} {}", user.name(), user.email, user.id));
            found.organization == organization
                && user.is_some_and(|user| user.to_lowercase().contains(&text))
                && self.matches("role", |role| role.trim_start_matches("org:") == found.role)
                && self.matches("user_id", |user| user == found.user)
        };
        state.memberships.iter().filter(is_match).map(|found| membership(state, found))
    }

    /// Sorts a list; the default is the newest first.
    pub(super) fn sorted(&self, mut list: Vec<Value>, keys: &SortKeys) -> Result<Vec<Value>> {
        // A plus that was not encoded is a space here.
        let wanted = self.one("order_by").unwrap_or("-created_at").trim();
        let (descending, name) = match wanted.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, wanted.trim_start_matches('+')),
        };
        let Some((_, pointer)) = keys.iter().find(|(key, _)| *key == name) else {
            return Err(Refused::invalid_value("order_by", "The list cannot be ordered by this key."));
        };
        list.sort_by(|one, other| {
            let order = compare(one.pointer(pointer), other.pointer(pointer));
            if descending { order.reverse() } else { order }
        });
        Ok(list)
    }

    /// The part of a list after the object in `starting_after`, which only works in the order of
    /// creation (Clerk behaviour).
    pub(super) fn after_cursor(&self, list: Vec<Value>) -> Result<Vec<Value>> {
        let Some(cursor) = self.one("starting_after") else { return Ok(list) };
        let by_creation = self.one("order_by").is_none_or(|order| order.ends_with("created_at"));
        let place = list.iter().position(|object| object["id"] == cursor);
        match place.filter(|_| by_creation) {
            Some(place) => Ok(list.into_iter().skip(place + 1).collect()),
            None => {
                let text = "The cursor is not in the list, or the list is not in the order of creation.";
                Err(Refused::invalid_value("starting_after", text))
            }
        }
    }
}

fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let number = |value: Option<&Value>| value.and_then(Value::as_i64);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_lowercase);
    number(one).cmp(&number(other)).then_with(|| text(one).cmp(&text(other)))
}
