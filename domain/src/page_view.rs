//! One page of a list. Several operations answer with it.

use serde::{Deserialize, Serialize};

/// One page of a list.
///
/// A page names its neighbours by the rows at its ends and not by numbers. Therefore a row that is
/// added or removed meanwhile neither repeats nor hides another one, and the last page costs the
/// database no more than the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The place of the previous page, where there is one; see [`CURSOR`](crate::input::CURSOR).
    pub previous: Option<String>,
    /// The place of the next page, where there is one.
    pub next: Option<String>,
}

impl<T> PageView<T> {
    /// The page with other rows.
    #[must_use]
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> PageView<U> {
        let Self { rows, previous, next } = self;
        PageView { rows: rows.into_iter().map(row).collect(), previous, next }
    }
}
