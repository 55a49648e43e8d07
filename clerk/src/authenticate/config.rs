//! The configuration of the decision: the facts about the Clerk instance and the application.

use super::organization_sync::OrganizationSync;
use crate::publishable_key::{InstanceKind, PublishableKey};
use crate::token::Expectations;
use crate::verified_tokens::VerifiedTokens;

/// The configuration of [`decide`](super::decide): one for each Clerk instance and application.
///
/// [`AuthConfig::new`] sets what most applications need. The fields are public, so an application
/// changes single values afterwards.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The instance. A development instance hands the handshake over in the query, a production
    /// instance in a cookie.
    pub publishable_key: PublishableKey,
    /// The base of the Frontend API as browsers reach it, without a slash at the end: a URL, or a
    /// path of this application behind which it proxies the API.
    pub frontend_api: String,
    /// The origin under which browsers reach this application, `https://app.example.com` for
    /// example.
    pub public_origin: String,
    /// Whether trusted proxies set `X-Forwarded-Host` and `X-Forwarded-Proto`. The origin in them
    /// must still be one of the authorized parties, unless that list is empty.
    pub trusts_forwarded: bool,
    /// The URLs that name an organization (Clerk: `organizationSyncOptions`). `None`: no URL does.
    pub organization_sync: Option<OrganizationSync>,
    /// The values that a session token must have.
    pub expectations: Expectations,
    /// Tokens whose signature was verified before. Clones of the configuration share them.
    pub verified_tokens: VerifiedTokens,
}

impl AuthConfig {
    /// The configuration of an application at `public_origin` that talks to the instance's own
    /// Frontend API and trusts no proxy. Only tokens made for this origin count.
    #[must_use]
    pub fn new(publishable_key: PublishableKey, public_origin: &str) -> Self {
        let issuer = publishable_key.issuer();
        Self {
            frontend_api: issuer.clone(),
            public_origin: public_origin.to_owned(),
            trusts_forwarded: false,
            organization_sync: None,
            expectations: Expectations::new(issuer, vec![public_origin.to_owned()]),
            verified_tokens: VerifiedTokens::default(),
            publishable_key,
        }
    }

    pub(super) fn is_development(&self) -> bool {
        self.publishable_key.kind() == InstanceKind::Development
    }
}
