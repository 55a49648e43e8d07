//! The clocks of this server and of Clerk differ.

use crate::answers::{Answers, Rows, rename_form, renames};
use crate::clerk::{invitation_form, invitations_done}; // example:line invitations
use crate::support::app_with_clerk::{AppWithClerk, ada};
use crate::support::drill::{is_drill, print_figures};
use crate::support::sign_out::new_session;
use crate::support::{Caller, caller_with, now_s};
use http::StatusCode;
use serde_json::{Value, json};

/// A token that Clerk issued this many seconds ago, by Clerk's clock.
fn caller_of_age(user: &str, session: &str, age_s: i64) -> Caller {
    caller_with(|claims: &mut Value| {
        let issued = now_s() - age_s;
        claims["sub"] = user.into();
        claims["sid"] = session.into();
        claims["o"]["id"] = local_clerk::OPERATORS.into();
        (claims["iat"], claims["nbf"], claims["exp"]) = (issued.into(), (issued - 10).into(), (issued + 60).into());
    })
}

/// The status of a call, by the age that the token has on this server's clock. Clerk's libraries
/// allow 5 seconds between the clocks (`clockSkewInMs`), and a token lives for 60 seconds. `None`:
/// the second of the call decides.
fn expected(age_here_s: i64) -> Option<StatusCode> {
    match age_here_s {
        -5..=61 => Some(StatusCode::OK),
        ..=-9 | 65.. => Some(StatusCode::UNAUTHORIZED),
        _ => None,
    }
}

#[tokio::test]
async fn tokens_count_as_clerks_leeway_says_while_the_clocks_differ() {
    for ahead_s in [-10, 10] {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("drill.db").display());
        let setup = AppWithClerk::with(&[("DATABASE_URL", &database)]).await;
        setup.app.advance_clock(ahead_s);
        let (mut answers, mut refused) = (Answers::default(), 0);
        for age_s in (0..=80).step_by(if is_drill() { 1 } else { 5 }) {
            let Some(expected) = expected(age_s + ahead_s) else { continue };
            let calls = [
                ("rename_organization", rename_form as fn(&str) -> String),
                ("invite_member", invitation_form), // example:line invitations
            ];
            for (operation, form) in calls {
                let text = format!("{operation}{age_s}");
                let caller = caller_of_age(&format!("user_{text}"), &format!("sess_{text}"), age_s);
                let answer = setup.call(&caller, operation, &form(&text)).await;
                assert_eq!(answer.status, expected, "{operation}, {age_s} s old, {ahead_s} s ahead: {}", answer.body);
                refused += usize::from(answer.status != StatusCode::OK);
                answers.statuses.insert(text, Some(answer.status));
            }
        }
        let mut rows = Rows::new();
        rows.extend(renames(&database).await);
        rows.extend(invitations_done(&database).await); // example:line invitations
        assert_eq!(rows.len() + refused, answers.statuses.len(), "a refused call changes nothing");
        answers.judge(&format!("clock {ahead_s:+} s"), &rows, &[StatusCode::UNAUTHORIZED]);
    }
}

#[tokio::test]
async fn a_removed_member_loses_every_older_token_while_the_clocks_differ() {
    for ahead_s in [-10, 10] {
        let setup = AppWithClerk::new().await;
        setup.app.advance_clock(ahead_s);
        setup.sync().await;
        let ages = (0..70).filter(|age_s| expected(age_s + ahead_s) == Some(StatusCode::OK));
        let tokens: Vec<_> =
            ages.map(|age_s| caller_of_age("user_local_turing", &format!("sess_{age_s}"), age_s)).collect();
        assert_eq!(setup.call(&tokens[0], "show_dashboard", "").await.status, StatusCode::OK);
        let ada = if ahead_s < 0 { caller_of_age("user_local_ada", "sess_ada", 8) } else { ada() };
        let removal = setup.call(&ada, "remove_member", "user_id=user_local_turing").await;
        assert_eq!(removal.status, StatusCode::OK, "{}", removal.body);
        let mut accepted = 0;
        for token in &tokens {
            accepted += usize::from(setup.call(token, "show_dashboard", "").await.status == StatusCode::OK);
        }
        let figures = format!("sent {}, refused {}, wrong status {accepted}", tokens.len(), tokens.len() - accepted);
        print_figures(&format!("removed member, clock {ahead_s:+} s"), &figures);
        assert_eq!(accepted, 0, "{ahead_s}");
    }
}

#[tokio::test]
async fn a_sign_out_that_clerk_never_got_is_not_called_done_while_the_clocks_differ() {
    for ahead_s in [-10, 10] {
        let setup = AppWithClerk::new().await;
        setup.app.advance_clock(ahead_s);
        setup.sync().await;
        let (session, _) = new_session(&setup, 0).await;
        setup.set_clerk_faults(json!({ "api": "backend", "path": "/v1/sessions", "drop_connection": true })).await;
        let eve = caller_of_age("user_local_turing", "sess_eve", 10);
        let answer = setup.call(&eve, "sign_out_everywhere", "user_id=user_local_ada").await;
        setup.set_clerk_faults(json!({})).await;
        setup.settle_commands(600).await;
        assert_eq!(setup.fetch_from_clerk(&format!("sessions/{session}")).await["status"], "active");
        let log = setup.app.call(&eve, "list_audit", "page=0").await.json();
        let of_sign_out = |row: &&Value| row["operation"] == "sign_out_everywhere";
        let outcomes: Vec<_> = log["rows"].as_array().unwrap().iter().filter(of_sign_out).collect();
        let outcomes: Vec<_> = outcomes.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        let wrong = outcomes.iter().filter(|outcome| **outcome == "done").count();
        print_figures(
            &format!("sign-out lost at Clerk, clock {ahead_s:+} s"),
            &format!("answered {}, logged {outcomes:?}, wrong outcome {wrong}", answer.status.as_u16()),
        );
        assert_eq!((outcomes.is_empty(), wrong), (false, 0), "{outcomes:?}");
    }
}
