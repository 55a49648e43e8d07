//! A write is on the disk before it is answered. `src/db/writer/tests.rs` has the tests of SQLite.

use super::*;

#[tokio::test]
async fn postgres_waits_for_the_disk_whatever_its_default_is() {
    let Some(url) = postgres_url() else { return };
    for (default, expected) in [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")] {
        let url = format!("{url}?options=-c%20synchronous_commit%3D{default}");
        let store = Database::postgres(&url).await.unwrap();
        let mut transaction = store.writer().begin().await.unwrap();
        let (setting,): (String,) =
            sqlx::query_as("select current_setting('synchronous_commit')").fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(setting, expected);
    }
}

#[tokio::test]
async fn a_transaction_with_a_failed_statement_stores_nothing_on_any_database() {
    on_every_database(|store| async move {
        let mut transaction = store.writer().begin().await.unwrap();
        let insert = "insert into organizations (id, updated_at) values ('org_a', 1)";
        transaction.execute(insert).await.unwrap();
        transaction.execute(insert).await.unwrap_err();
        transaction.execute("update organizations set updated_at = 2").await.unwrap_err();
        transaction.commit().await.unwrap_err();
        let (rows,): (i64,) =
            sqlx::query_as("select count(*) from organizations").fetch_one(store.reader()).await.unwrap();
        assert_eq!(rows, 0);
        store.writer().execute(insert).await.unwrap();
    })
    .await;
}
