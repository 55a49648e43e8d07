//! Paging of a list.

use super::erased::optional;
use crate::page_url::PageUrl;
use domain::input::CURSOR;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// The place of the page in the URL; the first page where the URL names no valid one.
pub(crate) fn page_from_url() -> Signal<String> {
    let url = PageUrl::of_page();
    let is_valid = |page: &&str| CURSOR.problem(page).is_none();
    Signal::derive(move || url().get("page").filter(is_valid).unwrap_or_default().to_owned())
}

// example:begin users
/// The search in the URL, as it was typed.
pub(crate) fn query_from_url() -> Signal<String> {
    let url = PageUrl::of_page();
    Signal::derive(move || url().get("query").unwrap_or_default().to_owned())
}
// example:end users

/// The parameter with the number of the first row on the page, for [`range_text`].
const FIRST: &str = "from";
/// Rows on a page.
const ROWS: u32 = 25;

/// The number of the first row, counted from 1; `None` where the URL of a later page has none.
pub(crate) fn first_row_from_url() -> Signal<Option<u32>> {
    let (url, page) = (PageUrl::of_page(), page_from_url());
    Signal::derive(move || match page.read().as_str() {
        "" => Some(1),
        _ => url().get(FIRST).and_then(|first| first.parse().ok()).filter(|first| *first > 1),
    })
}

/// The place of a page in its list: "26–50 of 1,243", or the number of rows alone.
pub(crate) fn range_text(first: Option<u32>, rows: usize, total: u32, is_minimum: bool) -> String {
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    let more = if is_minimum { "+" } else { "" };
    let total_text = format!("{}{more}", grouped(total));
    match first {
        Some(first) if rows > 0 && rows < total => {
            let last = first.saturating_add(rows - 1);
            // The counts follow a change a moment later than the rows.
            let last = if is_minimum { last } else { last.min(total) };
            format!("{}–{} of {total_text}", grouped(first.min(last)), grouped(last))
        }
        _ => total_text,
    }
}

/// A number with a comma between thousands.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Links to the previous and the next page.
#[component]
pub(crate) fn Pager(
    /// The list, with its search.
    path: LocalPath,
    /// The place of the previous page.
    previous: Option<String>,
    /// The place of the next page.
    next: Option<String>,
    /// The number of the first row, where the list shows it.
    #[prop(optional_no_strip)]
    first: Option<u32>,
) -> impl IntoView {
    let (before, after) = (first.map(|first| first.saturating_sub(ROWS).max(1)), first.map(|first| first + ROWS));
    let link = move |page: String, first: Option<u32>, text: &'static str| {
        let target = path.with_query(&[("page", &page)]);
        let target = first.map_or(target.clone(), |first| target.with_query(&[(FIRST, &first.to_string())]));
        let target = target.as_str().to_owned();
        view! { <a class="button button-quiet button-small" href=target>{text}</a> }
    };
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {optional(previous.map(|page| link(page, before, "Previous")))}
                {optional(next.map(|page| link(page, after, "Next")))}
            </nav>
        }
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_rows_and_the_total() {
        assert_eq!(range_text(Some(1), 25, 1_243, false), "1–25 of 1,243");
        assert_eq!(range_text(Some(1_226), 18, 1_243, false), "1,226–1,243 of 1,243");
        assert_eq!(range_text(None, 25, 1_243, false), "1,243");
        assert_eq!(range_text(Some(1), 7, 7, false), "7");
        assert_eq!(range_text(Some(1), 0, 0, false), "0");
        assert_eq!(range_text(Some(26), 25, 20_000, true), "26–50 of 20,000+");
        assert_eq!(range_text(Some(9_999_999), 25, 30, false), "30–30 of 30", "a number that somebody typed");
    }
}
