//! The end of the caller's other sessions.

use super::*;

#[tokio::test]
async fn the_own_session_stays_and_the_others_end() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let own = ["sess_ada", "sess_other"].map(|id| parse_object(&session(id, "user_ada", 2)));
        mirror::upsert_page::<objects::Session>(&store, &own).await.unwrap();
        let running = async || {
            let query = "select id from sessions where user_id = 'user_ada' and status = 'active' order by id";
            let found: Vec<(String,)> = sqlx::query_as(query).fetch_all(store.reader()).await.unwrap();
            found.into_iter().map(|(id,)| id).collect::<Vec<_>>()
        };
        assert_eq!(running().await, ["sess_ada", "sess_other"]);
        let others = grant(&store, "org_a", RevokeOtherSessions::default());
        let intent = sessions::begin_revocation_of_others(&others).await.unwrap();
        // Clerk's answer lists one of two, and no earlier session is left.
        done(&store, intent, Effect::Sessions { ended: Vec::new(), all: true }).await;
        assert_eq!(running().await, ["sess_ada"]);
        assert_eq!(members(&store, "org_b").await, [("user_bob".to_owned(), "member".to_owned(), 1)]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        assert_eq!(log.iter().map(|entry| entry.operation.as_str()).collect::<Vec<_>>(), ["revoke_other_sessions"]);
    })
    .await;
}
