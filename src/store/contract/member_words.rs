//! Members of a large organization are found by the beginnings of their words, and by nothing that
//! they are not called any more.

use super::*;
use crate::store::member_search::matching;
use crate::store::page::Slice;
use crate::store::search_text::fold;
use crate::store::words::words;

const PEOPLE: [(&str, &str); 8] = [
    ("user_1", "Zoë Ångström-O’Neil"),
    ("user_2", "Zz 김철수"),
    ("user_3", "Ზურაბ ЖАННА Д’Арк"),
    ("user_4", "zzz नीतू शर्मा"),
    ("user_5", "🛡 ***"),
    ("user_6", "zzzz 100%_Wool!"),
    ("user_7", "Zaha Nana"),
    ("user_8", ""),
];

/// A word that no name has.
const COMMON: &[u8] = b"~common";

/// Members before all others in the order of the list, with a text that no name contains.
async fn fill(store: &Database, members: i64) {
    let statement = "insert into memberships \
           (id, organization_id, user_id, role, updated_at, search_text, sort_key, role_order, has_words) \
         with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) \
         select 'mem_filler_' || i, 'org_a', 'user_filler_' || i, 'member', 1, '~~~', $2, $2, 1 from n";
    store.writer().execute(sqlx::query(statement).bind(members).bind(b" ".to_vec())).await.unwrap();
    fill_words(store, members, "mem_filler_", COMMON).await;
}

async fn fill_words(store: &Database, members: i64, ids: &str, word: &[u8]) {
    let statement = "insert into membership_words (organization_id, word, sort_key, membership_id) \
         with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) \
         select 'org_a', $2, $3, $4 || i from n";
    let query = sqlx::query(statement).bind(members).bind(word.to_vec()).bind(b" ".to_vec()).bind(ids.to_owned());
    store.writer().execute(query).await.unwrap();
}

async fn join(store: &Database, id: &str, name: &str) {
    let member = membership(&format!("mem_{id}"), "org_a", id, "org:viewer", 1);
    let joined = event(&format!("m{id}"), "organizationMembership.created", 1, member);
    ingest_events(store, &[joined, event(&format!("u{id}"), "user.created", 1, user(id, name, 1))]).await;
}

async fn found(store: &Database, query: &str) -> Vec<String> {
    let list = grant(store, "org_a", ListMembers { query: query.to_owned(), ..ListMembers::default() });
    members::list(&list).await.unwrap().rows.into_iter().map(|member| member.user_id).collect()
}

async fn stored_words(store: &Database) -> i64 {
    let statement = "select count(*) from membership_words where word <> $1";
    let query = sqlx::query_as(statement).bind(COMMON.to_vec());
    let (rows,): (i64,) = query.fetch_one(store.reader()).await.unwrap();
    rows
}

async fn assert_every_beginning_is_found(store: &Database) {
    fill(store, 2_000).await;
    for (id, name) in PEOPLE {
        join(store, id, name).await;
    }
    let long = "ñ".repeat(200);
    join(store, "user_9", &long).await;
    for (id, name) in PEOPLE.into_iter().chain([("user_9", long.as_str())]) {
        let text = fold(&format!("{name} {id}@example.com {id}"));
        for word in words(&text).into_iter().map(|word| std::str::from_utf8(word).unwrap()) {
            for (end, letter) in word.char_indices() {
                let beginning = &word[..end + letter.len_utf8()];
                assert!(found(store, beginning).await.contains(&id.to_owned()), "{beginning} of {name}");
            }
        }
    }
}

#[tokio::test]
async fn every_beginning_of_a_word_finds_the_member_beyond_the_first_2000() {
    on_every_database(|store| async move {
        assert_every_beginning_is_found(&store).await;
        for (query, ids) in [
            ("neil zo", &["user_1"][..]),
            ("zoe o’neil ang", &["user_1"]),
            ("USER_7@EXAMPLE.COM", &["user_7"]),
            ("zaha nobody", &[]),
            ("zoe nana", &[]),
            // A text in the middle of a word, and one that is cut by a limit.
            ("ngstr", &[]),
            ("z%", &[]),
            (&"ñ".repeat(201), &["user_9"]),
        ] {
            assert_eq!(found(&store, query).await, ids, "{query}");
        }
        assert_eq!(found(&store, "~~").await.len(), 25, "the first 2,000 are searched completely");
    })
    .await;
}

#[tokio::test]
async fn the_words_do_not_depend_on_the_collation_of_postgres() {
    super::search::with_another_collation(|store| async move { assert_every_beginning_is_found(&store).await }).await;
}

#[tokio::test]
async fn words_follow_the_name_and_go_with_the_member() {
    on_every_database(|store| async move {
        fill(&store, 2_000).await;
        join(&store, "user_1", "Zoë").await;
        let words = stored_words(&store).await;
        ingest_events(&store, &[event("renamed", "user.updated", 2, user("user_1", "Zuzana", 2))]).await;
        assert_eq!((found(&store, "zuz").await.len(), found(&store, "zoe").await.len()), (1, 0));
        assert_eq!(stored_words(&store).await, words);
        // Every way out of an organization.
        for (number, kind) in
            ["organizationMembership.deleted", "user.deleted", "organization.deleted"].iter().enumerate()
        {
            let id = format!("user_z{number}");
            join(&store, &id, "Zarah").await;
            assert_eq!(found(&store, "zar").await, [id.as_str()]);
            let data = match number {
                0 => membership(&format!("mem_{id}"), "org_a", &id, "org:viewer", 1),
                1 => json!({ "id": id, "deleted": true }),
                _ => json!({ "id": "org_a", "deleted": true }),
            };
            ingest_events(&store, &[event(&format!("gone{number}"), kind, 3, data)]).await;
            assert!(found(&store, "zar").await.is_empty(), "{kind}");
            assert_eq!(stored_words(&store).await, if number == 2 { 0 } else { words }, "{kind}");
        }
        join(&store, "user_2", "Zarah").await;
        assert_eq!(stored_words(&store).await, 0, "an event that comes too late");
    })
    .await;
}

#[tokio::test]
async fn a_membership_without_words_gets_them_at_the_next_start() {
    on_every_database(|store| async move {
        fill(&store, 2_000).await;
        join(&store, "user_1", "Zoë").await;
        let words = stored_words(&store).await;
        execute(&store, "delete from membership_words where membership_id = 'mem_user_1'".to_owned()).await;
        execute(&store, "update memberships set has_words = 0 where id = 'mem_user_1'".to_owned()).await;
        assert!(found(&store, "zo").await.is_empty());
        search_text::backfill(&store).await.unwrap();
        assert_eq!(found(&store, "zo").await, ["user_1"]);
        assert_eq!(stored_words(&store).await, words);
    })
    .await;
}

#[tokio::test]
async fn words_that_a_migration_has_forgotten_go_with_the_user() {
    on_every_database(|store| async move {
        join(&store, "user_1", "Zoë").await;
        assert_ne!(stored_words(&store).await, 0);
        let ended = "update memberships set has_words = 0, deleted_at = 5 where id = 'mem_user_1'";
        execute(&store, ended.to_owned()).await;
        tombstones::mark_deleted(&store, tombstones::Deleted::User, "user_1", 6).await.unwrap();
        assert_eq!(stored_words(&store).await, 0);
    })
    .await;
}

/// Reads all matches in slices, in both directions.
async fn walked(store: &Database, query: &str, is_before: bool) -> Vec<String> {
    let grant = grant(store, "org_a", ListMembers { query: query.to_owned(), ..ListMembers::default() });
    let (mut all, mut membership) = (Vec::new(), if is_before { "mem_last".to_owned() } else { String::new() });
    loop {
        let beside = Slice { beside: membership.clone(), is_before, ..Slice::first() };
        let page = matching(&grant, &beside).await.unwrap();
        let Some(last) = page.last() else { return all };
        membership.clone_from(last);
        all.extend(page);
    }
}

#[tokio::test]
async fn pages_of_a_search_hold_every_match_once_in_both_directions() {
    on_every_database(|store| async move {
        fill(&store, 20_100).await;
        for number in 0..30 {
            join(&store, &format!("user_{number}"), &format!("Zoe {number} Common")).await;
        }
        join(&store, "user_last", "Zz").await;
        execute(&store, "update memberships set id = 'mem_last' where id = 'mem_user_last'".to_owned()).await;
        for (query, matches) in [("zoe", 30), ("comm zoe", 30)] {
            let after = walked(&store, query, false).await;
            let mut before = walked(&store, query, true).await;
            before.reverse();
            assert_eq!(after.len(), matches, "{query}");
            assert_eq!(after, before, "{query}");
        }
        // So common that the list is read in its order.
        let grant = grant(&store, "org_a", ListMembers { query: "~c".to_owned(), ..ListMembers::default() });
        let last = Slice { beside: "mem_last".to_owned(), is_before: true, ..Slice::first() };
        let page = matching(&grant, &last).await.unwrap();
        assert_eq!((page.len(), page[0].as_str()), (26, "mem_filler_9999"));
        let first = matching(&grant, &Slice { offset: 25, ..Slice::first() }).await.unwrap();
        assert_eq!(first.len(), 26);
        // Two common words, and the one member who has both is far down the list.
        fill_words(&store, 20_000, "mem_none_", b"~d").await;
        join(&store, "user_both", "~cx ~dx").await;
        assert_eq!(found(&store, "~d ~c").await, ["user_both"]);
    })
    .await;
}
