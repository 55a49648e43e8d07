//! Builds the application from its configuration: database, keys, limiter, gate.

mod local;

pub use self::local::Local;
#[cfg(feature = "local-clerk")]
pub use self::local::local_clerk;
use crate::app_state::{AppServices, AppState};
use crate::public_documents::PublicDocuments;
use crate::shutdown::Stopping;
use crate::start_error::StartError;
use crate::switch_organization;
use crate::{frontend_proxy, metrics, site, well_known};
use clerk::authenticate::AuthConfig;
use clerk::backend_api::BackendApi;
use clerk::frontend_proxy::FrontendProxy;
use clerk::keys::KeySource;
use domain::ids::OrganizationId;
use gatehouse::client_address::ClientAddresses;
use gatehouse::clock::Clock;
use gatehouse::commands::Reconciliation;
use gatehouse::config::{ClerkSettings, ClerkSource, Config, LimitStore, Site};
use gatehouse::denial_writer;
use gatehouse::gate::{Gate, Services};
use gatehouse::headers::{ClerkSources, HeaderPolicy};
use gatehouse::instance_status::{InstanceStatus, Sources};
use gatehouse::lifetimes::Lifetimes;
use gatehouse::limit::Limiter;
use gatehouse::origins::Origins;
use gatehouse::public_origin::PublicOrigin;
use gatehouse::revoked_sessions::RevocationList;
use gatehouse::store;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

/// The most identifiers that the in-process limiter counts. It drops the oldest first.
const LIMITED_IDENTIFIERS: usize = 100_000;
const LIMITER_DEADLINE: Duration = Duration::from_secs(1);

/// Builds the application. It uses the local Clerk if `local` is given, and otherwise the instance
/// that `config.clerk` names.
///
/// # Errors
/// The database cannot be opened or migrated, or a client cannot be built.
pub async fn application(config: Config, local: Option<Local>) -> Result<AppState, StartError> {
    let local_clerk = local.is_some();
    let operators = operators(&config, local.as_ref());
    let clock = local.as_ref().map(|local| local.clock.clone()).unwrap_or_default();
    let clerk_components = local.as_ref().is_none_or(|local| local.components);
    let clerk = clerk_settings(&config, local)?;
    if let Some(missing) = party_missing(&clerk, &config.public_origin) {
        tracing::warn!("{missing}");
    }
    if let Some(missing) = hops_missing(&config) {
        tracing::warn!("{missing}");
    }
    let headers = header_policy(&clerk, local_clerk, clerk_components, &config.public_origin, &config.site);
    let advice = advice(&config, &clerk, local_clerk);
    let own = OwnFacts { operators, headers: headers.clone(), advice };
    let services = services(&config, &clerk, own, clock.clone()).await?;
    Reconciliation::of(&services, clock.clone()).start();
    let gate = Gate::new(services);
    let security_txt = well_known::security_txt(&config.security_contacts, &config.public_origin, clock.now_ms());
    let trusts_proxy = config.trusted_proxy_hops > 0;
    let leptos = site::options(&config.site);
    Ok(AppState::new(AppServices {
        gate,
        clock,
        security_txt: security_txt.map(Into::into),
        headers: Arc::new(headers),
        origins: Arc::new(Origins::new(&config.public_origin, &clerk.authorized_parties, trusts_proxy)),
        frontend: Arc::new(frontend_proxy(&clerk, &config.public_origin, trusts_proxy)?),
        clerk: Arc::new(clerk),
        public_origin: config.public_origin,
        logged_advice: Arc::default(),
        proxy: clerk::http_client::http_client(frontend_proxy::TIME_LIMIT)?,
        documents: PublicDocuments::new(leptos.clone()),
        leptos,
        client_addresses: Arc::new(ClientAddresses::new(config.trusted_proxy_hops)),
        stopping: Stopping::default(),
        local_clerk,
        clerk_components,
    }))
}

fn operators(config: &Config, local: Option<&Local>) -> Option<OrganizationId> {
    let operators = config.operators.clone().or_else(|| local.and_then(|local| local.operators.clone()));
    if operators.is_none() {
        tracing::info!(
            "OPERATORS_ORGANIZATION_ID names no organization, so nobody can manage users of other organizations"
        );
    }
    operators
}

fn clerk_settings(config: &Config, local: Option<Local>) -> Result<ClerkSettings, StartError> {
    match (&config.clerk, local) {
        (_, Some(local)) => Ok(local.settings),
        (ClerkSource::Instance(instance), None) => Ok(instance.as_ref().clone()),
        (ClerkSource::Local, None) => Err("the local Clerk was not started".into()),
    }
}

/// The facts that the services keep beside the configuration.
struct OwnFacts {
    operators: Option<OrganizationId>,
    headers: HeaderPolicy,
    advice: Vec<(&'static str, &'static str)>,
}

/// The gaps of the configuration for production, each with its remedy.
fn advice(config: &Config, clerk: &ClerkSettings, is_local: bool) -> Vec<(&'static str, &'static str)> {
    let no_contact = "SECURITY_CONTACT is not set, so a finder of a vulnerability has no contact: set it to an email \
         address that somebody reads";
    let counted_here = "The rate limits count in this process, so each server counts alone: set REDIS_URL or the \
         variables of Upstash before a second server runs";
    let local = "People sign in at the local Clerk, which is for development: set the keys of your own instance";
    [
        party_missing(clerk, &config.public_origin).map(|text| ("Authorized parties", text)),
        hops_missing(config).map(|text| ("Proxy", text)),
        config.security_contacts.is_empty().then_some(("security.txt", no_contact)),
        matches!(config.limits, LimitStore::InProcess).then_some(("Rate limits", counted_here)),
        is_local.then_some(("Clerk", local)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn services(config: &Config, clerk: &ClerkSettings, own: OwnFacts, clock: Clock) -> Result<Services, StartError> {
    let database = store::open(&config.database_url).await?;
    let backend_api = backend_api(clerk, &config.public_origin)?;
    let (keys, limiter) = (key_source(clerk)?, limiter(config)?.with_outage_listener(metrics::limits_away));
    let OwnFacts { operators, headers, advice } = own;
    let sources = Sources { keys: Some(keys.clone()), limiter: Some(limiter.clone()), headers, advice };
    Ok(Services {
        settings: auth_config(clerk, &config.public_origin, config.trusted_proxy_hops),
        keys,
        limiter,
        operators,
        revoked_sessions: RevocationList::of(clerk.publishable_key.kind()),
        lifetimes: Lifetimes::new(database.clone(), config.session_rules, backend_api.clone(), clock),
        backend_api,
        denial_log: denial_writer::start(database.clone()),
        instance_status: InstanceStatus::new(sources),
        running_commands: TaskTracker::new(),
        database,
    })
}

/// The warning that the authorized parties leave the public origin out. The gate then refuses every
/// session of that origin.
pub(crate) fn party_missing(clerk: &ClerkSettings, origin: &PublicOrigin) -> Option<&'static str> {
    (!clerk.authorized_parties.iter().any(|party| party == origin.as_str())).then_some(
        "CLERK_AUTHORIZED_PARTIES leaves PUBLIC_ORIGIN out, so nobody can sign in there (token-invalid-authorized-parties): add it to the list",
    )
}

/// The warning that a proxy terminates TLS and is not counted.
pub(crate) fn hops_missing(config: &Config) -> Option<&'static str> {
    (config.public_origin.is_https() && config.trusted_proxy_hops == 0).then_some(
        "PUBLIC_ORIGIN is https and this server speaks plain http, so a proxy is in front of it; but TRUSTED_PROXY_HOPS is 0, so all visitors share the rate limits of that proxy: set it to the number of proxies",
    )
}

/// The client of the Backend API. Its invitations lead to the configured sign-in page.
fn backend_api(clerk: &ClerkSettings, origin: &PublicOrigin) -> Result<BackendApi, StartError> {
    let own = clerk.sign_in_url.starts_with('/');
    let sign_in = format!("{}{}", if own { origin.as_str() } else { "" }, clerk.sign_in_url);
    Ok(BackendApi::new(&clerk.api_url, clerk.secret_key.clone())?.with_invitation_redirect(sign_in))
}

fn auth_config(clerk: &ClerkSettings, origin: &PublicOrigin, trusted_proxy_hops: u8) -> AuthConfig {
    let mut config = AuthConfig::new(clerk.publishable_key.clone(), origin.as_str());
    if let Some(proxy_url) = &clerk.proxy_url {
        config.frontend_api.clone_from(proxy_url);
    }
    config.trusts_forwarded = trusted_proxy_hops > 0;
    config.organization_sync = Some(switch_organization::addresses());
    config.expectations.authorized_parties.clone_from(&clerk.authorized_parties);
    config
}

fn frontend_proxy(
    clerk: &ClerkSettings,
    origin: &PublicOrigin,
    trusts_proxy: bool,
) -> Result<FrontendProxy, StartError> {
    let secret = clerk.secret_key.clone();
    Ok(FrontendProxy::new("/__clerk", &clerk.fapi_url, secret, origin.as_str(), trusts_proxy)?)
}

fn key_source(clerk: &ClerkSettings) -> Result<KeySource, StartError> {
    Ok(match &clerk.jwt_key {
        Some(key) => KeySource::pem(key.clone()),
        None => KeySource::jwks(&clerk.api_url, clerk.secret_key.clone())?,
    })
}

pub(crate) fn limiter(config: &Config) -> Result<Limiter, StartError> {
    let limiter = match &config.limits {
        LimitStore::InProcess => Limiter::in_process(LIMITED_IDENTIFIERS),
        LimitStore::Redis(url) => Limiter::redis(url, LIMITER_DEADLINE)?,
        LimitStore::Upstash { url, token } => Limiter::upstash(url.clone(), token.clone(), LIMITER_DEADLINE)?,
    };
    Ok(limiter.with_prefix(&config.rate_limit_prefix).with_mode(config.rate_limit_mode))
}

/// The origins of Clerk to which the server may redirect a form post: the sign-in page, and the
/// Frontend API for new cookies.
fn clerk_origins(clerk: &ClerkSettings) -> Vec<String> {
    let sign_in = if clerk.sign_in_url.starts_with('/') {
        clerk.publishable_key.accounts_base_url()
    } else {
        clerk.sign_in_url.clone()
    };
    let origins = [sign_in, clerk.publishable_key.issuer()];
    origins.iter().filter_map(|url| PublicOrigin::parse_url(url)).map(|origin| origin.as_str().to_owned()).collect()
}

fn header_policy(
    clerk: &ClerkSettings,
    local_clerk: bool,
    components: bool,
    origin: &PublicOrigin,
    site: &Site,
) -> HeaderPolicy {
    let form_redirects = if local_clerk { Vec::new() } else { clerk_origins(clerk) };
    let clerk = components.then(|| ClerkSources {
        // With the proxy the browser loads everything of Clerk from our own origin.
        frontend_api: clerk.proxy_url.is_none().then(|| clerk.publishable_key.issuer()),
        local: local_clerk,
    });
    let connect = site::reload_sources(site, origin);
    HeaderPolicy { https: origin.is_https(), connect, form_redirects, clerk }
}
