//! The state that every handler and layer of the server receives. `start` builds it.
//!
//! It is separate from `start`, so that a handler does not depend on the construction of the
//! services.

use crate::public_documents::PublicDocuments;
use crate::shutdown::Stopping;
use clerk::frontend_proxy::FrontendProxy;
use gatehouse::client_address::ClientAddresses;
use gatehouse::clock::Clock;
use gatehouse::config::ClerkSettings;
use gatehouse::gate::Gate;
use gatehouse::headers::HeaderPolicy;
use gatehouse::origins::Origins;
use gatehouse::public_origin::PublicOrigin;
use gatehouse::reports::LoggedAdvice;
use leptos::prelude::LeptosOptions;
use std::ops::Deref;
use std::sync::Arc;

/// The services and settings that a request needs. A clone shares them: axum clones the state in
/// every layer of every request.
#[derive(Clone)]
pub struct AppState(Arc<AppServices>);

impl AppState {
    pub(crate) fn new(services: AppServices) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for AppState {
    type Target = AppServices;
    fn deref(&self) -> &AppServices {
        &self.0
    }
}

/// The services and settings that all clones of an [`AppState`] share.
pub struct AppServices {
    /// Authenticates requests and owns the services behind it.
    pub gate: Gate,
    /// The source of the time.
    pub clock: Clock,
    /// The keys and addresses of the Clerk instance.
    pub clerk: Arc<ClerkSettings>,
    /// The origin at which browsers reach this application.
    pub public_origin: PublicOrigin,
    /// The hosts that requests may address and the origins that they may come from.
    pub origins: Arc<Origins>,
    /// The settings of the security headers.
    pub headers: Arc<HeaderPolicy>,
    /// Translates requests for the Frontend API.
    pub frontend: Arc<FrontendProxy>,
    /// The remedies for reports of browsers that the log already contains.
    pub logged_advice: Arc<LoggedAdvice>,
    /// The HTTP client of the Frontend API proxy.
    pub proxy: reqwest::Client,
    /// The names and folders of the site's files.
    pub leptos: LeptosOptions,
    /// The public documents that have been rendered.
    pub documents: PublicDocuments,
    /// The body of `/.well-known/security.txt`; `None`: the address answers 404.
    pub security_txt: Option<Arc<str>>,
    /// Finds the address of each request's client.
    pub client_addresses: Arc<ClientAddresses>,
    /// Whether the server is stopping.
    pub stopping: Stopping,
    /// Whether the local Clerk is the identity provider.
    pub local_clerk: bool,
    /// Whether pages load Clerk's components. Otherwise people sign in on hosted pages.
    pub clerk_components: bool,
}
