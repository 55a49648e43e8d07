//! Pagination: the page size, and the split of a query's rows into a page.

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether a next page exists.
    pub more: bool,
}

/// Rows on a page, as SQL binds them.
pub(super) const PAGE: i64 = 25;
pub(crate) const PAGE_ROWS: usize = PAGE as usize;
/// Makes a page from the rows of a query with `limit PAGE + 1`: the extra row shows that a next
/// page exists.
pub(crate) fn page<T>(mut rows: Vec<T>) -> Page<T> {
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    Page { rows, more }
}

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
