//! A dump of PostgreSQL is a complete backup: `pg_dump` and `pg_restore`, as docs/operations.md
//! says. The commands of the server have the tests of the backup of SQLite.

use super::*;
use std::process::Command;

#[tokio::test]
async fn a_dump_of_postgresql_can_be_restored() {
    let Some(url) = postgres_url() else { return };
    let admin = Database::postgres(&url).await.unwrap();
    let name = format!("dump_{}", Token::random().as_str().replace('-', "_").to_lowercase());
    let [original, restored] = ["original", "restored"].map(|state| format!("{name}_{state}"));
    for database in [&original, &restored] {
        execute(&admin, format!("create database \"{database}\" template template0")).await;
    }
    let store = crate::store::open(&database(&url, &original)).await.unwrap();
    two_organizations(&store).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("database.dump").display().to_string();
    let dump = format!("--dbname={}", database(&url, &original).expose_secret());
    run("pg_dump", &["--format=custom", "--file", &file, &dump]);
    // A change after the dump is lost.
    let later = event("later", "user.created", 1, user("user_later", "Later", 1));
    ingest_events(&store, &[later]).await;
    let target = format!("--dbname={}", database(&url, &restored).expose_secret());
    run("pg_restore", &["--exit-on-error", "--no-owner", &target, &file]);

    let copy = crate::store::open(&database(&url, &restored)).await.unwrap();
    assert_eq!(members(&copy, "org_a").await, members(&store, "org_a").await);
    assert_eq!(members(&copy, "org_a").await.len(), 1);
    let rows = async |store: &Database| {
        let (users,): (i64,) = sqlx::query_as("select count(*) from users").fetch_one(store.reader()).await.unwrap();
        users
    };
    assert_eq!((rows(&store).await, rows(&copy).await), (3, 2));
    drop((store, copy));
    for database in [&original, &restored] {
        execute(&admin, format!("drop database \"{database}\" with (force)")).await;
    }
}

fn run(program: &str, arguments: &[&str]) {
    let ended = Command::new(program).args(arguments).output().unwrap();
    assert!(ended.status.success(), "{program}: {}", String::from_utf8_lossy(&ended.stderr));
}
