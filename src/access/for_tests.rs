//! Grants without a request, for the tests of the store. Release builds do not contain them.

use super::granted::{Granted, GrantedServices};
use crate::actor::Actor;
use crate::db::Database;
use crate::denial_log::DenialLog;
use crate::instance_status::InstanceStatus;
use crate::revoked_sessions::RevocationList;
use crate::test_tokens;
use clerk::backend_api::BackendApi;
use domain::ids::UserId;
use domain::operation::{Operation, Target};
use std::sync::{Arc, LazyLock};
use tokio_util::task::TaskTracker;

/// Nobody answers there. A new client would read the root certificates of the system each time.
static BACKEND_API: LazyLock<BackendApi> =
    LazyLock::new(|| BackendApi::new("http://127.0.0.1:9", "sk_test_x".into()).expect("a client"));

impl<Op: Operation> Granted<Op> {
    /// A grant without a request, for the tests of the store.
    pub(crate) fn for_tests(input: Op, actor: Actor, database: Database, now_ms: i64) -> Self {
        let (user, session, organization) = (&actor.user, &actor.session, &actor.organization);
        let session = test_tokens::session(user.as_str(), session.as_str(), organization.as_str(), now_ms / 1000);
        let nobody = UserId::parse("user_of_no_test").expect("an id");
        Self {
            target: input.target().check(&nobody).expect("a target"),
            input,
            declaration: &Op::DECLARATION,
            actor,
            session: Arc::new(session),
            in_operator_organization: false,
            services: GrantedServices {
                database,
                backend_api: BACKEND_API.clone(),
                revoked_sessions: RevocationList::default(),
                denial_log: DenialLog::channel().0,
                instance_status: InstanceStatus::default(),
                running_commands: TaskTracker::new(),
            },
            request_id: "test".into(),
            now_ms,
            budget: None,
        }
    }
}
