//! Problems with migrations are reported, and databases of earlier versions are upgraded.

use super::*;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType};

fn migration(version: i64, description: &'static str, sql: &'static str) -> Migration {
    Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
}

/// The server's error with these migrations.
async fn problem_with(store: &Database, migrations: &[Migration]) -> String {
    match crate::db::migrations::run_these(store.reader(), store.writer(), migrations).await {
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Drops every table of the store, also those of later migrations.
async fn emptied(store: &Database) {
    let sqlite = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
    let postgres = "select cast(tablename as text) from pg_tables where schemaname = current_schema()";
    let tables: Vec<(String,)> = match sqlx::query_as(sqlite).fetch_all(store.reader()).await {
        Ok(tables) => tables,
        Err(_) => sqlx::query_as(postgres).fetch_all(store.reader()).await.unwrap(),
    };
    for (table,) in tables {
        execute(store, format!("drop table \"{table}\"")).await;
    }
}

#[tokio::test]
async fn migration_problems_are_reported_with_number_file_and_remedy() {
    on_every_database(|store| async move {
        emptied(&store).await;
        let first = || migration(1, "first", "create table one (id text); create table two (id text);");
        let twins = [
            first(),
            migration(2, "mine", "create table mine (id text)"),
            migration(2, "of others", "create table others (id text)"),
        ];
        let found = problem_with(&store, &twins).await;
        assert!(
            found.contains("migrations/0002_mine.sql and migrations/0002_of_others.sql have the same number"),
            "{found}"
        );
        assert_eq!(problem_with(&store, &[first()]).await, "done");
        assert_eq!(problem_with(&store, &[first()]).await, "done", "and again nothing is to be done");
        let found = problem_with(&store, &[migration(1, "first", "create table other (id text)")]).await;
        assert!(
            found.contains("migrations/0001_first.sql was changed after it was applied: restore its text"),
            "{found}"
        );
        let broken = migration(2, "broken", "create table three (id text); create table one (id text);");
        let found = problem_with(&store, &[first(), broken]).await;
        assert!(found.contains("migrations/0002_broken.sql failed, and nothing was changed: "), "{found}");
        assert_eq!(
            problem_with(&store, &[first(), migration(2, "mended", "create table three (id text)")]).await,
            "done"
        );
        let found = problem_with(&store, &[first()]).await;
        assert!(
            found.contains("migration 2, which this server does not know: a newer server has changed it"),
            "{found}"
        );
        store.writer().execute("update _sqlx_migrations set success = false where version = 2").await.unwrap();
        let found = problem_with(&store, &[first(), migration(2, "mended", "create table three (id text)")]).await;
        assert!(found.contains("migration 2 began and did not end: restore a backup"), "{found}");
        assert!(found.starts_with("the database of DATABASE_URL cannot be brought up to date: "), "{found}");
    })
    .await;
}

#[tokio::test]
async fn a_later_migration_of_the_template_is_applied_after_those_of_a_product() {
    on_every_database(|store| async move {
        emptied(&store).await;
        let template = migration(1, "template", "create table template (id text)");
        let product = migration(1000, "product", "create table product (id text)");
        assert_eq!(problem_with(&store, &[template.clone(), product.clone()]).await, "done");
        let later = migration(2, "later", "create table later (id text)");
        assert_eq!(problem_with(&store, &[template, later, product]).await, "done");
        execute(&store, "insert into later (id) values ('1')".to_owned()).await;
    })
    .await;
}

#[tokio::test]
async fn servers_that_start_together_migrate_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let url: SecretString = format!("sqlite://{}", folder.path().join("g.db").display()).into();
    let starting: Vec<_> = (0..4)
        .map(|_| url.clone())
        .map(|url| tokio::spawn(async move { crate::store::open(&url).await.map(|_| ()) }))
        .collect();
    for start in starting {
        start.await.unwrap().unwrap();
    }
}

/// A database of an earlier version: its tables, and rows as it wrote them.
async fn as_before(store: &Database) {
    emptied(store).await;
    let files = [
        migration(1, "people", include_str!("../../../migrations/0001_people.sql")),
        migration(2, "audit", include_str!("../../../migrations/0002_audit.sql")),
        migration(3, "webhook inbox", include_str!("../../../migrations/0003_webhook_inbox.sql")),
        migration(4, "session expiry", include_str!("../../../migrations/0004_session_expiry.sql")),
        migration(5, "whole instance", include_str!("../../../migrations/0005_whole_instance.sql")),
    ];
    assert_eq!(problem_with(store, &files).await, "done");
    for statement in [
        "insert into users (id, name, email, updated_at) values ('user_ann', 'Émile Zola', 'emile@example.com', 5)",
        "insert into users (id, name, email, updated_at, deleted_at) values ('user_gone', null, null, 5, 9)",
        "insert into organizations (id, name, updated_at) values ('org_a', 'A', 5)",
        "insert into organizations (id, updated_at, deleted_at) values ('org_gone', 5, 9)",
        "insert into memberships (id, organization_id, user_id, role, updated_at) values \
           ('mem_1', 'org_a', 'user_ann', 'admin', 5), ('mem_2', 'org_a', 'user_gone', 'member', 5), \
           ('mem_3', 'org_gone', 'user_ann', 'member', 5), ('mem_4', 'org_a', 'user_untold', 'member', 5), \
           ('mem_0', 'org_a', 'user_ann', 'member', 3)",
        "insert into sessions (id, user_id, status, client, created_at, updated_at) values \
           ('sess_ann', 'user_ann', 'active', 'Firefox', 5, 5), \
           ('sess_gone', 'user_gone', 'active', 'Firefox, Paris', 5, 5)",
        "insert into invitations (id, organization_id, email, role, status, created_at, updated_at) values \
           ('inv_1', 'org_gone', 'a@example.com', 'member', 'pending', 5, 5)",
    ] {
        store.writer().execute(statement).await.unwrap();
    }
}

#[tokio::test]
async fn an_upgrade_erases_deleted_users_and_indexes_the_others() {
    on_every_database(|store| async move {
        as_before(&store).await;
        crate::db::migrations::run(store.reader(), store.writer()).await.unwrap();
        search_text::backfill(&store).await.unwrap();
        let listed =
            [("user_ann".to_owned(), "admin".to_owned(), 1), ("user_untold".to_owned(), "member".to_owned(), 0)];
        assert_eq!(members(&store, "org_a").await, listed);
        assert!(members(&store, "org_gone").await.is_empty());
        let search = grant(&store, "org_a", ListMembers { query: "ÉMILE".to_owned(), ..ListMembers::default() });
        assert_eq!(members::list(&search).await.unwrap().rows.len(), 1);
        let (running, known, invited): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from sessions where user_id = 'user_gone' and status = 'active'), \
               (select count(*) from sessions where user_id = 'user_gone' and client is not null), \
               (select count(*) from invitations where email is not null)",
        )
        .fetch_one(store.reader())
        .await
        .unwrap();
        assert_eq!((running, known, invited), (0, 0, 0));
        // Later events apply to them as to all users.
        ingest_events(&store, &[event("u", "user.created", 6, user("user_untold", "Aaron", 6))]).await;
        assert_eq!(members(&store, "org_a").await[0].0, "user_untold");
    })
    .await;
}

#[tokio::test]
async fn members_written_by_an_older_server_are_listed_from_the_next_start() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let statement = "insert into memberships (id, organization_id, user_id, role, updated_at) values \
             ('mem_old', 'org_a', 'user_bob', 'member', 5), \
             ('mem_new', 'org_a', 'user_new', 'member', 5)";
        store.writer().execute(statement).await.unwrap();
        let users = async || members(&store, "org_a").await.into_iter().map(|(user, _, _)| user).collect::<Vec<_>>();
        assert_eq!(users().await, ["user_ann"], "the others have no place in the order yet");
        search_text::backfill(&store).await.unwrap();
        assert_eq!(users().await, ["user_ann", "user_bob", "user_new"]);
        let search = grant(&store, "org_a", ListMembers { query: "BOB@".to_owned(), ..ListMembers::default() });
        assert_eq!(members::list(&search).await.unwrap().rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_next_start_fills_and_clears_what_an_older_server_left_of_the_order_by_role() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        for statement in [
            "update memberships set role_order = null where deleted_at is null",
            "insert into memberships (id, organization_id, user_id, role, updated_at, deleted_at, role_order) \
               select 'mem_former', 'org_a', 'user_former', 'member', 5, 6, sort_key from memberships \
               where deleted_at is null limit 1",
        ] {
            store.writer().execute(statement).await.unwrap();
        }
        let by_role = grant(&store, "org_a", ListMembers { sort: "role".to_owned(), ..ListMembers::default() });
        assert!(members::list(&by_role).await.unwrap().rows.is_empty());
        search_text::backfill(&store).await.unwrap();
        assert_eq!(members::list(&by_role).await.unwrap().rows.len(), members(&store, "org_a").await.len());
        let former = "select count(*) from memberships where deleted_at is not null and role_order is not null";
        let (former,): (i64,) = sqlx::query_as(former).fetch_one(store.reader()).await.unwrap();
        assert_eq!(former, 0, "it names a person");
    })
    .await;
}

#[tokio::test]
async fn inspecting_a_database_reports_its_state_and_writes_nothing() {
    on_every_database(|store| async move {
        let inspect = || crate::db::migrations::inspect(store.reader());
        assert_eq!(inspect().await.unwrap(), Schema::Current);
        execute(&store, "delete from _sqlx_migrations where version = 5".to_owned()).await;
        assert_eq!(inspect().await.unwrap(), Schema::Behind(1));
        execute(&store, "update _sqlx_migrations set version = 900 where version = 4".to_owned()).await;
        let found = inspect().await.unwrap_err().to_string();
        assert!(found.contains("migration 900") && found.contains("newer server"), "{found}");
        execute(&store, "drop table _sqlx_migrations".to_owned()).await;
        assert_eq!(inspect().await.unwrap(), Schema::Absent);
        assert_eq!(inspect().await.unwrap(), Schema::Absent, "it made the table");
    })
    .await;
}

#[tokio::test]
async fn inspecting_a_missing_file_creates_none() {
    let folder = tempfile::tempdir().unwrap();
    let url = SecretString::from(format!("sqlite://{}", folder.path().join("data/app.db").display()));
    assert_eq!(Database::inspect(&url).await.unwrap(), Schema::Absent);
    assert!(!folder.path().join("data").exists());
    let _in_use = crate::store::open(&url).await.unwrap();
    assert_eq!(Database::inspect(&url).await.unwrap(), Schema::Current);
    let absent = SecretString::from(format!("sqlite://{}?mode=rw", folder.path().join("other.db").display()));
    assert!(Database::inspect(&absent).await.is_err());
}
