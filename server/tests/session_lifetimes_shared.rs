//! Two servers on one PostgreSQL share the lifetimes of sessions.

mod support;

use std::time::Duration;
use support::sessions::{DAY, MINUTE, accepted, call_dashboard, signed_out};
use support::{TestApp, new_postgres_schema};

/// Two servers on one PostgreSQL database; their clocks move together.
struct TwoServers {
    one: TestApp,
    other: TestApp,
}

impl TwoServers {
    async fn with(variables: &[(&str, &str)]) -> Option<Self> {
        let database = new_postgres_schema().await?;
        let variables: Vec<_> = variables.iter().copied().chain([("DATABASE_URL", database.as_str())]).collect();
        Some(Self { one: TestApp::with(&variables).await, other: TestApp::with(&variables).await })
    }

    fn advance_clock(&self, seconds: i64) {
        self.one.advance_clock(seconds);
        self.other.advance_clock(seconds);
    }
}

#[tokio::test]
async fn two_servers_share_age_and_last_activity() {
    let Some(two) = TwoServers::with(&[("SESSION_IDLE_TIMEOUT", "30m"), ("SESSION_MAX_AGE", "1d")]).await else {
        return;
    };
    assert_eq!(call_dashboard(&two.one, "sess_a").await, accepted());
    assert_eq!(call_dashboard(&two.other, "sess_a").await, accepted());
    for _ in 0..47 {
        // Only the first server is used. It stores the last activity at least once a minute.
        two.advance_clock(29 * MINUTE);
        assert_eq!(call_dashboard(&two.one, "sess_a").await, accepted());
        two.one.state.gate.services().lifetimes.finish().await;
    }
    two.advance_clock(10 * MINUTE);
    assert_eq!(call_dashboard(&two.other, "sess_a").await, accepted(), "idle here, but not there");
    assert_eq!(call_dashboard(&two.other, "sess_new").await, accepted());
    two.advance_clock(DAY - 47 * 29 * MINUTE - 10 * MINUTE);
    assert_eq!(
        call_dashboard(&two.other, "sess_a").await,
        signed_out("session_too_old"),
        "first seen by the first server"
    );
    assert_eq!(call_dashboard(&two.one, "sess_a").await, signed_out("session_too_old"));
}

#[tokio::test]
async fn two_servers_keep_one_session_for_each_user() {
    let Some(two) = TwoServers::with(&[("SESSION_SINGLE", "on")]).await else { return };
    assert_eq!(call_dashboard(&two.one, "sess_office").await, accepted());
    two.advance_clock(1);
    assert_eq!(call_dashboard(&two.other, "sess_home").await, accepted());
    assert_eq!(call_dashboard(&two.other, "sess_office").await, signed_out("session_replaced"));
    // The first server reads the change within seconds.
    let learnt = async {
        while call_dashboard(&two.one, "sess_office").await == accepted() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), learnt).await.unwrap();
    assert_eq!(call_dashboard(&two.one, "sess_office").await, signed_out("session_replaced"));
    assert_eq!(call_dashboard(&two.one, "sess_home").await, accepted());
}
