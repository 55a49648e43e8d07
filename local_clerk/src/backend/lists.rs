//! What a list is asked for: filters that may be given more than once, a text to look for, an order.

use crate::answer;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use std::cmp::Ordering;

/// The parameters of a list, as often as they were given.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Asked(Vec<(String, String)>);

/// What a list can be ordered by: the parameter's value, and where it stands in an object (a JSON pointer, RFC 6901).
pub(super) type Keys = [(&'static str, &'static str)];

impl Asked {
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_it = move |found: &str| found == name || found.strip_suffix("[]") == Some(name);
        self.0.iter().filter(move |(found, value)| is_it(found) && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Whether one of the values asked for fits, or none was asked for.
    pub(super) fn any(&self, name: &str, fits: impl FnMut(&str) -> bool) -> bool {
        self.one(name).is_none() || self.all(name).any(fits)
    }

    /// `…_before`, `…_after` and `…_since` of a time, in milliseconds.
    pub(super) fn has_time(&self, name: &str, at: Option<i64>) -> bool {
        let limit = |end: &str| self.one(&format!("{name}_{end}")).map(|text| text.parse().unwrap_or(i64::MAX));
        limit("before").is_none_or(|limit| at.is_some_and(|at| at < limit))
            && limit("after").is_none_or(|limit| at.is_some_and(|at| at > limit))
            && limit("since").is_none_or(|limit| at.is_some_and(|at| at >= limit))
    }

    /// The text to look for, in small letters; blank finds everything.
    pub(super) fn text(&self, name: &str) -> String {
        self.one(name).unwrap_or_default().trim().to_lowercase()
    }

    /// Puts a list in the order that was asked for: newest first if in none.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(super) fn ordered(&self, mut list: Vec<Value>, keys: &Keys) -> Result<Vec<Value>, Response> {
        // A plus that nobody encoded is a space by now.
        let wanted = self.one("order_by").unwrap_or("-created_at").trim();
        let (descending, name) = match wanted.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, wanted.trim_start_matches('+')),
        };
        let Some((_, pointer)) = keys.iter().find(|(key, _)| *key == name) else {
            let text = "This list cannot be ordered so.";
            return Err(answer::field_error("form_param_value_invalid", "order_by", text));
        };
        list.sort_by(|one, other| {
            let order = compared(one.pointer(pointer), other.pointer(pointer));
            if descending { order.reverse() } else { order }
        });
        Ok(list)
    }

    /// What comes after an object that is known already. The cursor goes with the order of creation only (Clerk behaviour).
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(super) fn after_cursor(&self, list: Vec<Value>) -> Result<Vec<Value>, Response> {
        let Some(cursor) = self.one("starting_after") else { return Ok(list) };
        let by_creation = self.one("order_by").is_none_or(|order| order.ends_with("created_at"));
        let place = list.iter().position(|object| object["id"] == cursor);
        match place.filter(|_| by_creation) {
            Some(place) => Ok(list.into_iter().skip(place + 1).collect()),
            None => {
                let text = "It names no object of this list, or the list is not in the order of creation.";
                Err(answer::field_error("form_param_value_invalid", "starting_after", text))
            }
        }
    }
}

fn compared(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let number = |value: Option<&Value>| value.and_then(Value::as_i64);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_lowercase);
    number(one).cmp(&number(other)).then_with(|| text(one).cmp(&text(other)))
}
