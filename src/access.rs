//! What may they do: a `Visitor` becomes [`Granted`].

use crate::ids::{OrganizationId, SessionId, UserId};
use crate::operation::Operation;
use crate::store::Store;

/// Who acts, and for which organization: taken from the verified session and from nowhere else.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The signed-in user.
    pub user: UserId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The active organization.
    pub organization: OrganizationId,
}

/// Proof that the policy of `Op` held for this request, and the only way to the rows behind it.
#[must_use]
pub struct Granted<Op: Operation> {
    input: Op,
    actor: Actor,
    request_id: String,
    now_ms: i64,
    store: Store,
}

impl<Op: Operation> Granted<Op> {
    /// The validated input.
    pub fn input(&self) -> &Op {
        &self.input
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Id of the request, for the audit log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// When the request arrived, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A grant out of thin air, for the tests of the store.
    #[cfg(test)]
    pub(crate) fn for_tests(input: Op, actor: Actor, store: Store, now_ms: i64) -> Self {
        Self { input, actor, request_id: "test".to_owned(), now_ms, store }
    }
}
