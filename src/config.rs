//! The environment, read once into typed values. After start nobody asks the environment again.
//!
//! Every problem is reported at once, each with the variable, what is wrong and the remedy; a value that could be a secret is never
//! quoted. What needs the network (is the key set reachable?) is not asked here: that is readiness.

mod clerk;
mod contact;
mod lifetimes;
mod limits;
mod local_clerk;
mod problems;
mod site;
mod variables;
#[cfg(test)]
mod tests;

pub use clerk::{ClerkSettings, ClerkSource};
pub use limits::LimitStore;
pub use problems::{Problem, Problems};
pub use site::{Reload, Site};

use crate::db::{self, Unusable};
use crate::lifetimes::Rules;
use crate::public_origin::PublicOrigin;
use domain::ids::OrganizationId;
use secrecy::SecretString;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use variables::Variables;

/// Everything that the server is told from outside.
#[derive(Debug)]
pub struct Config {
    /// Which Clerk to use.
    pub clerk: ClerkSource,
    /// Where people reach this application.
    pub public_origin: PublicOrigin,
    /// `sqlite://…` or `postgres://…`; it may hold a password.
    pub database_url: SecretString,
    /// Where rate limits are counted.
    pub limits: LimitStore,
    /// First part of every rate-limit key.
    pub rate_limit_prefix: String,
    /// The organization of whoever runs the instance. `None`: nobody manages users beyond their organization.
    pub operators: Option<OrganizationId>,
    /// How long sessions live, beside what Clerk says.
    pub session_rules: Rules,
    /// How many proxies in front of this server may set `X-Forwarded-*`.
    pub trusted_proxy_hops: u8,
    /// Folder with Clerk's browser packages for the local Clerk; without it people sign in on its plain pages.
    pub local_clerk_js: Option<PathBuf>,
    /// Whether everybody must belong to an organization of the local Clerk.
    pub local_clerk_requires_membership: bool,
    /// Second listener for Prometheus; `None` turns it off.
    pub metrics_addr: Option<SocketAddr>,
    /// Where the server listens, and the site that it serves.
    pub site: Site,
    /// Whom finders of a weakness may tell, as URIs; empty: there is no `security.txt`.
    pub security_contacts: Vec<String>,
    /// What is logged.
    pub log: EnvFilter,
}

impl Config {
    /// Reads the configuration of this process. `fallback` is asked for what the environment does not have: a `.env` file in development.
    ///
    /// # Errors
    /// Every problem of every variable.
    pub fn from_env(
        fallback: &dyn Fn(&str) -> Option<String>,
        local_clerk_is_built_in: bool,
    ) -> Result<Self, Problems> {
        // Bytes that are no text are kept as such a mark, so that the variable is refused and not taken for absent.
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let own = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self::read(&|name: &str| own(name).or_else(|| fallback(name)), local_clerk_is_built_in)
    }

    /// Reads the configuration from any source of variables. Blank is the same as absent, as in a `.env` file. With the local Clerk built in
    /// it is a development build: it serves the site that `cargo leptos` writes, and its pages reload under `cargo leptos watch`.
    ///
    /// # Errors
    /// Every problem of every variable.
    pub fn read(source: &dyn Fn(&str) -> Option<String>, local_clerk_is_built_in: bool) -> Result<Self, Problems> {
        let unreadable = RefCell::default();
        let variables = Variables { source, unreadable: &unreadable };
        let mut problems = Problems::default();
        let site = site::read(&variables, local_clerk_is_built_in, &mut problems);
        let public_origin = public_origin(&variables, &site, &mut problems);
        let clerk = clerk::read(&variables, &public_origin, local_clerk_is_built_in, &mut problems);
        let config = Self {
            clerk: clerk.unwrap_or(ClerkSource::Local),
            public_origin,
            database_url: database_url(&variables, &mut problems),
            limits: limits::read(&variables, &mut problems),
            rate_limit_prefix: limits::prefix(&variables, &mut problems),
            operators: clerk::operators(&variables, &mut problems),
            session_rules: lifetimes::read(&variables, &mut problems),
            trusted_proxy_hops: trusted_proxy_hops(&variables, &mut problems),
            local_clerk_js: variables.get("LOCAL_CLERK_JS").map(PathBuf::from),
            local_clerk_requires_membership: local_clerk::requires_membership(&variables, &mut problems),
            metrics_addr: metrics_addr(&variables, site.address, &mut problems),
            site,
            security_contacts: contact::read(&variables, &mut problems),
            log: log(&variables, &mut problems),
        };
        for name in unreadable.take() {
            problems.add(name, "is not text in UTF-8", "write it again in UTF-8, or remove it");
        }
        problems.none_or(config)
    }
}

fn public_origin(variables: &Variables<'_>, site: &Site, problems: &mut Problems) -> PublicOrigin {
    let default = || format!("http://localhost:{}", site.address.port());
    let text = variables.get("PUBLIC_ORIGIN").unwrap_or_else(default);
    PublicOrigin::parse(&text).unwrap_or_else(|what| {
        problems.add("PUBLIC_ORIGIN", what, "give scheme, host and port only, for example https://admin.example.com");
        PublicOrigin::default()
    })
}

fn database_url(variables: &Variables<'_>, problems: &mut Problems) -> SecretString {
    let url = variables.get("DATABASE_URL").unwrap_or_else(|| "sqlite://data/gatehouse.db".to_owned());
    if let Err(Unusable { what, remedy }) = db::check(&url) {
        problems.add("DATABASE_URL", what, remedy);
    }
    SecretString::from(url)
}

fn trusted_proxy_hops(variables: &Variables<'_>, problems: &mut Problems) -> u8 {
    let Some(text) = variables.get("TRUSTED_PROXY_HOPS") else { return 0 };
    match text.parse() {
        Ok(hops) if hops <= 10 => hops,
        _ => {
            problems.add(
                "TRUSTED_PROXY_HOPS",
                "is not a number from 0 to 10",
                "count the proxies between the internet and this server",
            );
            0
        }
    }
}

fn metrics_addr(variables: &Variables<'_>, site: SocketAddr, problems: &mut Problems) -> Option<SocketAddr> {
    // Blank means "off" here.
    let text = variables.raw("METRICS_ADDR").unwrap_or_else(|| "127.0.0.1:9464".to_owned());
    if text.is_empty() {
        return None;
    }
    let Ok(address) = text.parse() else {
        problems.add("METRICS_ADDR", "is not address:port", "for example 127.0.0.1:9464; blank turns it off");
        return None;
    };
    if collide(address, site) {
        let remedy = "choose another port for one of them; blank turns METRICS_ADDR off";
        problems.add("METRICS_ADDR", "is the address of LEPTOS_SITE_ADDR, and two listeners need two", remedy);
    }
    Some(address)
}

/// Whether two listeners cannot have these addresses. One without an address of its own takes them all; over IPv6 those of IPv4 as well.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let takes = |all: SocketAddr, it: SocketAddr| all.ip().is_unspecified() && (all.is_ipv6() || it.is_ipv4());
    let same_port = one.port() == other.port() && one.port() != 0;
    same_port && (one.ip() == other.ip() || takes(one, other) || takes(other, one))
}

fn log(variables: &Variables<'_>, problems: &mut Problems) -> EnvFilter {
    let text = variables.get("RUST_LOG").unwrap_or_else(|| "info".to_owned());
    // A blank after a comma is no part of a name.
    let text = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",");
    let is_clear = text.contains('[') || text.split(',').all(names_a_level);
    let filter = if is_clear { EnvFilter::try_new(text).ok() } else { None };
    filter.unwrap_or_else(|| {
        problems.add("RUST_LOG", "names no level of logging", "for example info, or warn,gatehouse=debug");
        EnvFilter::default()
    })
}

/// A level alone, or one for a module. Tracing takes any other word for the name of a module, and then logs nothing but that.
fn names_a_level(part: &str) -> bool {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || "_-:.".contains(c);
    let (module, level) = part.split_once('=').unwrap_or(("", part));
    module.chars().all(is_of_a_name) && level.parse::<LevelFilter>().is_ok()
}
