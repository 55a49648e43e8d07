//! Sign-out: the only change without a permission, because it affects only the caller's own
//! sessions.

use crate::gate::{Gate, Unavailable};
use crate::limit::{Call, Limit, Requester};
use clerk::authenticate::{RequestHead, SignOutTarget};
use clerk::backend_api::{BackendApiError, CommandRecord};
use domain::ids::SessionId;
use domain::local_path::LocalPath;
use domain::pages::Page;
use http::HeaderMap;

/// The page that says that a sign-out is unfinished, and offers another attempt.
#[must_use]
pub fn unfinished_page() -> LocalPath {
    LocalPath::of(Page::SignOut).with_query(&[("unfinished", "true")])
}

/// The result of a sign-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutOutcome {
    /// The session has ended at Clerk and here, or nobody was signed in.
    Done,
    /// The session ended here, but Clerk did not answer and may still run it. With the token a
    /// later attempt finds the session, however old the token is by then.
    LocalOnly(Option<String>),
    /// The cookies of the browser indicate a session, but no token names it. Only a handshake can
    /// bring a token.
    Unknown,
}

/// The maximum attempts to end one session in a minute. Each attempt calls Clerk, and all visitors
/// share Clerk's rate limit.
const ATTEMPTS: Limit<'_> = Limit::per_minute("sign_out", 10);

/// A sign-out needs no record of its own: the browser keeps its cookies until it has the answer, so
/// the person sees that the sign-out has not happened.
struct OwnSessions;

impl CommandRecord for OwnSessions {}

impl Gate {
    /// Ends the sessions of a browser at Clerk and here, whatever the age of its token. They always
    /// end here, so an outage of Clerk keeps nobody signed in. `before` is the token of a
    /// [`SignOutOutcome::LocalOnly`].
    pub async fn sign_out(&self, head: RequestHead<'_>, before: Option<&str>, now_ms: i64) -> SignOutOutcome {
        let current = self.sign_out_target(head, None, now_ms).await;
        let Some(before) = before else { return self.end_target(current, head, now_ms).await };
        // Another user may have signed in since the earlier attempt, so the two sessions can
        // differ.
        let without_cookies = HeaderMap::new();
        let alone = RequestHead { headers: &without_cookies, ..head };
        let earlier = self.sign_out_target(alone, Some(before), now_ms).await;
        if session_of(&current).is_some_and(|session| Some(session) == session_of(&earlier)) {
            return self.end_target(current, head, now_ms).await;
        }
        match (self.end_target(current, head, now_ms).await, self.end_target(earlier, alone, now_ms).await) {
            (SignOutOutcome::Done, SignOutOutcome::LocalOnly(None)) => {
                SignOutOutcome::LocalOnly(Some(before.to_owned()))
            }
            (SignOutOutcome::Done, earlier) => earlier,
            (left, _) => left,
        }
    }

    async fn end_target(
        &self,
        target: Result<SignOutTarget, Unavailable>,
        head: RequestHead<'_>,
        now_ms: i64,
    ) -> SignOutOutcome {
        match target {
            Ok(SignOutTarget::Nobody) => SignOutOutcome::Done,
            Ok(SignOutTarget::Unknown) => SignOutOutcome::Unknown,
            Ok(SignOutTarget::Session(session, token)) => {
                self.services().revoked_sessions.insert(session.clone(), now_ms);
                if self.end(&session, now_ms).await {
                    SignOutOutcome::Done
                } else {
                    SignOutOutcome::LocalOnly(Some(token))
                }
            }
            // Without a key the token cannot be verified, so no session ends here. The next attempt
            // verifies the token again.
            Err(Unavailable) => SignOutOutcome::LocalOnly(clerk::authenticate::unverified_session_token(
                head,
                &self.services().settings,
            )),
        }
    }

    /// Whether the session and the other sessions of its browser have ended at Clerk. A session
    /// that Clerk does not know has ended.
    async fn end(&self, session: &SessionId, now_ms: i64) -> bool {
        let services = self.services();
        let attempt = Call::new(Requester::Session(session.as_str()), now_ms);
        if !services.limiter.take_or_local(ATTEMPTS, attempt).await.admitted {
            return false;
        }
        // Clerk's `signOut()` ends every session of the browser, but it needs the browser's cookie
        // at Clerk, which this server does not receive. So the sessions end one by one.
        let others = match services.backend_api.commands(&OwnSessions).revoke_session_in_browser(session).await {
            Ok(others) => others,
            Err(error) => return is_gone(&error),
        };
        others.iter().for_each(|other| services.revoked_sessions.insert(other.clone(), now_ms));
        let mut have_ended = true;
        for other in &others {
            let ended = services.backend_api.commands(&OwnSessions).revoke_session(other).await;
            have_ended &= ended.map_or_else(|error| is_gone(&error), |_| true);
        }
        have_ended
    }
}

fn is_gone(error: &BackendApiError) -> bool {
    let is_gone = matches!(error, BackendApiError::NotFound);
    if !is_gone {
        tracing::warn!(%error, "the session has ended here but may still run at Clerk; the user can sign out again");
    }
    is_gone
}

fn session_of(target: &Result<SignOutTarget, Unavailable>) -> Option<&SessionId> {
    match target {
        Ok(SignOutTarget::Session(session, _)) => Some(session),
        Ok(SignOutTarget::Unknown | SignOutTarget::Nobody) | Err(Unavailable) => None,
    }
}
