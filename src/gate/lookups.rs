//! The lookups at Clerk that a request needs, within limits.
//!
//! Clerk counts all requests with the secret key together (Clerk documentation, system limits), and
//! anyone can cause the lookup of a nonce. The limits therefore protect sign-in and commands from a
//! flood of nonces. A lookup that a limit refuses never signs anybody out: the answer is 429, and
//! the browser keeps its cookies.

use super::services::Services;
use crate::limit::{Budget, Call, Limit, Requester};
use clerk::authenticate::{HandshakePayload, Lookup, LookupResults};
use clerk::lookups::{self, LookupError};
use clerk::publishable_key::InstanceKind;

/// Handshakes of one requester. A browser comes back from a handshake when its token has expired,
/// so the limit leaves room for an office behind one address.
const HANDSHAKES: Limit<'_> = Limit::per_minute("handshake", 60);

/// Handshakes of all requesters, at most half of what Clerk allows an instance with its secret key:
/// 1,000 requests in 10 seconds, and 100 for a development instance (Clerk documentation, system
/// limits). The other half stays for refreshes and commands, whatever anonymous clients do.
const ALL_HANDSHAKES: Limit<'_> = Limit { name: "handshakes", requests: 500, window_ms: 10_000 };
const ALL_DEVELOPMENT_HANDSHAKES: Limit<'_> = Limit { requests: 50, ..ALL_HANDSHAKES };

/// Refreshes of one session. A token lives for a minute, so one refresh is usual; a page that loads
/// its parts with an expired token causes one for each part.
const REFRESHES: Limit<'_> = Limit::per_minute("session_refresh", 60);

/// Why the gate cannot tell whose request it is.
pub(super) enum LookupFailure {
    /// The keys are unavailable, or Clerk does not answer.
    Unavailable,
    /// A limit refuses the lookup.
    TooMany(Budget),
}

/// The request that needs a lookup.
#[derive(Clone, Copy)]
pub(super) struct LookupRequest<'a> {
    pub(super) requester: Requester<'a>,
    /// Whether a browser asks for a document. Clerk sends only documents to a handshake, and each
    /// nonce works once.
    pub(super) is_document: bool,
    pub(super) now_ms: i64,
}

impl Services {
    /// Performs a lookup. After a failure with the nonce of a handshake, the other cookies may
    /// still decide.
    pub(super) async fn look_up(
        &self,
        lookup: Lookup,
        request: LookupRequest<'_>,
        results: &mut LookupResults,
    ) -> Result<(), LookupFailure> {
        match &lookup {
            Lookup::Key(_) => {}
            Lookup::HandshakePayload(_) => {
                results.handshake_payload = Some(HandshakePayload::Unknown);
                if !request.is_document {
                    return Ok(());
                }
                let all = match self.settings.publishable_key.kind() {
                    InstanceKind::Production => ALL_HANDSHAKES,
                    InstanceKind::Development => ALL_DEVELOPMENT_HANDSHAKES,
                };
                // The limit of the requester comes first, so that a single one cannot use up the
                // limit of all.
                self.take(HANDSHAKES, request.requester, request.now_ms).await?;
                self.take(all, Requester::Everyone, request.now_ms).await?;
            }
            Lookup::Refresh(refresh) => {
                let session = Requester::Session(refresh.signed_session.as_str());
                self.take(REFRESHES, session, request.now_ms).await?;
            }
        }
        let performed = lookups::perform(lookup, results, &self.keys, &self.backend_api, request.now_ms).await;
        performed.map_err(|error| match error {
            LookupError::KeysUnavailable | LookupError::ClerkUnavailable | LookupError::TooManyLookups => {
                LookupFailure::Unavailable
            }
        })
    }

    /// During an outage of the rate-limit store a local counter decides, so that users can still
    /// sign in and Clerk stays protected.
    async fn take(&self, limit: Limit<'static>, requester: Requester<'_>, now_ms: i64) -> Result<(), LookupFailure> {
        let verdict = self.limiter.take_or_local(limit, Call::new(requester, now_ms)).await;
        if verdict.admitted { Ok(()) } else { Err(LookupFailure::TooMany(Budget { limit, verdict, now_ms })) }
    }
}
