//! One page of a list. Several operations answer with it.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// This page, counted from 0.
    pub page: u32,
    /// Whether there is a next page.
    pub more: bool,
}

impl<T> PageView<T> {
    /// The page without the row that was read in addition to `size` rows, which shows that there is
    /// a next page.
    #[must_use]
    pub fn of(mut rows: Vec<T>, page: u32, size: usize) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        Self { rows, page, more }
    }

    /// The page with other rows.
    #[must_use]
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> PageView<U> {
        PageView { rows: self.rows.into_iter().map(row).collect(), page: self.page, more: self.more }
    }
}
