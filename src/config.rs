//! The configuration: environment variables as typed values. The server reads the environment once
//! at the start and never again.
//!
//! The reader reports every problem at once, each with the variable, the problem and the remedy,
//! and it never quotes a value that could be a secret. It checks nothing that needs the network;
//! that is readiness.

mod clerk;
mod contact;
mod lifetimes;
mod limits;
mod local_clerk;
mod log;
mod operators;
mod parts;
mod problems;
mod retention;
mod secret_files;
mod site;
mod variables;
#[cfg(test)]
mod tests;

pub use clerk::{ClerkSettings, ClerkSource};
pub use limits::LimitStore;
pub use parts::{PruneSettings, SyncSettings, address, backend_api, database, log_filter, pruning, synchronization};
pub use problems::{Problem, Problems};
pub use secret_files::SecretFile;
pub use site::{Reload, Site};

use crate::lifetimes::Rules;
use crate::limit::Mode;
use crate::public_origin::PublicOrigin;
use crate::retention::Retention;
use domain::ids::OrganizationId;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;
use variables::Variables;

/// Every setting of the server.
#[derive(Debug)]
pub struct Config {
    /// The Clerk instance.
    pub clerk: ClerkSource,
    /// The origin that users enter.
    pub public_origin: PublicOrigin,
    /// `sqlite://…` or `postgres://…`; the URL may contain a password.
    pub database_url: SecretString,
    /// The store of the rate-limit counters.
    pub limits: LimitStore,
    /// First part of every rate-limit key.
    pub rate_limit_prefix: String,
    /// How a limit treats a call that costs more than what remains.
    pub rate_limit_mode: Mode,
    /// The organization of the operators. `None`: nobody has instance-wide permissions.
    pub operators: Option<OrganizationId>,
    /// The lifetimes of sessions, in addition to Clerk's.
    pub session_rules: Rules,
    /// How long rows are kept.
    pub retention: Retention,
    /// The number of proxies in front of this server that set `X-Forwarded-*`.
    pub trusted_proxy_hops: u8,
    /// Folder with Clerk's browser packages for the local Clerk; `None`: users sign in on its plain
    /// pages.
    pub local_clerk_js: Option<PathBuf>,
    /// Whether every user of the local Clerk must belong to an organization.
    pub local_clerk_requires_membership: bool,
    /// Address of the listener for Prometheus; `None` turns it off.
    pub metrics_addr: Option<SocketAddr>,
    /// The address of the server and the site that it serves.
    pub site: Site,
    /// The contacts for security reports, as URIs; empty: the server has no `security.txt`.
    pub security_contacts: Vec<String>,
    /// The files from which secrets were read.
    pub secret_files: Vec<SecretFile>,
    /// The filter of log lines.
    pub log: EnvFilter,
}

/// The environment of this process. `fallback` returns variables that it does not have: a `.env`
/// file in development.
pub fn environment(fallback: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    // The replacement character marks bytes that are not UTF-8, so that the reader refuses the
    // variable and does not treat it as absent.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let own = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    move |name: &str| own(name).or_else(|| fallback(name))
}

impl Config {
    /// Reads the configuration from any source of variables. A blank value counts as absent, as in
    /// a `.env` file. A build with the local Clerk is a development build: it serves the site of
    /// `cargo leptos`, and its pages reload under `cargo leptos watch`.
    ///
    /// # Errors
    /// Every problem of every variable.
    pub fn read(source: &dyn Fn(&str) -> Option<String>, local_clerk_is_built_in: bool) -> Result<Self, Problems> {
        let variables = Variables::new(source);
        let mut problems = Problems::default();
        let site = site::read(&variables, local_clerk_is_built_in, &mut problems);
        let public_origin = public_origin(&variables, &site, &mut problems);
        let clerk = clerk::read(&variables, &public_origin, local_clerk_is_built_in, &mut problems);
        let mut config = Self {
            clerk: clerk.unwrap_or(ClerkSource::Local),
            public_origin,
            database_url: parts::database_url(&variables, &mut problems),
            limits: limits::read(&variables, &mut problems),
            rate_limit_prefix: limits::prefix(&variables, &mut problems),
            rate_limit_mode: limits::mode(&variables, &mut problems),
            operators: operators::read(&variables, &mut problems),
            session_rules: lifetimes::read(&variables, &mut problems),
            retention: retention::read(&variables, &mut problems),
            trusted_proxy_hops: trusted_proxy_hops(&variables, &mut problems),
            local_clerk_js: variables.get("LOCAL_CLERK_JS").map(PathBuf::from),
            local_clerk_requires_membership: local_clerk::requires_membership(&variables, &mut problems),
            metrics_addr: metrics_addr(&variables, site.address, &mut problems),
            site,
            security_contacts: contact::read(&variables, &mut problems),
            log: log::read(&variables, &mut problems),
            secret_files: Vec::new(),
        };
        config.secret_files = variables.finish(&mut problems);
        problems.none_or(config)
    }
}

fn public_origin(variables: &Variables<'_>, site: &Site, problems: &mut Problems) -> PublicOrigin {
    let default = || format!("http://localhost:{}", site.address.port());
    let text = variables.get("PUBLIC_ORIGIN").unwrap_or_else(default);
    PublicOrigin::parse(&text).unwrap_or_else(|what| {
        problems.add("PUBLIC_ORIGIN", what, "use scheme, host and port only, for example https://admin.example.com");
        PublicOrigin::default()
    })
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
    // A blank value turns the listener off, so it differs from an absent one.
    let text = variables.raw("METRICS_ADDR").unwrap_or_else(|| "127.0.0.1:9464".to_owned());
    if text.is_empty() {
        return None;
    }
    let Ok(address) = text.parse() else {
        problems.add(
            "METRICS_ADDR",
            "is not address:port",
            "use an address such as 127.0.0.1:9464, or leave it blank to turn the metrics off",
        );
        return None;
    };
    if cannot_bind_both(address, site) {
        let remedy = "choose another port for one of them, or leave METRICS_ADDR blank to turn the metrics off";
        problems.add("METRICS_ADDR", "is the address of LEPTOS_SITE_ADDR, but each listener needs its own", remedy);
    }
    Some(address)
}

/// Whether two listeners cannot both bind. An unspecified address binds every address of the
/// machine; an IPv6 listener also binds IPv4.
fn cannot_bind_both(one: SocketAddr, other: SocketAddr) -> bool {
    let takes = |all: SocketAddr, it: SocketAddr| all.ip().is_unspecified() && (all.is_ipv6() || it.is_ipv4());
    let same_port = one.port() == other.port() && one.port() != 0;
    same_port && (one.ip() == other.ip() || takes(one, other) || takes(other, one))
}
