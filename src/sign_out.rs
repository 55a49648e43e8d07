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
    /// Sessions ended here, but Clerk did not answer and may still run them. With their tokens a
    /// later attempt finds the sessions, however old the tokens are by then. The newest is first.
    LocalOnly(Vec<String>),
    /// The cookies of the browser indicate a session, but no token names it. Only a handshake can
    /// bring a token. The tokens are those of earlier attempts that are still unfinished.
    Unknown(Vec<String>),
}

impl SignOutOutcome {
    /// The outcome if the session of an earlier attempt may run at Clerk too.
    fn with_left(mut self, token: &str) -> Self {
        match &mut self {
            Self::Done => return Self::LocalOnly(vec![token.to_owned()]),
            Self::LocalOnly(tokens) | Self::Unknown(tokens) => {
                if !tokens.iter().any(|found| found == token) {
                    tokens.push(token.to_owned());
                }
            }
        }
        self
    }
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
    /// end here, so an outage of Clerk keeps nobody signed in. `before` are the tokens of an
    /// earlier [`SignOutOutcome`].
    pub async fn sign_out(&self, head: RequestHead<'_>, before: &[&str], now_ms: i64) -> SignOutOutcome {
        let current = self.sign_out_target(head, None, now_ms).await;
        let own_session = session_of(&current).cloned();
        let mut outcome = self.end_target(current, head, now_ms).await;
        // Other users may have signed in since the earlier attempts, so the sessions can differ.
        let without_cookies = HeaderMap::new();
        let alone = RequestHead { headers: &without_cookies, ..head };
        for token in before {
            let earlier = self.sign_out_target(alone, Some(token), now_ms).await;
            let is_own = own_session.is_some() && session_of(&earlier) == own_session.as_ref();
            if !is_own && self.end_target(earlier, alone, now_ms).await != SignOutOutcome::Done {
                outcome = outcome.with_left(token);
            }
        }
        outcome
    }

    async fn end_target(
        &self,
        target: Result<SignOutTarget, Unavailable>,
        head: RequestHead<'_>,
        now_ms: i64,
    ) -> SignOutOutcome {
        match target {
            Ok(SignOutTarget::Nobody) => SignOutOutcome::Done,
            Ok(SignOutTarget::Unknown) => SignOutOutcome::Unknown(Vec::new()),
            Ok(SignOutTarget::Session(session, token)) => {
                self.services().revoked_sessions.insert(session.clone(), now_ms);
                if self.end(&session, now_ms).await {
                    SignOutOutcome::Done
                } else {
                    SignOutOutcome::LocalOnly(vec![token])
                }
            }
            // Without a key the token cannot be verified, so no session ends here. The next attempt
            // verifies the token again.
            Err(Unavailable) => {
                let token = clerk::authenticate::unverified_session_token(head, &self.services().settings);
                SignOutOutcome::LocalOnly(token.into_iter().collect())
            }
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
