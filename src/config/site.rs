//! The variables that begin with `LEPTOS_`: the address of the server, the folder of the built
//! site, and the socket that tells pages in development about a newer build. `cargo leptos` sets
//! them; in production the operator sets the first three.

use super::problems::Problems;
use super::variables::Variables;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The address of the server and the site that it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The address of the public listener.
    pub address: SocketAddr,
    /// Folder with the built site.
    pub root: PathBuf,
    /// Whether file names contain the hash of their content, as in a release build.
    pub hashed: bool,
    /// The socket that tells pages about a newer build; `None` outside of `cargo leptos watch`.
    pub reload: Option<Reload>,
}

/// The socket on which `cargo leptos watch` tells pages to reload. The script of Leptos connects to
/// the host in the address bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reload {
    /// The port that browsers use.
    pub port: u16,
    /// Whether browsers connect with TLS even from a plain page.
    pub tls: bool,
}

/// The output folders of a release build and of `cargo leptos`. They differ, so that neither
/// overwrites the other.
const RELEASE_ROOT: &str = "target/site";
const DEVELOPMENT_ROOT: &str = "target/dev-site";

pub(super) fn read(variables: &Variables<'_>, development: bool, problems: &mut Problems) -> Site {
    let root = variables.get("LEPTOS_SITE_ROOT");
    let default_root = if development { DEVELOPMENT_ROOT } else { RELEASE_ROOT };
    Site {
        address: address(variables, problems),
        root: root.map_or_else(|| default_root.into(), PathBuf::from),
        hashed: hashed(variables, problems),
        reload: reload(variables, problems).filter(|_| development),
    }
}

pub(super) fn address(variables: &Variables<'_>, problems: &mut Problems) -> SocketAddr {
    const DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);
    let Some(text) = variables.get("LEPTOS_SITE_ADDR") else { return DEFAULT };
    text.parse().unwrap_or_else(|_| {
        let remedy = "use an IP address and a port, for example 127.0.0.1:3000, or 0.0.0.0:3000 for every interface";
        problems.add("LEPTOS_SITE_ADDR", "is not address:port", remedy);
        DEFAULT
    })
}

fn hashed(variables: &Variables<'_>, problems: &mut Problems) -> bool {
    match variables.get("LEPTOS_HASH_FILES").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            problems.add("LEPTOS_HASH_FILES", "is neither true nor false", "use true for the output of `make build`");
            false
        }
    }
}

fn reload(variables: &Variables<'_>, problems: &mut Problems) -> Option<Reload> {
    let inner = port(variables, "LEPTOS_RELOAD_PORT", problems).unwrap_or(3001);
    let outer = port(variables, "LEPTOS_RELOAD_EXTERNAL_PORT", problems);
    let tls = match variables.get("LEPTOS_RELOAD_WS_PROTOCOL").as_deref() {
        None | Some("ws") => false,
        Some("wss") => true,
        Some(_) => {
            problems.add("LEPTOS_RELOAD_WS_PROTOCOL", "is neither ws nor wss", "leave it out");
            false
        }
    };
    variables
        .get("LEPTOS_WATCH")
        .filter(|value| !matches!(value.as_str(), "false" | "0"))
        .map(|_| Reload { port: outer.unwrap_or(inner), tls })
}

fn port(variables: &Variables<'_>, name: &'static str, problems: &mut Problems) -> Option<u16> {
    let text = variables.get(name)?;
    let port = text.parse().ok().filter(|port| *port != 0);
    if port.is_none() {
        problems.add(name, "is not a port", "use a number from 1 to 65535, or leave it out");
    }
    port
}
