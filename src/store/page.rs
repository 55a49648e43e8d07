//! Pages of a list by key: a page begins after, or ends before, a row that an earlier page showed.
//!
//! An offset would read and throw away all rows before the page, so the last page of a long list
//! would cost the most. Page numbers, which URLs of earlier versions contain, still work for the
//! first rows of a list.

use crate::db::StoreError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::page_view::PageView;

/// Rows on a page.
pub(super) const PAGE: i64 = 25;
pub(crate) const PAGE_ROWS: usize = PAGE as usize;
/// The last page number that is read by an offset: 1,000 rows are the price of an old URL.
const LAST_NUMBER: u32 = 40;

/// The place of a page in a list. A URL holds it as text that readers do not look into.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// The page with this number, counted from 0.
    Number(u32),
    /// The rows after the one with this id.
    After(String),
    /// The rows before the one with this id.
    Before(String),
}

impl Place {
    /// Text of no known form is the first page: a later version may have written it.
    fn parse(text: &str) -> Self {
        let place = match text.split_at_checked(1) {
            Some(("a", encoded)) => decoded_id(encoded).map(Self::After),
            Some(("b", encoded)) => decoded_id(encoded).map(Self::Before),
            _ => text.parse().ok().filter(|number| *number <= LAST_NUMBER).map(Self::Number),
        };
        place.unwrap_or(Self::Number(0))
    }

    fn after(id: &str) -> String {
        format!("a{}", encoded_id(id))
    }

    fn before(id: &str) -> String {
        format!("b{}", encoded_id(id))
    }
}

/// The rows that a statement reads for a page.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// The id of the row beside the slice; empty at the start of the list.
    pub(super) beside: String,
    /// Whether the rows are those before it. They are read in the opposite order, nearest first.
    pub(super) is_before: bool,
    /// The number of rows that are left out.
    pub(super) offset: i64,
    /// The time of the row beside, Unix milliseconds, if it is known. If that row is gone, the
    /// slice begins here and not at the start of the list.
    pub(super) beside_ms: Option<i64>,
}

impl Slice {
    /// The rows at the start of the list.
    pub(super) fn first() -> Self {
        Self { beside: String::new(), is_before: false, offset: 0, beside_ms: None }
    }
}

/// A row that a page can begin or end with.
pub(super) trait Listed {
    /// The id of the row, by which a neighbouring page is found.
    fn id(&self) -> &str;
}

/// The rows of a slice, as far as a read came.
pub(super) struct Found<T> {
    pub(super) rows: Vec<T>,
    /// The row at which the read stopped before it had enough rows; `None` at the end of the list.
    pub(super) stop: Option<Stop>,
}

/// A row at which a read stopped.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) id: String,
    /// The time of the row, Unix milliseconds.
    pub(super) at_ms: i64,
}

/// Reads the page at the place that `text` names. `read` reads the rows of a slice, at most one
/// more than fit on a page: the additional row shows that there is another page.
///
/// # Errors
/// The error of `read`.
pub(super) async fn read_page<T: Listed, F>(text: &str, read: impl Fn(Slice) -> F) -> Result<PageView<T>, StoreError>
where
    F: Future<Output = Result<Vec<T>, StoreError>>,
{
    let whole = |slice| {
        let rows = read(slice);
        async { Ok(Found { rows: rows.await?, stop: None }) }
    };
    let (page, _) = read_page_until(text, whole).await?;
    Ok(page)
}

/// As [`read_page`], for reads that may stop. Returns the time at which the read stopped and the
/// place where it goes on, too.
///
/// # Errors
/// The error of `read`.
pub(super) async fn read_page_until<T: Listed, F>(
    text: &str,
    read: impl Fn(Slice) -> F,
) -> Result<(PageView<T>, Option<(i64, String)>), StoreError>
where
    F: Future<Output = Result<Found<T>, StoreError>>,
{
    let place = Place::parse(text);
    if let Place::After(beside) = &place {
        let found = read(Slice { beside: beside.clone(), ..Slice::first() }).await?;
        // The rows after the place may have been deleted; then the page before it is shown.
        if !found.rows.is_empty() || found.stop.is_some() {
            return Ok(forward(found, Some(beside)));
        }
    }
    if let Place::After(beside) | Place::Before(beside) = &place {
        let found = read(Slice { beside: beside.clone(), is_before: true, ..Slice::first() }).await?;
        // Fewer rows than a page begin the list, and the first page is a full one.
        if found.rows.len() > PAGE_ROWS || found.stop.is_some() {
            return Ok(backward(found));
        }
    }
    if let Place::Number(number @ 1..) = place {
        let found = read(Slice { offset: i64::from(number) * PAGE, ..Slice::first() }).await?;
        if !found.rows.is_empty() {
            return Ok(forward(found, Some("")));
        }
    }
    Ok(forward(read(Slice::first()).await?, None))
}

/// `beside` is the row before the page; `None` for the first page.
fn forward<T: Listed>(found: Found<T>, beside: Option<&str>) -> (PageView<T>, Option<(i64, String)>) {
    let Found { mut rows, stop } = found;
    let has_next = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let stop = stop.filter(|_| !has_next).map(|stop| (stop.at_ms, Place::after(&stop.id)));
    let previous = beside.map(|beside| Place::before(rows.first().map_or(beside, Listed::id)));
    let next = rows.last().filter(|_| has_next).map(|row| Place::after(row.id()));
    let next = next.or_else(|| stop.as_ref().map(|(_, place)| place.clone()));
    (PageView { rows, previous, next }, stop)
}

fn backward<T: Listed>(found: Found<T>) -> (PageView<T>, Option<(i64, String)>) {
    let Found { mut rows, stop } = found;
    let stop = stop.filter(|_| rows.len() <= PAGE_ROWS);
    rows.truncate(PAGE_ROWS);
    rows.reverse();
    let next = rows.last().map(Listed::id).or(stop.as_ref().map(|stop| stop.id.as_str())).map(Place::after);
    let stop = stop.map(|stop| (stop.at_ms, Place::before(&stop.id)));
    let previous = stop.as_ref().map(|(_, place)| place.clone());
    let previous = previous.or_else(|| rows.first().map(|row| Place::before(row.id())));
    (PageView { rows, previous, next }, stop)
}

/// The id of a row as text for a URL. [`decoded_id`] reads it.
pub(super) fn encoded_id(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

/// The id in such a text; `None` for text of another form.
pub(super) fn decoded_id(text: &str) -> Option<String> {
    // PostgreSQL refuses a text with a NUL.
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok().filter(|id| !id.contains('\0'))
}

// example:begin users
/// The page number that a place names, for a list that another service numbers.
pub(crate) fn numbered_place(text: &str) -> u32 {
    /// Far beyond use, and low enough that the offset cannot overflow anything.
    const LAST: u32 = 100_000;
    text.parse().unwrap_or(0).min(LAST)
}

/// A page by number, out of rows that were read with one row more.
pub(crate) fn numbered_page<T>(mut rows: Vec<T>, number: u32) -> PageView<T> {
    let next = (rows.len() > PAGE_ROWS).then(|| (number + 1).to_string());
    rows.truncate(PAGE_ROWS);
    PageView { rows, previous: number.checked_sub(1).map(|number| number.to_string()), next }
}
// example:end users

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::input::CURSOR;

    #[test]
    fn a_place_survives_its_text_which_is_valid_input() {
        for id in ["orgmem_1", "0192f3 org_a user_b list_members forbidden ", "é/?&=#", &"i".repeat(460)] {
            for (text, place) in
                [(Place::after(id), Place::After(id.to_owned())), (Place::before(id), Place::Before(id.to_owned()))]
            {
                assert_eq!(Place::parse(&text), place);
                assert_eq!(CURSOR.problem(&text), None, "{text}");
            }
        }
    }

    #[test]
    fn text_of_no_known_form_and_numbers_beyond_the_last_are_the_first_page() {
        for text in ["", "x", "a*", "b_", "a\u{e9}", "-1", "41", "4294967296", "a_w", "é", "aAA", "bYQBi"] {
            assert_eq!(Place::parse(text), Place::Number(0), "{text}");
        }
        assert_eq!((Place::parse("2"), Place::parse("40")), (Place::Number(2), Place::Number(40)));
        // example:begin users
        assert_eq!(["", "3", "x", "4294967295"].map(numbered_place), [0, 3, 0, 100_000]);
        // example:end users
    }
}
