//! Pagination: the page size, and the split of a query's rows into a page.

use domain::page_view::PageView;

/// Rows on a page.
pub(super) const PAGE: i64 = 25;
pub(crate) const PAGE_ROWS: usize = PAGE as usize;

/// A page of rows out of a query that read one row more.
pub(crate) fn page<T>(rows: Vec<T>, page: u32) -> PageView<T> {
    PageView::of(rows, page, PAGE_ROWS)
}

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
