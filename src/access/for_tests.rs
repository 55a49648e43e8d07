//! Grants out of thin air, for the tests of the store.

use super::{Actor, Granted};
use crate::denial_log::DenialLog;
use crate::revoked_sessions::RevocationList;
use crate::store::Store;
use clerk::backend_api::BackendApi;
use clerk::claims::SessionClaims;
use domain::operation::Operation;
use std::sync::Arc;

impl<Op: Operation> Granted<Op> {
    /// A grant out of thin air, for the tests of the store.
    pub(crate) fn for_tests(input: Op, actor: Actor, store: Store, now_ms: i64) -> Self {
        let claims =
            serde_json::json!({ "v": 2, "sub": actor.user, "sid": actor.session, "o": { "id": actor.organization } });
        let session = claims.as_object().and_then(SessionClaims::from_claims).map(Arc::new).expect("claims of a test");
        let backend_api = BackendApi::new("http://127.0.0.1:9", "sk_test_x".into()).expect("a client");
        Self {
            input,
            actor,
            session,
            operates: false,
            store,
            backend_api,
            ended: RevocationList::default(),
            denial_log: DenialLog::to_nowhere(),
            request_id: "test".into(),
            now_ms,
            budget: None,
        }
    }
}
