//! Renaming an organization: the stored name, its audit entry, and concurrent renames.

use super::*;
use domain::text::mark;

#[tokio::test]
async fn an_empty_database_gives_an_empty_dashboard() {
    on_every_database(|store| async move {
        assert!(store.ready().await);
        let dashboard = dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap();
        assert_eq!(
            (dashboard.person.as_str(), dashboard.organization.name.as_str(), dashboard.members),
            ("user_ada", "org_a", 0)
        );
        assert!(audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_rename_is_audited_with_both_names_and_wins_over_clerk() {
    on_every_database(|store| async move {
        let rename = |name: &str| grant(&store, "org_a", RenameOrganization::to(name));
        organizations::rename(&rename("First")).await.unwrap();
        ingest_events(
            &store,
            &[event(
                "o1",
                "organization.updated",
                5,
                json!({ "id": "org_a", "name": "Clerk's", "slug": "a", "updated_at": 5 }),
            )],
        )
        .await;
        organizations::rename(&rename("Zwölf 🛡 \u{202e}")).await.unwrap();
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let changes: Vec<_> = log.into_iter().filter_map(|entry| entry.change).collect();
        let change = |from: &str, to: &str| ChangeView {
            subject: "organization".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        assert!(
            changes.contains(&change("", "First")) && changes.contains(&change("First", "Zwölf 🛡 ")),
            "{changes:?}"
        );
        let dashboard = dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap();
        assert_eq!(dashboard.organization.name, "Zwölf 🛡 ", "the view leaves out what changes the direction");
        assert!(audit::list(&grant(&store, "org_b", ListAudit::default())).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_rename_without_its_audit_entry_is_rolled_back() {
    on_every_database(|store| async move {
        store.writer().execute("drop table audit").await.unwrap();
        assert!(organizations::rename(&grant(&store, "org_a", RenameOrganization::to("Unsaid"))).await.is_err());
        let (rows,): (i64,) =
            sqlx::query_as("select count(*) from organizations").fetch_one(store.reader()).await.unwrap();
        assert_eq!(rows, 0);
    })
    .await;
}

#[tokio::test]
async fn a_rename_does_not_replace_a_name_that_the_person_has_not_seen() {
    on_every_database(|store| async move {
        let rename = |name: &str, seen: &str| {
            let input = RenameOrganization { name: name.to_owned(), seen: mark(seen) };
            grant(&store, "org_a", input)
        };
        // An organization without a name is shown with its id.
        organizations::rename(&rename("First \u{202e}", "org_a")).await.unwrap();
        let refused = organizations::rename(&rename("Second", "org_a")).await;
        assert!(matches!(refused, Err(StoreError::Changed)), "{refused:?}");
        let dashboard = dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap();
        assert_eq!(dashboard.organization.name, "First ");
        assert_eq!(audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows.len(), 1);
        let same = organizations::rename(&rename("First ", "First ")).await;
        assert!(matches!(same, Err(StoreError::Unchanged("name"))), "{same:?}");
        organizations::rename(&rename("Second", "First ")).await.unwrap();
        assert_eq!(audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows.len(), 2);
        // A call that names no earlier name may repeat itself.
        organizations::rename(&grant(&store, "org_a", RenameOrganization::to("Second"))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn concurrent_renames_all_succeed_and_are_all_audited() {
    on_every_database(|store| async move {
        let renames: Vec<_> = (0..20)
            .map(|n| grant(&store, "org_a", RenameOrganization::to(&format!("Name {n}"))))
            .map(|granted| tokio::spawn(async move { organizations::rename(&granted).await.map(|_| ()) }))
            .collect();
        for rename in renames {
            rename.await.unwrap().unwrap();
        }
        assert_eq!(audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows.len(), 20);
    })
    .await;
}
