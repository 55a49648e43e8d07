//! The orders of the list of members: pages in both directions, with search and filters, and places
//! that belong to one order.

use super::*;
use domain::operation::{MemberSort, MembersView};

const MEMBERS: usize = 60;

/// Members whose times do not follow their names. Three each joined at the same time, and Clerk has
/// not told of the last three.
async fn many_members(store: &Database) {
    let (mut memberships, mut users) = (Vec::new(), Vec::new());
    for number in 0..MEMBERS {
        let id = format!("user_{number:02}");
        users.push(parse_object::<objects::User>(&user(&id, &format!("Name {number:02}"), 1)));
        let role = if number % 2 == 0 { "org:viewer" } else { "org:editor" };
        let mut joined = membership(&format!("mem_{number:02}"), "org_a", &id, role, 1_000_000);
        if number < MEMBERS - 3 {
            joined["created_at"] = json!(1_000 + (number * 7 % MEMBERS) / 3);
        }
        memberships.push(parse_object::<objects::Membership>(&joined));
    }
    mirror::upsert_page(store, &users).await.unwrap();
    mirror::upsert_page(store, &memberships).await.unwrap();
}

/// The numbers of the members in an order.
fn expected(sort: MemberSort) -> Vec<usize> {
    let joined = |number: usize| if number < MEMBERS - 3 { 1_000 + (number * 7 % MEMBERS) / 3 } else { 0 };
    let mut numbers: Vec<usize> = (0..MEMBERS).collect();
    match sort {
        MemberSort::Name => {}
        MemberSort::NameDescending => numbers.reverse(),
        MemberSort::Oldest => numbers.sort_by_key(|number| (joined(*number), *number)),
        MemberSort::Newest => numbers.sort_by_key(|number| std::cmp::Reverse((joined(*number), *number))),
        // Editors before viewers, and by name within a role.
        MemberSort::Role => numbers.sort_by_key(|number| (number % 2 == 0, *number)),
        MemberSort::RoleDescending => numbers.sort_by_key(|number| std::cmp::Reverse((number % 2 == 0, *number))),
    }
    numbers
}

async fn listed(store: &Database, sort: &str, query: &str, role: &str, page: &str) -> MembersView {
    let [sort, query, role, page] = [sort, query, role, page].map(str::to_owned);
    let list = ListMembers { page, query, role, sort, ..ListMembers::default() };
    members::list(&grant(store, "org_a", list)).await.unwrap()
}

fn numbers(view: &MembersView) -> Vec<usize> {
    view.rows.iter().map(|member| member.user_id.trim_start_matches("user_").parse().unwrap()).collect()
}

#[tokio::test]
async fn each_order_has_every_member_once_in_both_directions() {
    on_every_database(|store| async move {
        many_members(&store).await;
        for sort in MemberSort::ALL {
            for (query, role) in
                [("", ""), ("name", ""), ("ame", ""), ("", "viewer"), ("name", "viewer"), ("na us", "")]
            {
                let is_listed = |number: &usize| role.is_empty() || number.is_multiple_of(2);
                let all: Vec<_> = expected(sort).into_iter().filter(is_listed).collect();
                let name = format!("{sort:?} {query} {role}");
                let mut pages = vec![listed(&store, sort.code(), query, role, "").await];
                while let Some(next) = pages.last().unwrap().next.clone() {
                    pages.push(listed(&store, sort.code(), query, role, &next).await);
                }
                assert_eq!(pages.iter().flat_map(numbers).collect::<Vec<_>>(), all, "{name}");
                for back in (1..pages.len()).rev() {
                    let previous = pages[back].previous.clone().unwrap();
                    let page = listed(&store, sort.code(), query, role, &previous).await;
                    assert_eq!(numbers(&page), numbers(&pages[back - 1]), "{name}");
                }
            }
        }
    })
    .await;
}

/// A list by role looks for the role, too, so a search may have as many words as in other lists.
#[tokio::test]
async fn every_order_finds_a_member_by_six_words() {
    on_every_database(|store| async move {
        many_members(&store).await;
        mirror::upsert_page(&store, &[parse_object::<objects::User>(&user("user_41", "Ann Bob Cid Dan Eve Fay", 2))])
            .await
            .unwrap();
        for sort in MemberSort::ALL {
            let found = listed(&store, sort.code(), "fay eve dan cid bob ann", "", "").await;
            assert_eq!(numbers(&found), [41], "{sort:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_place_of_another_order_leads_to_the_first_page() {
    on_every_database(|store| async move {
        many_members(&store).await;
        for sort in MemberSort::ALL {
            let next = listed(&store, sort.code(), "", "", "").await.next.unwrap();
            for other in MemberSort::ALL.into_iter().filter(|other| *other != sort) {
                for query in ["", "name"] {
                    let page = listed(&store, other.code(), query, "", &next).await;
                    assert_eq!(numbers(&page), expected(other)[..25], "{sort:?} in {other:?} {query}");
                    assert_eq!(page.previous, None);
                }
            }
        }
        let unknown = listed(&store, "shoe_size", "", "", "").await;
        assert_eq!(numbers(&unknown), expected(MemberSort::Name)[..25]);
    })
    .await;
}

#[tokio::test]
async fn a_list_by_time_says_when_members_joined_and_keeps_its_place() {
    on_every_database(|store| async move {
        many_members(&store).await;
        assert!(listed(&store, "", "", "", "").await.rows.iter().all(|member| member.joined_at_ms.is_none()));
        let oldest = listed(&store, "oldest", "", "", "").await;
        assert_eq!(oldest.rows[..4].iter().map(|member| member.joined_at_ms).collect::<Vec<_>>(), {
            [None, None, None, Some(1_000)]
        });
        // The member beside the next page leaves.
        let (next, order) = (oldest.next.unwrap(), expected(MemberSort::Oldest));
        tombstones::mark_membership_deleted(&store, &format!("mem_{:02}", order[24]), 2_000_000).await.unwrap();
        let second = listed(&store, "oldest", "", "", &next).await;
        assert_eq!(numbers(&second), order[25..50], "nobody is skipped or repeated");
        let by_name = listed(&store, "name_desc", "", "", "").await.next.unwrap();
        tombstones::mark_deleted(&store, tombstones::Deleted::User, "user_35", 3_000_000).await.unwrap();
        assert_eq!(numbers(&listed(&store, "name_desc", "", "", &by_name).await)[0], 59, "no place any more");
    })
    .await;
}

#[tokio::test]
async fn a_list_by_role_follows_roles_and_names_and_keeps_its_place() {
    on_every_database(|store| async move {
        many_members(&store).await;
        let first = listed(&store, "role", "", "", "").await;
        let order = expected(MemberSort::Role);
        // The member beside the next page leaves, with and without a search.
        let next = first.next.unwrap();
        tombstones::mark_membership_deleted(&store, &format!("mem_{:02}", order[24]), 2_000_000).await.unwrap();
        for query in ["", "name"] {
            let second = listed(&store, "role", query, "", &next).await;
            assert_eq!(numbers(&second), order[25..50], "nobody is skipped or repeated: {query}");
        }
        // The first editor becomes a viewer, and the last viewer gets the first name.
        let now_viewer = membership("mem_01", "org_a", "user_01", "org:viewer", 3_000_000);
        mirror::upsert_page(&store, &[parse_object::<objects::Membership>(&now_viewer)]).await.unwrap();
        let renamed = user("user_58", "Abc", 3_000_000);
        mirror::upsert_page(&store, &[parse_object::<objects::User>(&renamed)]).await.unwrap();
        assert_eq!(numbers(&listed(&store, "role", "", "", "").await)[0], 3);
        let viewers = listed(&store, "role", "", "viewer", "").await;
        assert_eq!(numbers(&viewers)[..3], [58, 0, 1]);
    })
    .await;
}
