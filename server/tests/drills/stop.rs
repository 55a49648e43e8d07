//! The server is asked to stop while callers change rows and send commands to Clerk.

use crate::answers::{Rows, new_caller, rename_form, renames, while_calling};
use crate::clerk::{invitation_form, invitations_at_clerk, invitations_done}; // example:line invitations
use crate::support::clerk_options::without_webhooks;
use crate::support::drill::is_drill;
use crate::support::server_process::ServerProcess;
use http::StatusCode;
use sqlx::AnyPool;
use std::time::Duration;

#[tokio::test]
async fn a_stop_in_the_middle_of_changes_loses_nothing() {
    for _ in 0..if is_drill() { 10 } else { 1 } {
        stop_under_load().await;
    }
}

async fn stop_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("drill.db").display());
    let options = without_webhooks(&folder.path().join("clerk"));
    let clerk = local_clerk::start(options).await.unwrap();
    let variables = [
        ("CLERK_SECRET_KEY", clerk.secret_key()),
        ("CLERK_API_URL", &clerk.api_url()),
        ("CLERK_FAPI_URL", &clerk.api_url()),
        ("OPERATORS_ORGANIZATION_ID", local_clerk::OPERATORS),
        ("DATABASE_URL", &database),
    ];
    let server = ServerProcess::start(folder.path(), "", &variables).await;
    let http = server.http.clone();
    let change = async |text: &str| {
        // example:begin invitations
        if text.ends_with(['1', '3', '5', '7', '9']) {
            return http.call(&new_caller(text), "invite_member", &invitation_form(text)).await;
        }
        // example:end invitations
        http.call(&new_caller(text), "rename_organization", &rename_form(text)).await
    };
    let answers = while_calling(change, async |load| {
        load.calm().await;
        server.terminate().await;
        let (code, log) = server.ended(Duration::from_secs(30)).await;
        assert_eq!(code, Some(0), "{log}");
        assert!(!log.contains("cut off"), "{log}");
    })
    .await;
    let mut rows = Rows::new();
    rows.extend(renames(&database).await);
    rows.extend(invitations_done(&database).await); // example:line invitations
    answers.judge("SIGTERM", &rows, &[StatusCode::SERVICE_UNAVAILABLE]);
    // Running requests end with an answer, so a call without one was not taken.
    let cut_off = answers.statuses.iter().filter(|(text, status)| status.is_none() && rows.contains_key(*text)).count();
    assert_eq!(cut_off, 0, "{:?}", answers.statuses);
    // example:begin invitations
    // A command that Clerk has got is in the audit log, also if its caller has no answer.
    let sent_by_drill = |(text, _): &(String, i64)| answers.statuses.contains_key(text);
    let at_clerk: Rows = invitations_at_clerk(&clerk).await.into_iter().filter(sent_by_drill).collect();
    assert_eq!(at_clerk, invitations_done(&database).await);
    // example:end invitations
    assert_eq!(open_commands(&database).await, 0, "no command is left to the next start");
}

async fn open_commands(database_url: &str) -> i64 {
    let pool = AnyPool::connect(database_url).await.unwrap();
    sqlx::query_as::<_, (i64,)>("select count(*) from command_intents").fetch_one(&pool).await.unwrap().0
}
