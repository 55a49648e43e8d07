//! Saved views belong to one person in one organization, and their number is bounded.

use super::*;
use domain::operation::{DeleteAuditView, ListAuditViews, MAX_AUDIT_VIEWS, SaveAuditView, SavedAuditView};

async fn views(store: &Database, organization: &str) -> Vec<SavedAuditView> {
    audit_views::list(&grant(store, organization, ListAuditViews {})).await.unwrap()
}

#[tokio::test]
async fn views_that_are_saved_at_the_same_time_stay_within_the_limit() {
    on_every_database(|store| async move {
        let save = |number: i64| SaveAuditView { name: format!("View {number}"), filter: String::new() };
        for number in 1..MAX_AUDIT_VIEWS {
            assert!(audit_views::save(&grant(&store, "org_a", save(number))).await.unwrap());
        }
        let grants: Vec<_> = (0..8).map(|number| grant(&store, "org_a", save(100 + number))).collect();
        let saved = futures_util::future::join_all(grants.iter().map(audit_views::save)).await;
        assert_eq!(saved.into_iter().filter(|saved| *saved.as_ref().unwrap()).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_person_keeps_views_for_themselves_alone() {
    on_every_database(|store| async move {
        let save =
            |number: i64| SaveAuditView { name: format!("View {number}"), filter: format!("actor=user_{number}") };
        for number in 0..MAX_AUDIT_VIEWS {
            assert!(audit_views::save(&grant(&store, "org_a", save(number))).await.unwrap());
        }
        assert!(!audit_views::save(&grant(&store, "org_a", save(99))).await.unwrap(), "one more than fit");
        assert!(audit_views::save(&grant(&store, "org_b", save(1))).await.unwrap(), "each organization counts alone");
        let kept = views(&store, "org_a").await;
        assert_eq!(kept.len(), 20);
        assert!(kept.iter().any(|view| (view.name.as_str(), view.filter.as_str()) == ("View 7", "actor=user_7")));
        let delete = |id: &str| DeleteAuditView { view_id: id.to_owned() };
        let foreign = audit_views::delete(&grant(&store, "org_b", delete(&kept[0].id))).await;
        assert!(matches!(foreign, Err(StoreError::NotFound)));
        let grace = Actor { user: UserId::parse("user_grace").unwrap(), ..actor("org_a") };
        let theirs = Granted::for_tests(delete(&kept[0].id), grace.clone(), store.clone(), NOW_MS);
        assert!(matches!(audit_views::delete(&theirs).await, Err(StoreError::NotFound)), "of another person");
        let theirs = Granted::for_tests(ListAuditViews {}, grace, store.clone(), NOW_MS);
        assert!(audit_views::list(&theirs).await.unwrap().is_empty());
        audit_views::delete(&grant(&store, "org_a", delete(&kept[0].id))).await.unwrap();
        assert_eq!(views(&store, "org_a").await, kept[1..]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        assert_eq!(log.iter().filter(|entry| entry.operation == "delete_audit_view").count(), 1);
    })
    .await;
}
