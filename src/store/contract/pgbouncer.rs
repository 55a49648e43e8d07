//! PostgreSQL behind PgBouncer in transaction mode, which shares several server connections.

use super::*;

async fn behind_pgbouncer<F: Future<Output = ()>>(test: impl FnOnce(SecretString) -> F) {
    let (Some(direct), Some(pooled)) = (postgres_url(), service("GATEHOUSE_TEST_PGBOUNCER_URL")) else { return };
    let admin = Database::postgres(&direct).await.unwrap();
    let name = format!("pooled_{}", Token::random().as_str().replace('-', "_").to_lowercase());
    execute(&admin, format!("create database \"{name}\" template template0")).await;
    test(database(&pooled, &name)).await;
    execute(&admin, format!("drop database \"{name}\" with (force)")).await;
}

#[tokio::test]
async fn pgbouncer_is_recognized() {
    let Some(direct) = postgres_url() else { return };
    assert!(!Database::postgres(&direct).await.unwrap().reader().is_behind_a_pooler());
    behind_pgbouncer(|url| async move {
        // Concurrent clients must not disturb the check.
        let stores =
            (0..6).map(|_| url.clone()).map(|url| async move { Database::postgres(url.expose_secret()).await });
        let stores: Vec<_> = stores.map(|store| tokio::spawn(store)).collect();
        for store in stores {
            assert!(store.await.unwrap().unwrap().reader().is_behind_a_pooler());
        }
    })
    .await;
}

#[tokio::test]
async fn servers_that_start_together_behind_pgbouncer_migrate_once() {
    behind_pgbouncer(|url| async move {
        let starting: Vec<_> = (0..3)
            .map(|_| url.clone())
            .map(|url| tokio::spawn(async move { crate::store::open(&url).await.unwrap() }))
            .collect();
        let mut stores = Vec::new();
        for store in starting {
            stores.push(store.await.unwrap());
        }
        let work: Vec<_> = (0..30)
            .map(|n| (n, stores[n % stores.len()].clone()))
            .map(|(n, store)| {
                tokio::spawn(async move {
                    let rename = RenameOrganization::to(&format!("Name {n}"));
                    organizations::rename(&grant(&store, "org_a", rename)).await.unwrap();
                    let person = format!("user_{n}");
                    ingest_events(&store, &[event(&format!("u{n}"), "user.created", 1, user(&person, "Ann", 1))]).await;
                    dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap().latest.len()
                })
            })
            .collect();
        for task in work {
            assert!(task.await.unwrap() > 0);
        }
        assert!(stores[0].ready().await);
        let (rows,): (i64,) = sqlx::query_as("select count(*) from audit").fetch_one(stores[0].reader()).await.unwrap();
        assert_eq!(rows, 30);
        // A later server gets connections that others have used.
        crate::store::open(&url).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn connection_errors_name_the_variable() {
    let (Some(direct), Some(pooled)) = (postgres_url(), service("GATEHOUSE_TEST_PGBOUNCER_URL")) else { return };
    for (url, said) in [
        (format!("{pooled}?options=-c%20search_path%3Dother"), "ignore_startup_parameters"),
        (database(&direct, "nobody_made_this_one").expose_secret().to_owned(), "does not exist"),
        (format!("{direct}?sslmode=whatever"), "whatever"),
    ] {
        let error = crate::store::open(&url.into()).await.unwrap_err().to_string();
        assert!(error.starts_with("DATABASE_URL cannot be used: ") && error.contains(said), "{error}");
    }
    let nobody_listens =
        crate::store::open(&"postgres://nobody:hunter2@127.0.0.1:9/none".into()).await.unwrap_err().to_string();
    assert!(nobody_listens.contains("DATABASE_URL") && nobody_listens.contains("refused"), "{nobody_listens}");
    assert!(!nobody_listens.contains("hunter2"));
}
