//! From configuration to a running application: database, keys, limiter, gate.

use crate::{metrics, site, well_known};
use clerk::authenticate::AuthConfig;
use clerk::backend_api::BackendApi;
use clerk::frontend_proxy::FrontendProxy;
use clerk::keys::KeySource;
use domain::ids::OrganizationId;
use gatehouse::clock::Clock;
use gatehouse::config::{ClerkSettings, ClerkSource, Config, LimitStore, Site};
use gatehouse::denial_writer;
use gatehouse::gate::{Gate, Services};
use gatehouse::headers::{ClerkSources, HeaderPolicy};
use gatehouse::lifetimes::Lifetimes;
use gatehouse::limit::Limiter;
use gatehouse::origins::Origins;
use gatehouse::public_origin::PublicOrigin;
use gatehouse::reports::LoggedAdvice;
use gatehouse::revoked_sessions::RevocationList;
use gatehouse::store;
use leptos::prelude::LeptosOptions;
use std::sync::Arc;
use std::time::Duration;

/// Everything that a request may need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The one way in.
    pub gate: Gate,
    /// The time.
    pub clock: Clock,
    /// Which Clerk, and where.
    pub clerk: Arc<ClerkSettings>,
    /// Where people reach this application.
    pub public_origin: PublicOrigin,
    /// The origins that requests may be meant for and come from.
    pub origins: Arc<Origins>,
    /// Which security headers are sent.
    pub headers: Arc<HeaderPolicy>,
    /// How requests of the Frontend API are sent up.
    pub frontend: Arc<FrontendProxy>,
    /// The remedies for reports of browsers that the log already contains.
    pub logged_advice: Arc<LoggedAdvice>,
    /// Client of the Frontend API proxy.
    pub proxy: reqwest::Client,
    /// How Leptos names files and finds them.
    pub leptos: LeptosOptions,
    /// What `/.well-known/security.txt` says; `None`: nothing, the address answers 404.
    pub security_txt: Option<Arc<str>>,
    /// How many proxies in front of this server are ours.
    pub trusted_proxy_hops: u8,
    /// Whether the local Clerk is the identity in use.
    pub local_clerk: bool,
    /// Whether pages bring Clerk's components along; else people sign in on hosted pages.
    pub clerk_components: bool,
}

/// Why the application does not start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Identifiers that the in-process limiter counts at most; the oldest are forgotten first.
const LIMITED_IDENTIFIERS: usize = 100_000;
const LIMITER_DEADLINE: Duration = Duration::from_secs(1);
const PROXY_TIME_LIMIT: Duration = Duration::from_secs(20);

/// Builds the application. `config.clerk` names a real instance, or `local` is the one that was
/// started for it.
///
/// # Errors
/// The database cannot be opened or migrated, or a client cannot be made.
pub async fn application(config: Config, local: Option<Local>) -> Result<App, StartError> {
    let local_clerk = local.is_some();
    let operators = config.operators.or_else(|| local.as_ref().and_then(|local| local.operators.clone()));
    if operators.is_none() {
        tracing::info!("OPERATORS_ORGANIZATION_ID names no organization, so nobody manages users beyond their own");
    }
    let clock = local.as_ref().map(|local| local.clock.clone()).unwrap_or_default();
    let clerk_components = local.as_ref().is_none_or(|local| local.components);
    let clerk = match (config.clerk, local) {
        (_, Some(local)) => local.settings,
        (ClerkSource::Instance(instance), None) => *instance,
        (ClerkSource::Local, None) => return Err("the local Clerk was not started".into()),
    };
    if let Some(missing) = party_missing(&clerk, &config.public_origin) {
        tracing::warn!("{missing}");
    }
    let database = store::open(&config.database_url).await?;
    let backend_api = backend_api(&clerk, &config.public_origin)?;
    let gate = Gate::new(Services {
        settings: settings(&clerk, &config.public_origin, config.trusted_proxy_hops),
        keys: key_source(&clerk)?,
        limiter: limiter(&config.limits)?.telling(metrics::limits_away),
        rate_limit_prefix: config.rate_limit_prefix,
        operators,
        revoked_sessions: RevocationList::of(clerk.publishable_key.kind()),
        lifetimes: Lifetimes::new(database.clone(), config.session_rules, backend_api.clone(), clock.clone()),
        backend_api,
        denial_log: denial_writer::start(database.clone()),
        database,
    });
    let security_txt = well_known::security_txt(&config.security_contacts, &config.public_origin, clock.now_ms());
    Ok(App {
        gate,
        clock,
        security_txt: security_txt.map(Into::into),
        headers: Arc::new(header_policy(&clerk, local_clerk, clerk_components, &config.public_origin, &config.site)),
        origins: Arc::new(Origins::new(
            &config.public_origin,
            &clerk.authorized_parties,
            config.trusted_proxy_hops > 0,
        )),
        frontend: Arc::new(frontend_proxy(&clerk, &config.public_origin, config.trusted_proxy_hops)?),
        clerk: Arc::new(clerk),
        public_origin: config.public_origin,
        logged_advice: Arc::default(),
        proxy: clerk::http_client::http_client(PROXY_TIME_LIMIT)?,
        leptos: site::options(&config.site),
        trusted_proxy_hops: config.trusted_proxy_hops,
        local_clerk,
        clerk_components,
    })
}

/// Sessions that are made at the public origin count only when it is an authorized party.
pub(crate) fn party_missing(clerk: &ClerkSettings, origin: &PublicOrigin) -> Option<&'static str> {
    (!clerk.authorized_parties.iter().any(|party| party == origin.as_str())).then_some(
        "CLERK_AUTHORIZED_PARTIES leaves PUBLIC_ORIGIN out, so nobody can sign in there (token-invalid-authorized-parties): add it to the list",
    )
}

/// Invitations lead to the sign-in page that people know.
fn backend_api(clerk: &ClerkSettings, origin: &PublicOrigin) -> Result<BackendApi, StartError> {
    let own = clerk.sign_in_url.starts_with('/');
    let sign_in = format!("{}{}", if own { origin.as_str() } else { "" }, clerk.sign_in_url);
    Ok(BackendApi::new(&clerk.api_url, clerk.secret_key.clone())?.with_invitation_redirect(sign_in))
}

fn settings(clerk: &ClerkSettings, origin: &PublicOrigin, trusted_proxy_hops: u8) -> AuthConfig {
    let mut config = AuthConfig::new(clerk.publishable_key.clone(), origin.as_str());
    if let Some(proxy_url) = &clerk.proxy_url {
        config.frontend_api.clone_from(proxy_url);
    }
    config.trusts_forwarded = trusted_proxy_hops > 0;
    config.expectations.authorized_parties.clone_from(&clerk.authorized_parties);
    config
}

fn frontend_proxy(clerk: &ClerkSettings, origin: &PublicOrigin, hops: u8) -> Result<FrontendProxy, StartError> {
    let secret = clerk.secret_key.clone();
    Ok(FrontendProxy::new("/__clerk", &clerk.fapi_url, secret, origin.as_str(), hops > 0)?)
}

fn key_source(clerk: &ClerkSettings) -> Result<KeySource, StartError> {
    Ok(match &clerk.jwt_key {
        Some(key) => KeySource::pem(key.clone()),
        None => KeySource::jwks(&clerk.api_url, clerk.secret_key.clone())?,
    })
}

pub(crate) fn limiter(limits: &LimitStore) -> Result<Limiter, StartError> {
    Ok(match limits {
        LimitStore::InProcess => Limiter::in_process(LIMITED_IDENTIFIERS),
        LimitStore::Redis(url) => Limiter::redis(url, LIMITER_DEADLINE)?,
        LimitStore::Upstash { url, token } => Limiter::upstash(url.clone(), token.clone(), LIMITER_DEADLINE)?,
    })
}

/// Where a browser may be sent after a form post: to sign in, and to the Frontend API for new
/// cookies.
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
        // Behind the proxy everything comes from our own origin.
        frontend_api: clerk.proxy_url.is_none().then(|| clerk.publishable_key.issuer()),
        local: local_clerk,
    });
    let connect = site::reload_sources(site, origin);
    HeaderPolicy { https: origin.is_https(), connect, form_redirects, clerk }
}

/// The local Clerk as the identity in use.
pub struct Local {
    /// How to reach it.
    pub settings: ClerkSettings,
    /// Whether it serves Clerk's browser packages.
    pub components: bool,
    /// The organization whose administrators run the instance too.
    pub operators: Option<OrganizationId>,
    /// The clock that it shares with the application.
    pub clock: Clock,
}

/// Starts the Clerk that needs no account and tells how to reach it. It lives as long as its
/// handle.
///
/// # Errors
/// Its state cannot be read or written, or no port is free.
#[cfg(feature = "local-clerk")]
pub async fn local_clerk(
    config: &Config,
    data_dir: std::path::PathBuf,
    webhook_url: String,
) -> Result<(Local, local_clerk::LocalClerk), StartError> {
    let public_origin = config.public_origin.as_str().to_owned();
    let clerk_js = config.local_clerk_js.clone();
    let clock = Clock::default();
    let options = local_clerk::Options {
        data_dir,
        public_origin: public_origin.clone(),
        webhook_url,
        clerk_js: clerk_js.clone(),
        membership_required: config.local_clerk_requires_membership,
        permissions: domain::permission::Permission::ALL
            .into_iter()
            .map(|permission| permission.key().to_owned())
            .collect(),
        clock_turned_by_ms: clock.turned_by_ms(),
        ..local_clerk::Options::default()
    };
    let clerk = local_clerk::start(options).await?;
    if clerk_js.is_some() && !clerk.serves_clerk_js() {
        return Err(
            "LOCAL_CLERK_JS has no packages; unpack @clerk/clerk-js and @clerk/ui to its folders clerk-js and ui"
                .into(),
        );
    }
    let settings = ClerkSettings {
        publishable_key: clerk::publishable_key::PublishableKey::parse(&clerk.publishable_key())?,
        secret_key: clerk.secret_key().into(),
        jwt_key: None,
        api_url: clerk.api_url(),
        fapi_url: clerk.api_url(),
        proxy_url: Some("/__clerk".to_owned()),
        authorized_parties: vec![public_origin],
        webhook_secrets: vec![clerk.webhook_secret().into()],
        sign_in_url: "/sign-in".to_owned(),
    };
    let operators = OrganizationId::parse(local_clerk::OPERATORS).ok();
    Ok((Local { settings, components: clerk.serves_clerk_js(), operators, clock }, clerk))
}
