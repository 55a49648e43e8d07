//! The organizations that a user sees, and their names.

use super::*;
use domain::operation::ListOrganizations;

fn organization(id: &str, name: &str, slug: &str) -> Event {
    let data = json!({ "id": id, "name": name, "slug": slug, "updated_at": 1 });
    event(&format!("o{id}"), "organization.created", 1, data)
}

fn member(id: &str, organization: &str, user: &str) -> Event {
    event(&format!("m{id}"), "organizationMembership.created", 1, membership(id, organization, user, "org:admin", 1))
}

#[tokio::test]
async fn a_user_sees_their_own_organizations_with_visible_names() {
    on_every_database(|store| async move {
        let events = [
            organization("org_a", "Engines", "engines"),
            organization("org_b", "\u{200b}", "works"),
            organization("org_c", "\u{3164}", ""),
            organization("org_left", "Left", "left"),
            organization("org_gone", "Gone", "gone"),
            organization("org_foreign", "Foreign", "foreign"),
            member("mem_a", "org_a", "user_ada"),
            member("mem_b", "org_b", "user_ada"),
            member("mem_c", "org_c", "user_ada"),
            member("mem_left", "org_left", "user_ada"),
            member("mem_gone", "org_gone", "user_ada"),
            member("mem_foreign", "org_foreign", "user_bob"),
            event(
                "left",
                "organizationMembership.deleted",
                2,
                membership("mem_left", "org_left", "user_ada", "org:admin", 1),
            ),
            event("gone", "organization.deleted", 2, json!({ "id": "org_gone", "deleted": true })),
        ];
        ingest_events(&store, &events).await;
        organizations::rename(&grant(&store, "org_a", RenameOrganization::to("Ours"))).await.unwrap();
        let named = async |active: &str| {
            let found = organizations::list(&grant(&store, active, ListOrganizations {})).await.unwrap();
            (found.active.name, found.others.into_iter().map(|other| other.name).collect::<Vec<_>>())
        };
        assert_eq!(named("org_a").await, ("Ours".to_owned(), vec!["works".to_owned(), "org_c".to_owned()]));
        assert_eq!(named("org_unknown").await.0, "org_unknown");
    })
    .await;
}
