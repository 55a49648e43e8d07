//! Filters of the audit log: the entries that match, in pages, with an effort that has a limit.

use super::*;
use crate::store::audit_export::Exported;
use domain::operation::{AuditEntryView, ExportAudit, ShowAuditEntry};

/// A refused call of a person; each number is a minute.
pub(super) fn call(number: i64, person: &str, operation: &'static str, outcome: &'static str) -> DeniedCall {
    let actor = Actor { user: UserId::parse(person).unwrap(), ..actor("org_a") };
    DeniedCall { actor, operation, outcome, request_id: format!("request_{number}"), at_ms: NOW_MS + number * 60_000 }
}

pub(super) async fn list(store: &Database, input: ListAudit) -> AuditPageView {
    audit::list(&grant(store, "org_a", input)).await.unwrap()
}

pub(super) fn numbers(rows: &[AuditEntryView]) -> Vec<i64> {
    rows.iter().map(|entry| (entry.at_ms - NOW_MS) / 60_000).collect()
}

pub(super) fn filter(actor: &str, operation: &str, outcome: &str) -> ListAudit {
    let text = str::to_owned;
    ListAudit { actor: text(actor), operation: text(operation), outcome: text(outcome), ..ListAudit::default() }
}

/// An entry about a subject, by Ada or by somebody as Ada; each number is a minute.
pub(super) async fn insert_change(store: &Database, number: i64, subject: &str, impersonator: Option<&str>) {
    let query = sqlx::query(
        "insert into audit (id, organization_id, at, user_id, session_id, operation, outcome, subject, request_id, \
           times, impersonator_id) values ($1, 'org_a', $2, 'user_ada', 's', 'remove_member', 'done', $3, 'r', 1, $4)",
    );
    let query = query.bind(format!("change_{number}")).bind(NOW_MS + number * 60_000).bind(subject).bind(impersonator);
    store.writer().execute(query).await.unwrap();
}

/// Twelve entries: two people, three operations, three outcomes.
async fn small_log(store: &Database) {
    ingest_events(store, &[event("u1", "user.created", 1, user("user_grace", "Grace Hopper", 1))]).await;
    let calls = (0..12).map(|number| {
        let person = if number % 2 == 0 { "user_ada" } else { "user_grace" };
        let operation = ["rename_organization", "revoke_session", "list_members"][number as usize % 3];
        call(number, person, operation, if number < 6 { "forbidden" } else { "rate_limited" })
    });
    audit::record_refusals(store, &calls.collect::<Vec<_>>()).await.unwrap();
    let rename = grant(store, "org_a", RenameOrganization::to("Engines"));
    organizations::rename(&rename).await.unwrap();
}

#[tokio::test]
async fn each_part_of_a_filter_counts_alone_and_together() {
    on_every_database(|store| async move {
        small_log(&store).await;
        let found = async |input: ListAudit| numbers(&list(&store, input).await.rows);
        assert_eq!(found(filter("user_grace", "", "")).await, [11, 9, 7, 5, 3, 1]);
        assert_eq!(found(filter("hopp", "", "")).await, [11, 9, 7, 5, 3, 1], "a part of the name");
        assert_eq!(found(filter("%", "", "")).await, [0i64; 0]);
        assert_eq!(found(filter("", "re*_*", "")).await, [10, 9, 7, 6, 4, 3, 1, 0, 0]);
        assert_eq!(found(filter("", "list_members", "")).await, [11, 8, 5, 2]);
        assert_eq!(found(filter("", "List members", "")).await, [11, 8, 5, 2], "in words");
        assert_eq!(found(filter("", "list%", "")).await, [0i64; 0], "only a star stands for any text");
        assert_eq!(found(filter("", "members", "")).await, [11, 8, 5, 2], "a word");
        assert_eq!(found(filter("", "organization", "")).await, [9, 6, 3, 0, 0], "a word of several operations");
        assert_eq!(found(filter("", "", "forbidden")).await, [5, 4, 3, 2, 1, 0]);
        assert_eq!(found(filter("", "", "done")).await, [0]);
        assert_eq!(found(filter("", "", "refused")).await, (0..12).rev().collect::<Vec<_>>());
        assert_eq!(found(filter("user_ada", "rename_*", "refused")).await, [6, 0]);
        assert_eq!(found(filter("user_ada", "rename_organization", "done")).await, [0]);
        let between = |from: i64, to: i64| ListAudit {
            from_ms: NOW_MS + from * 60_000,
            to_ms: NOW_MS + to * 60_000,
            ..filter("user_ada", "", "")
        };
        assert_eq!(found(between(2, 6)).await, [4, 2], "the end is not included");
        let elsewhere = audit::list(&grant(&store, "org_b", filter("user_ada", "", ""))).await.unwrap();
        assert!(elsewhere.rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_filter_keeps_its_pages_in_both_directions() {
    on_every_database(|store| async move {
        let calls = (0..120).map(|number| {
            let person = if number % 2 == 0 { "user_ada" } else { "user_grace" };
            call(number, person, "list_members", "forbidden")
        });
        audit::record_refusals(&store, &calls.collect::<Vec<_>>()).await.unwrap();
        let even: Vec<i64> = (0..120).rev().filter(|number| number % 2 == 0).collect();
        for text in ["user_ada", ""] {
            let page = async |page: String| {
                let pattern = if text.is_empty() { "list_*" } else { "" };
                list(&store, ListAudit { page, ..filter(text, pattern, "refused") }).await
            };
            let expected: Vec<i64> = if text.is_empty() { (0..120).rev().collect() } else { even.clone() };
            let first = page(String::new()).await;
            assert_eq!((numbers(&first.rows), first.previous.clone()), (expected[..25].to_vec(), None));
            let second = page(first.next.clone().unwrap()).await;
            assert_eq!(numbers(&second.rows), expected[25..50]);
            let third = page(second.next.clone().unwrap()).await;
            assert_eq!(page(third.previous.clone().unwrap()).await, second);
            assert_eq!(page(second.previous.clone().unwrap()).await.rows, first.rows);
        }
    })
    .await;
}

/// Copies of one entry, `number` minutes after the first.
async fn fill(store: &Database, count: i64) {
    let query = sqlx::query(
        "insert into audit (id, organization_id, at, user_id, session_id, operation, outcome, request_id, times) \
         with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1) \
         select 'copy_' || cast(100000 + i as text), 'org_a', $2 + i * 60000, 'user_ada', 'sess_ada', 'change_role', \
           'done', 'request', 1 from n",
    );
    store.writer().execute(query.bind(count).bind(NOW_MS)).await.unwrap();
}

#[tokio::test]
async fn a_rare_match_stops_the_search_which_goes_on_from_there() {
    on_every_database(|store| async move {
        audit::record_refusals(&store, &[call(0, "user_ada", "list_members", "forbidden")]).await.unwrap();
        fill(&store, 12_000).await;
        let page = async |page: String| list(&store, ListAudit { page, ..filter("", "list_*", "") }).await;
        let first = page(String::new()).await;
        let stopped = first.searched.clone().unwrap();
        assert_eq!((first.rows.len(), stopped.to_ms), (0, NOW_MS + 7001 * 60_000), "5,000 entries were read");
        assert_eq!((first.previous, first.next), (None, Some(stopped.page.clone())));
        let second = page(stopped.page).await;
        assert_eq!(second.searched.clone().unwrap().to_ms, NOW_MS + 2001 * 60_000);
        let third = page(second.next.clone().unwrap()).await;
        assert_eq!((numbers(&third.rows), third.searched.clone(), third.next.clone()), (vec![0], None, None));
        let back = page(third.previous.unwrap()).await;
        assert_eq!((back.rows.len(), back.searched.unwrap().to_ms), (0, NOW_MS + 5000 * 60_000), "the way back, too");
        // These have an index, or a limit of time, and find the entry at once.
        let at_once = [
            filter("", "list_members", ""),
            filter("", "", "refused"),
            filter("", "", "forbidden"),
            ListAudit { to_ms: NOW_MS + 60_000, ..filter("", "list_*", "") },
        ];
        for input in at_once {
            let found = list(&store, input).await;
            assert_eq!((numbers(&found.rows), found.searched, found.next), (vec![0], None, None));
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_shown_whole_and_to_its_organization_only() {
    on_every_database(|store| async move {
        small_log(&store).await;
        let listed = list(&store, filter("", "", "done")).await.rows.remove(0);
        let show = async |organization: &str, id: &str| {
            audit::show(&grant(&store, organization, ShowAuditEntry { entry_id: id.to_owned() })).await
        };
        let shown = show("org_a", &listed.id).await.unwrap();
        assert_eq!((shown.user_id.as_str(), shown.request_id.as_str()), ("user_ada", "test"));
        assert_eq!((shown.entry, shown.concerned), (listed.clone(), None));
        insert_change(&store, 1, "user_grace", None).await;
        let about = list(&store, filter("", "remove_member", "")).await.rows.remove(0);
        assert_eq!(show("org_a", &about.id).await.unwrap().concerned.as_deref(), Some("user_grace"));
        for (organization, id) in [("org_b", listed.id.as_str()), ("org_a", "AAAA"), ("org_a", "a"), ("org_a", "")] {
            assert!(matches!(show(organization, id).await, Err(StoreError::NotFound)), "{organization} {id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_subject_has_the_name_of_its_user_or_of_the_user_of_its_session() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let intent = sessions::begin_revocation(&grant(
            &store,
            "org_a",
            RevokeSession { session_id: "sess_user_ann".to_owned(), reason: String::new() },
        ))
        .await
        .unwrap();
        done(&store, intent, Effect::Session(revoked_session("sess_user_ann", "user_ann", 2))).await;
        let role = grant(
            &store,
            "org_a",
            ChangeRole { user_id: "user_ann".to_owned(), role: "admin".to_owned(), reason: String::new() },
        );
        let intent = members::begin_role_change(&role, "org:admin").await.unwrap();
        let now = membership("mem_user_ann", "org_a", "user_ann", "org:admin", 2);
        done(&store, intent, Effect::Membership(parse_object(&now))).await;
        let log = list(&store, ListAudit::default()).await.rows;
        let mut subjects: Vec<_> = log.into_iter().map(|entry| (entry.operation, entry.subject)).collect();
        subjects.sort();
        let ann = || Some("user_ann".to_owned());
        assert_eq!(subjects, [("change_role".to_owned(), ann()), ("revoke_session".to_owned(), ann())]);
    })
    .await;
}

/// Reads a whole export: its entries and whether it was cut.
async fn exported(store: &Database, organization: &str, input: ExportAudit) -> Vec<Vec<String>> {
    let mut export = audit_export::begin(&grant(store, organization, input)).await.unwrap();
    let mut rows = Vec::new();
    loop {
        match export.next().await.unwrap() {
            Exported::Entries(entries) => rows.extend(entries.into_iter().map(|entry| entry.values.to_vec())),
            Exported::Cut(at_ms) => panic!("cut at {at_ms}"),
            Exported::End => return rows,
        }
    }
}

#[tokio::test]
async fn an_export_goes_on_where_it_was_if_its_last_entry_is_deleted() {
    on_every_database(|store| async move {
        let earlier = |number: i64| DeniedCall {
            at_ms: NOW_MS - number * 60_000,
            ..call(0, "user_ada", "list_audit", "forbidden")
        };
        let calls: Vec<_> = (1..=600).map(earlier).collect();
        audit::record_refusals(&store, &calls).await.unwrap();
        let mut export = audit_export::begin(&grant(&store, "org_a", ExportAudit::default())).await.unwrap();
        let Exported::Entries(first) = export.next().await.unwrap() else { panic!("no entries") };
        let last = first.last().unwrap().values[15].clone();
        store.writer().execute(sqlx::query("delete from audit where id = $1").bind(last)).await.unwrap();
        let Exported::Entries(second) = export.next().await.unwrap() else { panic!("no entries") };
        assert_eq!((first.len(), second.len()), (500, 100));
        assert!(second.iter().all(|entry| entry.at_ms < first.last().unwrap().at_ms), "no entry twice");
    })
    .await;
}

#[tokio::test]
async fn an_export_has_every_entry_that_matches_and_leaves_one_of_its_own() {
    on_every_database(|store| async move {
        let earlier = |number: i64| DeniedCall {
            at_ms: NOW_MS - 90_000_000 + number * 60_000,
            ..call(0, "user_ada", if number % 2 == 0 { "list_members" } else { "list_audit" }, "forbidden")
        };
        let calls: Vec<_> = (0..1201).map(earlier).collect();
        for batch in calls.chunks(400) {
            audit::record_refusals(&store, batch).await.unwrap();
        }
        let all = exported(&store, "org_a", ExportAudit::default()).await;
        assert_eq!(all.len(), 1201, "in three batches");
        let unique: std::collections::BTreeSet<_> = all.iter().map(|row| row[15].clone()).collect();
        assert_eq!(unique.len(), 1201, "each once");
        assert!(all.is_sorted_by(|newer, older| newer[0] > older[0]), "newest first");
        let text = str::to_owned;
        let even = ExportAudit { format: text("jsonl"), operation: text("list_m*"), ..ExportAudit::default() };
        assert_eq!(exported(&store, "org_a", even).await.len(), 601);
        for (person, expected) in [("user_ada", 1201), ("user_grace", 0)] {
            let input = ExportAudit { person: text(person), to_ms: NOW_MS - 1, ..ExportAudit::default() };
            assert_eq!(exported(&store, "org_a", input).await.len(), expected, "{person}");
        }
        assert!(exported(&store, "org_b", ExportAudit::default()).await.is_empty());
        let entries = list(&store, filter("", "export_audit", "")).await.rows;
        let mut changes: Vec<_> = entries.into_iter().filter_map(|entry| entry.change).collect();
        changes.sort_by(|one, other| one.from.cmp(&other.from));
        let change = |from: &str, to: &str| ChangeView { subject: text("audit log"), from: text(from), to: text(to) };
        let to = domain::calendar::rfc3339(NOW_MS - 1);
        let of = |person: &str| change(&format!("person {person}, to {to}"), "CSV");
        let first = [change("all entries", "CSV"), change("operation list_m*", "JSON Lines")];
        assert_eq!(changes, [first.as_slice(), &[of("user_ada"), of("user_grace")]].concat());
    })
    .await;
}
