//! No statement of this crate reads a whole table.
//!
//! Every statement that ran in the contract so far is explained on the database of the test that
//! ends. SQLite and PostgreSQL plan without statistics here, and PostgreSQL is kept from scanning
//! small tables, so a plan that scans has no index to use.

use super::*;
use crate::store::audit_statements::{BY_ACTOR, BY_OPERATION, BY_PERSON, REFUSED, Statements};
use crate::store::counts::OF_SESSION;
use domain::operation::MemberSort;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

/// Statements that read a whole table on purpose: the beginning of each, and the reason.
const WHOLE_TABLES: &[(&str, &str)] = &[
    ("select version", "one row for each migration"),
    ("select name, period_ms", "one row for each job"),
    ("update command_intents set check_at = 0", "the few commands that have not ended, at a start"),
    ("select id, organization_id, at, user_id", "`server export` also finds entries about a person"),
    ("select id, organization_id, user_id, session_id", "`server export`, the few commands that have not ended"),
    ("select svix_id, type, payload", "`server export` also finds events whose payload is erased"),
    ("select session_id, person, first_seen_at", "`server export`, on PostgreSQL"),
    ("select key, coalesce(name, key)", "the roles and permissions of an instance are a few dozen"),
    ("select organization_id from ( select organization_id, members", "the daily repair counts everything again"),
    ("select organization_id, count(*) as members", "the daily repair counts an organization with wrong counts again"),
    ("select distinct s.user_id from sessions s join memberships", "the daily repair reads every running session"),
    ("select count(*) from command_intents", "the few commands that have not ended"),
    ("select cast(", "a test looks into every column"),
];

/// The statements that have been explained on each kind of database.
static EXPLAINED: Mutex<BTreeSet<(bool, String)>> = Mutex::new(BTreeSet::new());

/// The sources of tests without blanks. Tests look at whole tables.
static TESTS: LazyLock<String> = LazyLock::new(|| {
    let mut texts = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.components().any(|part| {
                matches!(part.as_os_str().to_str(), Some("contract" | "tests" | "tests.rs" | "contract.rs"))
            }) {
                texts.push_str(&std::fs::read_to_string(entry).unwrap());
            } else if let Some((_, tests)) =
                std::fs::read_to_string(entry).unwrap().split_once("#[cfg(test)]\nmod tests")
            {
                texts.push_str(tests);
            }
        }
    }
    without_blanks(&texts)
});

fn without_blanks(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\\').collect()
}

fn is_of_the_product(sql: &str) -> bool {
    let is_planned = ["select", "insert", "update", "delete", "with"].iter().any(|start| sql.starts_with(start));
    is_planned && !TESTS.contains(&without_blanks(sql))
}

/// Explains the statements that ran since the last test ended. Tests run side by side, so they are
/// also those of other tests.
pub(super) async fn assert_no_scan(store: &Database) {
    // A test of migrations ends with tables of its own. The next test explains the statements then.
    if !has_every_table(store).await {
        return;
    }
    let is_postgres = store.is_shared();
    let mut scans = Vec::new();
    for sql in crate::db::recorded::statements() {
        let is_new = EXPLAINED.lock().unwrap().insert((is_postgres, sql.clone()));
        let is_meant = WHOLE_TABLES.iter().any(|(beginning, _)| sql.starts_with(beginning));
        if !is_new || is_meant || !is_of_the_product(&sql) {
            continue;
        }
        let plan = explain(store, &sql).await;
        if has_scan(&plan) || reads_organization(&sql, &plan) {
            scans.push(format!("{sql}\n{}", plan.join("\n")));
        }
    }
    assert!(scans.is_empty(), "statements without an index:\n{}", scans.join("\n\n"));
}

async fn has_every_table(store: &Database) -> bool {
    let applied: Result<(i64,), _> =
        sqlx::query_as("select count(*) from _sqlx_migrations where success").fetch_one(store.reader()).await;
    let all = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).unwrap().count();
    applied.is_ok_and(|(applied,)| usize::try_from(applied) == Ok(all))
}

async fn explain(store: &Database, sql: &str) -> Vec<String> {
    if store.is_shared() { postgres_plan(store, sql, "").await } else { sqlite_plan(store, sql).await }
}

fn has_scan(plan: &[String]) -> bool {
    plan.iter().any(|step| step.contains("Seq Scan on") || is_scan_of_table(step, plan))
}

/// Whether SQLite reads everything that an organization has in a table, without an end, or to find
/// whether one row exists. PostgreSQL has the same indexes, and chooses by statistics.
fn reads_organization(sql: &str, plan: &[String]) -> bool {
    let is_whole = |step: &String| {
        let is_of_organization = step.starts_with("SEARCH ") && step.ends_with("(organization_id=?)");
        let has_end = sql.contains(" limit ") && !step.contains(" EXISTS ");
        // One row for each organization.
        is_of_organization && !has_end && !step.contains("organization_counts")
    };
    sql.starts_with("select") && plan.iter().any(is_whole)
}

/// SQLite also calls the reading of rows that it has computed itself a scan.
fn is_scan_of_table(step: &str, plan: &[String]) -> bool {
    let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
    let is_computed = |name: &str| {
        name.starts_with('(')
            || name == "CONSTANT"
            || plan.iter().any(|step| step.split_once(' ').is_some_and(|(kind, of)| of == name && kind != "SCAN"))
    };
    scanned.is_some_and(|name| !is_computed(name))
}

fn parameters(sql: &str) -> usize {
    (1..100).take_while(|number| sql.contains(&format!("${number}"))).count()
}

#[expect(clippy::disallowed_methods, reason = "explains statements of this crate")]
async fn sqlite_plan(store: &Database, sql: &str) -> Vec<String> {
    let mut explained = sqlx::query_as(sqlx::AssertSqlSafe(format!("explain query plan {sql}")));
    for _ in 0..parameters(sql) {
        explained = explained.bind(None::<String>);
    }
    let steps: Vec<(i64, i64, i64, String)> = explained.fetch_all(store.reader()).await.unwrap();
    steps.into_iter().map(|(.., step)| step).collect()
}

/// The plan for any values of the parameters, after one more setting.
#[expect(clippy::disallowed_methods, reason = "explains statements of this crate")]
async fn postgres_plan(store: &Database, sql: &str, setting: &str) -> Vec<String> {
    let parameters = parameters(sql);
    let values = vec!["null"; parameters].join(", ");
    let arguments = if parameters == 0 { String::new() } else { format!("({values})") };
    let mut transaction = store.writer().begin().await.unwrap();
    for setting in [
        "set local enable_seqscan = off".to_owned(),
        "set local plan_cache_mode = force_generic_plan".to_owned(),
        setting.to_owned(),
        format!("prepare explained as {sql}"),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(setting)).execute(&mut *transaction).await.unwrap();
    }
    let explain = sqlx::AssertSqlSafe(format!("explain execute explained{arguments}"));
    let steps = sqlx::raw_sql(explain).fetch_all(&mut *transaction).await.unwrap();
    sqlx::raw_sql("deallocate explained").execute(&mut *transaction).await.unwrap();
    drop(transaction);
    steps.iter().map(|step| sqlx::Row::get::<String, _>(step, 0)).collect()
}

/// Runs a test of plans on SQLite alone. PostgreSQL chooses by statistics, which an empty table
/// does not have.
async fn on_sqlite<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let test = &test;
    on_every_database(|store| async move {
        if !store.is_shared() {
            test(store).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_reads_a_whole_table_is_found() {
    on_every_database(|store| async move {
        assert!(has_every_table(&store).await);
        for (statement, reads_all) in [
            ("select id from users where name = $1", true),
            ("select u.id from users u, memberships m where m.id = $1 and u.name = m.id", true),
            ("select id from users where id = $1", false),
            ("select n from (select count(*) as n from memberships where organization_id = $1) counted", false),
        ] {
            let plan = explain(&store, statement).await;
            assert_eq!(has_scan(&plan), reads_all, "{statement}: {plan:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_of_members_is_read_in_the_order_of_an_index() {
    on_every_database(|store| async move {
        for sql in [members::BY_NAME, members::BY_TIME, members::BY_ROLE].as_flattened() {
            // PostgreSQL would sort the few rows of a small table, if it could.
            let plan = if store.is_shared() {
                postgres_plan(&store, sql, "set local enable_sort = off").await
            } else {
                sqlite_plan(&store, sql).await
            };
            let has_sort_step = plan.iter().any(|step| step.contains("TEMP B-TREE") || step.contains("Sort"));
            assert!(!has_sort_step, "{sql}\n{}", plan.join("\n"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_in_the_middle_of_words_reads_no_row_of_a_member() {
    on_sqlite(|store| async move {
        for sort in [MemberSort::Name, MemberSort::Newest, MemberSort::Role] {
            for sql in member_statements::Statements::of(sort).among_first {
                let plan = sqlite_plan(&store, sql).await;
                let index = "SEARCH memberships USING COVERING INDEX memberships_in_order (organization_id=?)";
                assert!(plan.iter().any(|step| step == index), "{sql}\n{}", plan.join("\n"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_members_that_a_search_has_found_are_read_by_their_ids() {
    on_sqlite(|store| async move {
        let plan = sqlite_plan(&store, members::FOUND).await;
        assert!(
            plan.iter().any(|step| step == "SEARCH m USING INDEX sqlite_autoindex_memberships_1 (id=?)"),
            "{plan:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_event_about_one_session_reads_no_other_one_of_the_user() {
    on_every_database(|store| async move {
        for sql in OF_SESSION {
            let plan = explain(&store, sql).await;
            let by_id = ["(user_id=? AND session_id=?)", "(id=?)", "AND (session_id = ", "Cond: (id = "];
            let is_by_id = plan.iter().any(|step| by_id.iter().any(|search| step.contains(search)));
            assert!(is_by_id, "{sql}\n{}", plan.join("\n"));
        }
    })
    .await;
}

/// A walk through all entries of the organization is no scan for the planner of SQLite, but would
/// take seconds.
#[tokio::test]
async fn a_filter_of_the_audit_log_walks_its_own_index() {
    on_sqlite(|store| async move {
        let people: &[&str] = &["audit_by_user", "audit_by_impersonator", "audit_by_subject"];
        for (statements, indexes) in [
            (BY_ACTOR, &people[..1]),
            (BY_OPERATION, &["audit_by_operation"]),
            (REFUSED, &["audit_refused"]),
            (BY_PERSON, people),
        ] {
            let Statements { older, newer, older_stop, newer_stop } = statements;
            for sql in [older, newer, older_stop, newer_stop] {
                let plan = explain(&store, sql).await;
                for index in indexes {
                    assert!(plan.iter().any(|step| step.contains(index)), "{index}: {sql}\n{}", plan.join("\n"));
                }
                let walks_all = plan.iter().any(|step| step.contains("audit_in_order"));
                assert!(!walks_all, "{sql}\n{}", plan.join("\n"));
            }
        }
    })
    .await;
}
