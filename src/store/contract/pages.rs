//! Pages of long lists: each row is on one page, in order, in both directions, while rows come and
//! go.

use super::*;
use domain::operation::MembersView;
use domain::page_view::PageView;

const MEMBERS: usize = 60;

async fn many_members(store: &Database) {
    let mut memberships = Vec::new();
    let mut users = Vec::new();
    for number in 0..MEMBERS {
        let id = format!("user_{number:02}");
        // Three members each have the same name.
        users.push(parse_object::<objects::User>(&user(&id, &format!("Name {:02}", number / 3), 1)));
        let membership = membership(&format!("mem_{number:02}"), "org_a", &id, "org:member", 1);
        memberships.push(parse_object::<objects::Membership>(&membership));
    }
    mirror::upsert_page(store, &users).await.unwrap();
    mirror::upsert_page(store, &memberships).await.unwrap();
}

async fn page(store: &Database, page: &str) -> PageView<String> {
    let list = ListMembers { page: page.to_owned(), ..ListMembers::default() };
    listed(store, list).await
}

async fn listed(store: &Database, list: ListMembers) -> PageView<String> {
    let MembersView { rows, previous, next, .. } = members::list(&grant(store, "org_a", list)).await.unwrap();
    PageView { rows: rows.into_iter().map(|member| member.user_id).collect(), previous, next }
}

fn users(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("user_{number:02}")).collect()
}

async fn remove(store: &Database, number: usize) {
    tombstones::mark_membership_deleted(store, &format!("mem_{number:02}"), 2).await.unwrap();
}

#[tokio::test]
async fn each_member_is_on_one_page_in_both_directions() {
    on_every_database(|store| async move {
        many_members(&store).await;
        let first = page(&store, "").await;
        assert_eq!((first.rows, first.previous), (users(0..25), None));
        let second = page(&store, &first.next.unwrap()).await;
        assert_eq!(second.rows, users(25..50));
        let third = page(&store, &second.next.clone().unwrap()).await;
        assert_eq!((third.rows, third.next), (users(50..60), None));
        let back = page(&store, &third.previous.unwrap()).await;
        assert_eq!(back, second);
        let start = page(&store, &back.previous.unwrap()).await;
        assert_eq!((start.rows, start.previous), (users(0..25), None));
    })
    .await;
}

#[tokio::test]
async fn a_search_has_the_same_pages() {
    on_every_database(|store| async move {
        many_members(&store).await;
        let page = async |page: &str, query: &str| {
            let list = ListMembers { page: page.to_owned(), query: query.to_owned(), ..ListMembers::default() };
            listed(&store, list).await
        };
        for query in ["name", "user_ name", "ame", "example.com"] {
            let first = page("", query).await;
            assert_eq!((first.rows, first.previous), (users(0..25), None), "{query}");
            let second = page(&first.next.unwrap(), query).await;
            assert_eq!(second.rows, users(25..50), "{query}");
            let third = page(&second.next.clone().unwrap(), query).await;
            assert_eq!((third.rows, third.next), (users(50..60), None), "{query}");
            assert_eq!(page(&third.previous.unwrap(), query).await, second, "{query}");
            assert_eq!(page("1", query).await.rows, users(25..50), "{query}");
        }
        // The place of a page without a search is a place among the found members too.
        let next = page("", "").await.next.unwrap();
        assert_eq!(page(&next, "user_1").await.rows, users(10..20), "found before the place, and on no other page");
        assert_eq!(page(&next, "user_4").await.rows, users(40..50));
    })
    .await;
}

#[tokio::test]
async fn a_page_keeps_its_place_while_members_leave_and_come() {
    on_every_database(|store| async move {
        many_members(&store).await;
        let next = page(&store, "").await.next.unwrap();
        // The member at the end of the first page leaves, and so does one before it.
        for number in [24, 3] {
            remove(&store, number).await;
        }
        let second = page(&store, &next).await;
        assert_eq!(second.rows, users(25..50), "nobody is skipped or repeated");
        let first = page(&store, &second.previous.unwrap()).await;
        assert_eq!((first.rows.len(), first.previous), (25, None), "the beginning of the list is a full page");

        let last = second.next.unwrap();
        for number in 50..60 {
            remove(&store, number).await;
        }
        let instead = page(&store, &last).await;
        assert_eq!((instead.rows.len(), instead.rows.last().unwrap().as_str()), (25, "user_48"), "no empty page");
        tombstones::mark_deleted(&store, tombstones::Deleted::User, "user_24", 3).await.unwrap();
        assert_eq!(page(&store, &next).await.rows[0], "user_00", "a deleted user has no place in a list");
    })
    .await;
}

#[tokio::test]
async fn page_numbers_of_old_urls_and_unknown_places_lead_to_a_page() {
    on_every_database(|store| async move {
        many_members(&store).await;
        assert_eq!(page(&store, "1").await.rows, users(25..50));
        let third = page(&store, "2").await;
        assert_eq!(third.rows, users(50..60));
        assert_eq!(page(&store, &third.previous.unwrap()).await.rows, users(25..50));
        for unknown in ["0", "3", "4000000000", "x", "aXXXX", "bXXXX", "b"] {
            assert_eq!(page(&store, unknown).await.rows, users(0..25), "{unknown}");
        }
        let other = membership("mem_other", "org_b", "user_30", "org:member", 1);
        mirror::upsert_page(&store, &[parse_object::<objects::Membership>(&other)]).await.unwrap();
        let of_other = "abWVtX290aGVy";
        assert_eq!(page(&store, of_other).await.rows, users(0..25), "a row of another organization is no place");
    })
    .await;
}

#[tokio::test]
async fn each_entry_of_the_audit_log_is_on_one_page() {
    on_every_database(|store| async move {
        // Two entries have each time.
        let calls = (0..60).map(|number| DeniedCall {
            actor: actor("org_a"),
            operation: if number % 2 == 0 { "list_members" } else { "list_audit" },
            outcome: "forbidden",
            request_id: format!("request_{number}"),
            at_ms: NOW_MS + number / 2 * 60_000,
        });
        audit::record_refusals(&store, &calls.collect::<Vec<_>>()).await.unwrap();
        let read = async |page: String| {
            let AuditPageView { rows, previous, next, searched } =
                audit::list(&grant(&store, "org_a", ListAudit { page, ..ListAudit::default() })).await.unwrap();
            assert_eq!(searched, None, "a log without a filter has no end but its own");
            PageView { rows, previous, next }.map(|entry| (entry.at_ms, entry.operation))
        };
        let first = read(String::new()).await;
        let second = read(first.next.clone().unwrap()).await;
        let third = read(second.next.clone().unwrap()).await;
        assert_eq!((first.rows.len(), second.rows.len(), third.rows.len()), (25, 25, 10));
        assert_eq!((first.previous.clone(), third.next.clone()), (None, None));
        let all: Vec<_> = [&first, &second, &third].into_iter().flat_map(|page| page.rows.clone()).collect();
        let mut sorted = all.clone();
        sorted.sort_by_key(|(at_ms, _)| std::cmp::Reverse(*at_ms));
        sorted.dedup();
        assert_eq!((sorted.len(), &sorted), (60, &all), "each once, newest first");
        assert_eq!(read(third.previous.unwrap()).await, second);
        assert_eq!(read(second.previous.unwrap()).await.rows, first.rows);
        let other =
            audit::list(&grant(&store, "org_b", ListAudit { page: first.next.unwrap(), ..ListAudit::default() }))
                .await
                .unwrap();
        assert!(other.rows.is_empty());
    })
    .await;
}
