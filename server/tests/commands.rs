//! The commands of the operator, as the binary runs them: exit codes, standard output, and the
//! variables that each one needs.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::Router;
use axum::routing::get;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use support::binary::{run, scratch, site, start};
use support::free_port::free_address;
use support::server_process::ServerProcess;

fn sqlite(folder: &Path, name: &str) -> String {
    format!("sqlite://{}", folder.join(name).display())
}

/// A wrong secret key would otherwise show only when somebody signs in.
#[tokio::test]
async fn keys_that_cannot_be_fetched_show_in_the_log_of_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), "", &[("CLERK_JWT_KEY", "")]).await;
    let started = Instant::now();
    while !server.log().contains("the key set could not be fetched: check") {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn migrate_says_which_migrations_it_applied() {
    let folder = scratch();
    let database = sqlite(folder.path(), "g.db");
    // Migrating needs no key of Clerk, and no other variable stops it.
    let variables = [("DATABASE_URL", database.as_str()), ("CLERK_SECRET_KEY", "nonsense"), ("REDIS_URL", "nonsense")];
    let first = run(folder.path(), &["migrate"], &variables).await;
    assert_eq!(first.code, Some(0), "{}", first.said);
    assert!(first.printed.contains("migrations: migrations/0001_"), "{}", first.printed);
    let second = run(folder.path(), &["migrate"], &variables).await;
    assert!(second.code == Some(0) && second.printed.contains("nothing to apply"), "{}", second.said);
}

#[tokio::test]
async fn a_command_names_the_variable_that_it_lacks() {
    let folder = scratch();
    for (words, variables, named) in [
        (&["migrate"][..], &[("DATABASE_URL", "mysql://x")][..], "DATABASE_URL"),
        (&["backup", "copy.db"], &[("DATABASE_URL", "mysql://x")], "DATABASE_URL"),
        (&["sync"], &[], "CLERK_SECRET_KEY is missing"),
        (&["prune"], &[("RETAIN_AUDIT", "ever")], "RETAIN_AUDIT"),
        (&["healthy"], &[("LEPTOS_SITE_ADDR", "9")], "LEPTOS_SITE_ADDR"),
        (&["migrate"], &[("RUST_LOG", "gatehouse=loud")], "RUST_LOG"),
        (&["migrate"], &[("DATABASE_URL_FILE", "nowhere")], "DATABASE_URL_FILE leads to a file that does not exist"),
    ] {
        let ended = run(folder.path(), words, variables).await;
        assert_eq!(ended.code, Some(1), "{words:?}: {}", ended.said);
        assert!(ended.said.contains(named) && ended.printed.is_empty(), "{words:?}: {}", ended.said);
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a command left something behind");
}

#[tokio::test]
async fn a_backup_during_writes_can_be_restored() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch();
    let (site, address, database) =
        (site(folder.path()), free_address().to_string(), sqlite(folder.path(), "data/g.db"));
    let variables = [
        ("LEPTOS_SITE_ROOT", site.as_str()),
        ("LEPTOS_SITE_ADDR", address.as_str()),
        ("DATABASE_URL", database.as_str()),
    ];
    let mut server = start(folder.path(), &variables);
    wait_until_healthy(folder.path(), &variables).await;
    let writer = sqlx::sqlite::SqlitePool::connect(&database).await.unwrap();
    sqlx::query("create table kept (n integer primary key, half integer not null)").execute(&writer).await.unwrap();
    let insert = async |n: i64| {
        let mut transaction = writer.begin().await.unwrap();
        for half in [0, 1] {
            sqlx::query("insert into kept values ($1, $2)")
                .bind(2 * n + half)
                .bind(half)
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
    };
    for n in 0..100 {
        insert(n).await;
    }
    let writing = async {
        let mut n = 100;
        loop {
            insert(n).await;
            n += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let ended = tokio::select! {
        ended = run(folder.path(), &["backup", "copy.db"], &variables) => ended,
        () = writing => unreachable!(),
    };
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.printed.contains("Saved copy.db") && ended.printed.contains("integrity check"), "{}", ended.printed);
    let copy = folder.path().join("copy.db");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    server.kill().await.unwrap();
    // The copy is a database of its own, with every row of before and no half of a transaction.
    let restored = sqlite(folder.path(), "copy.db");
    let rows = sqlx::sqlite::SqlitePool::connect(&restored).await.unwrap();
    let (all, halves): (i64, i64) =
        sqlx::query_as("select count(*), sum(half) from kept").fetch_one(&rows).await.unwrap();
    assert!(all >= 200 && all == 2 * halves, "{all} {halves}");
    rows.close().await;
    let again = run(folder.path(), &["migrate"], &[("DATABASE_URL", &restored)]).await;
    assert!(again.printed.contains("nothing to apply"), "{}", again.said);
}

async fn wait_until_healthy(folder: &Path, variables: &[(&str, &str)]) {
    let mut tries = 0..100;
    while run(folder, &["healthy"], variables).await.code != Some(0) {
        assert!(tries.next().is_some(), "the server did not start");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_backup_refuses_an_existing_file_and_a_missing_database() {
    let folder = scratch();
    let database = sqlite(folder.path(), "g.db");
    let variables = [("DATABASE_URL", database.as_str())];
    let missing = run(folder.path(), &["backup", "copy.db"], &variables).await;
    assert!(missing.code == Some(1) && missing.said.contains("nothing to save"), "{}", missing.said);
    assert!(!folder.path().join("g.db").exists() && !folder.path().join("copy.db").exists());
    assert_eq!(run(folder.path(), &["migrate"], &variables).await.code, Some(0));
    std::fs::write(folder.path().join("copy.db"), "mine").unwrap();
    for (target, said) in [("copy.db", "exists"), ("g.db", "exists"), ("nowhere/copy.db", "name a new file")] {
        let refused = run(folder.path(), &["backup", target], &variables).await;
        assert!(refused.code == Some(1) && refused.said.contains(said), "{target}: {}", refused.said);
    }
    assert_eq!(std::fs::read(folder.path().join("copy.db")).unwrap(), b"mine");
    assert_eq!(run(folder.path(), &["backup", "file:odd name?mode=ro.db"], &variables).await.code, Some(0));
    assert!(folder.path().join("file:odd name?mode=ro.db").metadata().unwrap().len() > 0);
}

#[tokio::test]
async fn a_damaged_database_leaves_no_backup() {
    let folder = scratch();
    let database = sqlite(folder.path(), "g.db");
    std::fs::write(folder.path().join("g.db"), "not a database, but long enough to be one".repeat(99)).unwrap();
    let ended = run(folder.path(), &["backup", "copy.db"], &[("DATABASE_URL", &database)]).await;
    assert!(ended.code == Some(1) && ended.said.contains("not an SQLite database"), "{}", ended.said);
    assert!(!folder.path().join("copy.db").exists());
}

#[tokio::test]
async fn a_backup_of_postgresql_is_left_to_pg_dump() {
    let folder = scratch();
    let variables = [("DATABASE_URL", "postgres://app:opensesame@127.0.0.1:9/app")];
    let ended = run(folder.path(), &["backup", "copy.db"], &variables).await;
    assert!(ended.code == Some(1) && ended.said.contains("pg_dump"), "{}", ended.said);
    assert!(!ended.said.contains("opensesame") && !folder.path().join("copy.db").exists(), "{}", ended.said);
}

/// A listener that answers every request with this status, after a delay.
async fn answering(status: u16, delay: Duration) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = async move || {
        tokio::time::sleep(delay).await;
        http::StatusCode::from_u16(status).unwrap()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

#[tokio::test]
async fn healthy_asks_the_address_of_the_configuration_within_two_seconds() {
    let folder = scratch();
    let proxy = answering(200, Duration::ZERO).await;
    for (address, code, said) in [
        (answering(200, Duration::ZERO).await, 0, "is alive"),
        (answering(404, Duration::ZERO).await, 1, "another program"),
        (answering(200, Duration::from_secs(30)).await, 1, "within 2 seconds"),
        (free_address().to_string(), 1, "start the server"),
        ("127.0.0.1:0".to_owned(), 1, "set a port"),
    ] {
        let variables = [("LEPTOS_SITE_ADDR", address.as_str()), ("http_proxy", &format!("http://{proxy}"))];
        let started = Instant::now();
        let ended = run(folder.path(), &["healthy"], &variables).await;
        assert_eq!(ended.code, Some(code), "{address}: {}", ended.said);
        assert!(ended.said.contains(said), "{address}: {}", ended.said);
        assert!(started.elapsed() < Duration::from_secs(10), "{address}");
    }
}

#[tokio::test]
async fn sync_reports_objects_that_it_left_out() {
    let folder = scratch();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_url = format!("http://{}", listener.local_addr().unwrap());
    let users = || std::future::ready(axum::Json(json!([{ "object": "user", "id": 7 }])));
    let nothing = || std::future::ready(axum::Json(json!({ "data": [], "total_count": 0 })));
    let router = Router::new().route("/v1/users", get(users)).fallback(nothing);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let database = sqlite(folder.path(), "g.db");
    let variables = [
        ("DATABASE_URL", database.as_str()),
        ("CLERK_SECRET_KEY", "sk_test_notARealKeyButLongEnough"),
        ("CLERK_API_URL", api_url.as_str()),
    ];
    let ended = run(folder.path(), &["sync"], &variables).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("left out"), "{}", ended.said);
    assert!(ended.printed.starts_with("0 users"), "{}", ended.printed);
    assert!(!ended.printed.contains("left out"), "{}", ended.printed);
}

/// A database with a user, a webhook about them and two entries of the audit log.
async fn with_a_user(folder: &Path) -> (String, sqlx::SqlitePool) {
    let database = sqlite(folder, "g.db");
    assert_eq!(run(folder, &["migrate"], &[("DATABASE_URL", &database)]).await.code, Some(0));
    let rows = sqlx::SqlitePool::connect(&database).await.unwrap();
    for statement in [
        "insert into users (id, name, email, updated_at) values ('user_ada', 'Ada', 'ada@example.com', 1)",
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome, user_id) \
         values ('msg_1', 'user.updated', '{\"name\":\"Ada\"}', 1, 'applied', 'user_ada')",
    ] {
        sqlx::query(statement).execute(&rows).await.unwrap();
    }
    (database, rows)
}

#[tokio::test]
async fn export_prints_what_is_stored_and_forget_erases_it() {
    let folder = scratch();
    let (database, rows) = with_a_user(folder.path()).await;
    let variables = [("DATABASE_URL", database.as_str())];
    let exported = run(folder.path(), &["export", "user_ada"], &variables).await;
    assert_eq!(exported.code, Some(0), "{}", exported.said);
    let json: serde_json::Value = serde_json::from_str(&exported.printed).unwrap();
    assert_eq!(json["tables"]["users"][0]["email"], "ada@example.com");
    let forgotten = run(folder.path(), &["forget", "user_ada"], &variables).await;
    assert_eq!(forgotten.code, Some(0), "{}", forgotten.said);
    assert!(forgotten.printed.contains("users 1"), "{}", forgotten.printed);
    let left: (i64,) = sqlx::query_as("select count(*) from users where name is not null or email is not null")
        .fetch_one(&rows)
        .await
        .unwrap();
    assert_eq!(left.0, 0);
    // A mistyped id is no success, and leaves no tombstone.
    for command in ["forget", "export"] {
        let mistyped = run(folder.path(), &[command, "user_adda"], &variables).await;
        assert!(mistyped.code == Some(1) && mistyped.said.contains("nothing is stored"), "{}", mistyped.said);
        assert_eq!(run(folder.path(), &[command, "two words"], &variables).await.code, Some(2));
    }
    let users: (i64,) = sqlx::query_as("select count(*) from users").fetch_one(&rows).await.unwrap();
    assert_eq!(users.0, 1);
}

#[tokio::test]
async fn prune_deletes_what_is_older_than_the_configuration_keeps_it() {
    let folder = scratch();
    let (database, rows) = with_a_user(folder.path()).await;
    let pruned = run(folder.path(), &["prune"], &[("DATABASE_URL", &database)]).await;
    assert_eq!(pruned.code, Some(0), "{}", pruned.said);
    assert!(pruned.printed.contains("1 webhooks"), "{}", pruned.printed);
    let left: (i64,) = sqlx::query_as("select count(*) from webhook_inbox").fetch_one(&rows).await.unwrap();
    assert_eq!(left.0, 0);
}
