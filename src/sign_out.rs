//! Signing out: the one change that needs no permission, because it is about nobody but the person who asks.

use crate::clerk_api::ClerkApiError;
use crate::gate::{Gate, Unavailable};
use crate::ids::SessionId;
use crate::request::{Head, Leaving};

/// What a sign-out came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The session has ended at Clerk and here, or nobody was signed in.
    Done,
    /// The session may still run at Clerk, which could not be asked. With the token a later attempt
    /// finds it, however old the token is by then.
    OnlyHere(Option<String>),
    /// The cookies of the browser say that somebody is signed in, and no token tells which session that
    /// is. Only a handshake can bring one.
    Unknown,
}

/// One session may be ended so often in a minute: each time is a question to Clerk, whose limits are
/// shared by everybody.
const ATTEMPTS_PER_MINUTE: u64 = 10;

impl Gate {
    /// Ends the session of a browser at Clerk and here, whatever the age of its token. Here it always
    /// ends: a Clerk that cannot be asked keeps nobody signed in. `before` is the token of a
    /// [`Departure::OnlyHere`].
    pub async fn sign_out(&self, head: Head<'_>, before: Option<&str>, now_ms: i64) -> Departure {
        match self.leaving(head, before, now_ms).await {
            Ok(Leaving::Nobody) => Departure::Done,
            Ok(Leaving::Unknown) => Departure::Unknown,
            Ok(Leaving::Session(session, token)) => {
                self.parts().ended.insert(session.clone(), now_ms);
                if self.end(&session, now_ms).await { Departure::Done } else { Departure::OnlyHere(Some(token)) }
            }
            // Without a key nothing is known of the session, so none is taken for ended. The token is
            // looked at again by the next attempt.
            Err(Unavailable) => Departure::OnlyHere(crate::request::session_token(head, &self.parts().settings)),
        }
    }

    /// Whether the session has ended at Clerk. One that is gone has.
    async fn end(&self, session: &SessionId, now_ms: i64) -> bool {
        let parts = self.parts();
        let prefix = format!("{}:sign_out", parts.rate_limit_prefix);
        let taken = parts.limiter.take(&prefix, session.as_str(), ATTEMPTS_PER_MINUTE, 60_000, 1, now_ms).await;
        if taken.is_ok_and(|verdict| !verdict.admitted) {
            return false;
        }
        match parts.clerk_api.end_session(session).await {
            Ok(_) | Err(ClerkApiError::NotFound) => true,
            Err(error) => {
                tracing::warn!(%error, "the session was ended here, but not at Clerk");
                false
            }
        }
    }
}
