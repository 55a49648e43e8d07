//! A row of a list carries text, one link, and a box where rows can be selected. Forms in rows made
//! a list of 25 members 62 KB long and ten times as expensive as the text, so this test counts what
//! a row has.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use http::StatusCode;
use support::app_with_clerk::{AppWithClerk, ada};

/// The rows of the body of the table on a page.
fn rows(page: &str) -> Vec<&str> {
    let (_, body) = page.split_once("<tbody").unwrap();
    let (body, _) = body.split_once("</tbody>").unwrap();
    body.split("<tr ").skip(1).collect()
}

/// The bytes of the page without its navigation, which has a link more for each new page.
fn without_navigation(page: &str) -> usize {
    let (before, navigation) = page.split_once("<nav ").unwrap();
    before.len() + navigation.split_once("</nav>").unwrap().1.len()
}

/// The number of elements and of comments, which Leptos puts between dynamic parts.
fn nodes(html: &str) -> usize {
    html.matches('<').count() - html.matches("</").count()
}

#[tokio::test]
async fn a_row_carries_text_one_link_and_perhaps_a_box() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    // Fills a page of the audit log.
    for number in 0..25 {
        setup
            .call_ok("change_role", &format!("user_id=user_local_turing&role={}", ["viewer", "editor"][number % 2]))
            .await;
    }
    let with_boxes: &[&str] = &[
        // Rows of these lists can be selected.
        "/admin/members", // example:line bulk
    ];
    for (list, most_nodes, most_bytes, most_on_page) in [
        ("/admin/members", 23, 9_100, 23_400),
        ("/admin/users", 23, 9_100, 16_900), // example:line users
        ("/admin/audit", 27, 12_500, 27_300),
    ] {
        let page = setup.app.open(&ada(), list).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let rows = rows(&page.body);
        assert_eq!(rows.len(), 25, "{list}");
        for row in &rows {
            for part in ["<form", "<button", "<select", "<details", "<script"] {
                assert!(!row.contains(part), "{list} has {part} in a row: {row}");
            }
            assert_eq!(row.matches("<a ").count(), 1, "{list}: {row}");
            let is_own = row.contains(">you<");
            let inputs = (row.matches("<input").count(), row.matches("type=\"checkbox\"").count());
            let boxes = usize::from(with_boxes.contains(&list) && !is_own);
            assert_eq!(inputs, (boxes, boxes), "{list}: {row}");
        }
        let most = rows.iter().map(|row| nodes(row)).max().unwrap();
        let bytes: usize = rows.iter().map(|row| row.len()).sum();
        let whole = without_navigation(&page.body);
        println!("{list}: {bytes} of {whole} bytes, {most} nodes in a row: {}", rows[3]);
        assert!(most <= most_nodes, "{list} has {most} nodes in a row");
        assert!(bytes <= most_bytes, "the rows of {list} have {bytes} bytes");
        assert!(whole <= most_on_page, "{list} has {whole} bytes");
    }
}
