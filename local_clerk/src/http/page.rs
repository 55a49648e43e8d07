//! Pages of lists.

use crate::json;
use axum::Json;
use serde::Deserialize;
use serde_json::Value;

/// The part of a list that is asked for: `limit` (10, at most 500) and `offset`.
#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

impl Page {
    pub(super) fn of(&self, list: Vec<Value>) -> Vec<Value> {
        list.into_iter().skip(self.offset).take(self.limit.unwrap_or(10).clamp(1, 500)).collect()
    }

    /// The page with the length of the whole list.
    pub(super) fn counted(&self, list: Vec<Value>) -> Json<Value> {
        let total = list.len();
        Json(json::list(&self.of(list), total))
    }
}
