//! Signing out: the one change that needs no permission, because it is about nobody but the person who asks.

use crate::gate::Visitor;

impl Visitor {
    /// Ends the session of this request at Clerk and here. Here it always ends: a Clerk that cannot be asked must not keep anybody
    /// signed in, it only lets other browsers of the same session live a little longer.
    pub async fn sign_out(&self) {
        let Some(session) = self.any_session() else { return };
        let parts = self.gate().parts();
        parts.ended.insert(session.id.clone(), self.now_ms());
        if let Err(error) = parts.clerk_api.end_session(&session.id).await {
            tracing::warn!(%error, "the session was ended here, but not at Clerk");
        }
    }
}
