//! The way out to a handshake: a browser whose cookies are missing or old goes to the Frontend API,
//! which knows its client and sends it back with new cookies.
//!
//! Only documents are redirected. A fetch, a form post and a health check learn that nobody is
//! signed in, because they cannot follow the redirect and come back.

use super::authenticator::Authenticator;
use super::decision::{AuthReason, AuthState, Decision, signed_in, signed_out, status_headers};
use crate::claims::SessionClaims;
use http::{HeaderName, HeaderValue, header};
use url::form_urlencoded;

/// The version of Clerk's API that the parameters follow.
const API_VERSION: &str = "2026-05-12";

/// A browser that was redirected this often within two seconds has broken keys or cookies, and one
/// more redirect would be a loop (Clerk behaviour).
const MAX_REDIRECTS: u32 = 3;

/// Parameters that do not travel to the Frontend API within the URL to return to.
const NOT_SENT: [&str; 2] = ["__clerk_db_jwt", "__dev_session"];

/// Forbids browsers to store a redirect. Otherwise a tab in the background repeats it in a loop.
pub(super) const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

impl Authenticator<'_> {
    /// Redirects a document to the Frontend API. Every other request is signed out.
    pub(super) fn handshake(&self, reason: impl Into<AuthReason>) -> Decision {
        let reason = reason.into();
        let count = self.cookies.redirect_count();
        if !self.head.is_document() {
            return signed_out(reason);
        }
        if count >= MAX_REDIRECTS {
            return Decision { problem: Some(self.diagnose(&reason)), ..signed_out(reason) };
        }
        let Ok(location) = HeaderValue::from_str(&self.handshake_url(&reason)) else { return signed_out(reason) };
        let mut headers = status_headers("handshake", &reason);
        headers.push(NO_STORE);
        let cookie = format!("__clerk_redirect_count={}; SameSite=Lax; HttpOnly; Max-Age=2", count + 1);
        headers.extend(HeaderValue::from_str(&cookie).map(|cookie| (header::SET_COOKIE, cookie)));
        Decision { state: AuthState::Handshake(reason), location: Some(location), headers, problem: None }
    }

    fn handshake_url(&self, reason: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("redirect_url", &self.url.without(&NOT_SENT));
        query.append_pair("__clerk_api_version", API_VERSION);
        query.append_pair("suffixed_cookies", if self.cookies.are_suffixed() { "true" } else { "false" });
        query.append_pair("__clerk_hs_reason", reason);
        query.append_pair("format", "nonce");
        if let Some(session) = self.cookies.session().as_deref().or(self.header_token()) {
            query.append_pair("__session", session);
        }
        if let Some(dev_browser) = self.dev_browser().filter(|_| self.is_development()) {
            query.append_pair("__clerk_db_jwt", &dev_browser);
        }
        if let Some(account) = self.target_account() {
            query.append_pair("organization_id", account.as_parameter());
        }
        let base = self.url.resolve(&self.config.frontend_api);
        format!("{base}/v1/client/handshake?{}", query.finish())
    }

    /// A session whose organization is not the one in the URL goes to the Frontend API once more.
    /// If the handshake does not change it, the session stays as it is: the user may not belong to
    /// that organization.
    pub(super) fn signed_in_for_url(&self, session: SessionClaims) -> Decision {
        let differs = self.target_account().is_some_and(|account| !account.is_active_in(&session));
        if differs && !session.is_pending() {
            let handshake = self.handshake("active-organization-mismatch");
            if matches!(handshake.state, AuthState::Handshake(_)) {
                return handshake;
            }
        }
        signed_in(session)
    }
}
