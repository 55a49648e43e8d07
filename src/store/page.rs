//! Pages of lists.

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there is a next page.
    pub more: bool,
}

/// Rows on a page, for SQL and for everybody else.
pub(super) const PAGE: i64 = 25;
pub(crate) const PAGE_ROWS: usize = PAGE as usize;
/// A page of rows out of a query that asked for one row more.
pub(crate) fn page<T>(mut rows: Vec<T>) -> Page<T> {
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    Page { rows, more }
}

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
