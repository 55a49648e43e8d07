//! Search and order of members are the same on every database and for every collation.

use super::*;

const NAMES: [(&str, &str); 11] = [
    ("user_8", "Zoë"),
    ("user_3", "Émile Zola"),
    ("user_1", "ada"),
    ("user_9", "zebra"),
    ("user_5", "Özge Yılmaz"),
    ("user_2", "Ærø Østergård"),
    ("user_10", "Жанна Д’Арк"),
    ("user_4", "Émile Zola"),
    ("user_6", "Ångström Åsa"),
    ("user_7", "100%_Wool!"),
    ("user_11", "Mallory\u{202e} nimda"),
];

async fn people(store: &Database) {
    for (id, name) in NAMES {
        let member = membership(&format!("mem_{id}"), "org_a", id, "org:viewer", 1);
        let told_first = event(&format!("m{id}"), "organizationMembership.created", 1, member);
        let named = event(&format!("u{id}"), "user.created", 1, user(id, name, 1));
        // The two events may arrive in any order.
        let order = if id.len() % 2 == 0 { [told_first, named] } else { [named, told_first] };
        ingest_events(store, &order).await;
    }
}

async fn found(store: &Database, query: &str) -> Vec<String> {
    let list = grant(store, "org_a", ListMembers { query: query.to_owned(), ..ListMembers::default() });
    members::list(&list).await.unwrap().rows.into_iter().map(|member| member.user_id).collect()
}

async fn assert_found_and_ordered(store: &Database) {
    let ids = |numbers: &[u8]| numbers.iter().map(|number| format!("user_{number}")).collect::<Vec<_>>();
    assert_eq!(found(store, "").await, ids(&[7, 1, 2, 6, 3, 4, 11, 5, 9, 8, 10]));
    for (query, people) in [
        ("émile", &[3, 4][..]),
        ("ÉMILE", &[3, 4]),
        ("emile", &[3, 4]),
        ("E\u{301}mile", &[3, 4]),
        ("ÖZGE", &[5]),
        ("yilmaz", &[5]),
        ("YILMAZ", &[5]),
        ("жанна", &[10]),
        ("д'арк", &[10]),
        ("ærø", &[2]),
        ("ØSTERGÅRD", &[2]),
        ("ostergard", &[2]),
        ("åsa", &[6]),
        ("mallory nimda", &[11]),
        ("100%_wool!", &[7]),
        ("％", &[7]),
        ("USER_7@EXAMPLE.COM", &[7]),
        ("é%", &[]),
        ("ozge ada", &[]),
    ] {
        assert_eq!(found(store, query).await, ids(people), "{query}");
    }
}

#[tokio::test]
async fn search_and_order_are_the_same_on_every_database() {
    on_every_database(|store| async move {
        people(&store).await;
        assert_found_and_ordered(&store).await;
        let renamed = event("renamed", "user.updated", 2, user("user_1", "Zuzana", 2));
        ingest_events(&store, &[renamed]).await;
        assert_eq!(found(&store, "").await.last().map(String::as_str), Some("user_10"));
        assert_eq!(found(&store, "zuzana").await, ["user_1"]);
        assert!(found(&store, "ada").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_name_of_any_length_is_stored_and_found() {
    on_every_database(|store| async move {
        // PostgreSQL compresses what repeats, so this name has no order.
        let name: String = (0..9_000_u32).filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20_000)).collect();
        let member = membership("mem_1", "org_a", "user_1", "org:viewer", 1);
        let named = event("u", "user.created", 1, user("user_1", &name, 1));
        ingest_events(&store, &[named, event("m", "organizationMembership.created", 1, member)]).await;
        let letters =
            |range: std::ops::Range<usize>| name.chars().skip(range.start).take(range.len()).collect::<String>();
        for (query, is_found) in [
            (letters(0..9), true),
            (letters(200..209), true),
            ("user_1@".to_owned(), true),
            ("user_1".to_owned(), true),
            // In the middle of a word the search reads so far only.
            (letters(300..309), false),
        ] {
            assert_eq!(found(&store, &query).await.len(), usize::from(is_found), "{query}");
        }
    })
    .await;
}

/// Runs a test on PostgreSQL with a collation that orders digits as numbers.
pub(super) async fn with_another_collation<F: Future<Output = ()>>(test: impl FnOnce(Database) -> F) {
    let Some(url) = postgres_url() else { return };
    let name = format!("icu_{}", Token::random().as_str().replace('-', "_").to_lowercase());
    let admin = Database::postgres(&url).await.unwrap();
    let collation = "locale_provider icu icu_locale 'en-US-u-kn-true' locale 'C' template template0";
    execute(&admin, format!("create database \"{name}\" {collation}")).await;
    test(crate::store::open(&database(&url, &name)).await.unwrap()).await;
    execute(&admin, format!("drop database \"{name}\" with (force)")).await;
}

#[tokio::test]
async fn the_collation_of_postgres_does_not_matter() {
    with_another_collation(|store| async move {
        people(&store).await;
        assert_found_and_ordered(&store).await;
    })
    .await;
}

#[tokio::test]
async fn roles_are_in_dictionary_order() {
    on_every_database(|store| async move {
        for (n, name) in ["Zoo", "Éditeur", "admin", "Örtlich"].iter().enumerate() {
            let role = json!({ "id": format!("role_{n}"), "key": format!("org:r{n}"), "name": name,
                "permissions": [], "updated_at": 1 });
            ingest_events(&store, &[event(&format!("r{n}"), "role.created", 1, role)]).await;
        }
        let roles = roles::list(&grant(&store, "org_a", domain::operation::ListRoles {})).await.unwrap();
        let names: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(names, ["admin", "Éditeur", "Örtlich", "Zoo"]);
    })
    .await;
}
