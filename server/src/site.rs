//! The built site: the names of its files, and the check that a folder has the site of this server.
//!
//! A server with the files of another build would serve pages without style or script, so it checks
//! the folder at the start.

use crate::assets::FILES;
use crate::embedded_site;
pub use crate::embedded_site::IS_EMBEDDED;
use app::shell::{hash_of, use_hashes};
use gatehouse::config::Site;
use gatehouse::public_origin::PublicOrigin;
use leptos::config::{Env, ReloadWSProtocol};
use leptos::prelude::LeptosOptions;
use std::fmt;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// The `output-name` in Cargo.toml.
const OUTPUT_NAME: &str = env!("LEPTOS_OUTPUT_NAME");
const PACKAGE: &str = "pkg";
/// The file beside the server in which Leptos finds the hashes in the file names.
const HASH_FILE: &str = "hash.txt";

/// The options of Leptos. Their `env` decides whether pages have the script that reloads them.
#[must_use]
pub fn options(site: &Site) -> LeptosOptions {
    if IS_EMBEDDED {
        use_hashes(embedded_site::HASHES);
    }
    let has_hashes = if IS_EMBEDDED { !embedded_site::HASHES.is_empty() } else { site.hashed };
    let reload_port = site.reload.map(|reload| u32::from(reload.port));
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(site.root.to_string_lossy())
        .site_pkg_dir(PACKAGE)
        .site_addr(site.address)
        .hash_files(has_hashes)
        .hash_file(HASH_FILE.into())
        .env(if site.reload.is_some() { Env::DEV } else { Env::PROD })
        .reload_external_port(reload_port)
        .reload_ws_protocol(if site.reload.is_some_and(|reload| reload.tls) {
            ReloadWSProtocol::WSS
        } else {
            ReloadWSProtocol::WS
        })
        .build()
}

/// The sources that the reload script may connect to. It uses the host of the address bar, and a
/// server on the loopback interface has several names.
#[must_use]
pub fn reload_sources(site: &Site, origin: &PublicOrigin) -> Vec<String> {
    let Some(reload) = site.reload else { return Vec::new() };
    let scheme = if reload.tls || origin.is_https() { "wss" } else { "ws" };
    let source = |host: &str| format!("{scheme}://{host}:{}", reload.port);
    match Url::parse(origin.as_str()).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain("localhost")) => ["localhost", "127.0.0.1"].map(source).to_vec(),
        Some(Host::Ipv4(address)) if address.is_loopback() => vec![source("localhost"), source(&address.to_string())],
        Some(Host::Domain(host)) => vec![source(host)],
        Some(Host::Ipv4(address)) => vec![source(&address.to_string())],
        // No source can name an IPv6 address (CSP Level 3, `host-part`).
        Some(Host::Ipv6(_)) | None => vec![source("*")],
    }
}

/// The reason why a folder is not the site of this server.
#[derive(Debug, PartialEq, Eq)]
pub enum ForeignSite {
    /// There is no such file beside the server.
    NoHashes(PathBuf),
    /// The file beside the server does not name a hash for this kind of file.
    NoHash(&'static str),
    /// The site has no such file.
    Missing(PathBuf),
}

impl fmt::Display for ForeignSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REMEDY: &str =
            "take the server, hash.txt and the site of one `make build`, and set LEPTOS_HASH_FILES=true for them alone";
        match self {
            Self::NoHashes(file) => {
                write!(f, "LEPTOS_HASH_FILES is true, but {} cannot be read: {REMEDY}", file.display())
            }
            Self::NoHash(kind) => write!(f, "hash.txt beside the server has no line for {kind}: {REMEDY}"),
            Self::Missing(file) => {
                let development = "in development `make dev` builds it, or `cargo leptos build`";
                write!(
                    f,
                    "LEPTOS_SITE_ROOT is not the site of this server, {} is missing: {REMEDY}; {development}",
                    file.display()
                )
            }
        }
    }
}

impl std::error::Error for ForeignSite {}

/// Checks that the files exist which pages refer to. `beside` is the folder of the server's binary,
/// where a release has its hashes. A server with its site inside has nothing to check.
///
/// # Errors
/// The first file that is missing.
pub fn check(site: &Site, beside: &Path) -> Result<(), ForeignSite> {
    if IS_EMBEDDED {
        return Ok(());
    }
    let file = beside.join(HASH_FILE);
    let hashes =
        if site.hashed { Some(std::fs::read_to_string(&file).map_err(|_| ForeignSite::NoHashes(file))?) } else { None };
    for kind in ["js", "wasm", "css"] {
        let name = match &hashes {
            None => format!("{OUTPUT_NAME}.{kind}"),
            Some(hashes) => {
                let hash = hash_of(hashes, kind).ok_or(ForeignSite::NoHash(kind))?;
                format!("{OUTPUT_NAME}.{hash}.{kind}")
            }
        };
        exists(site.root.join(PACKAGE).join(name))?;
    }
    FILES.into_iter().try_for_each(|name| exists(site.root.join(name)))
}

fn exists(file: PathBuf) -> Result<(), ForeignSite> {
    if file.is_file() { Ok(()) } else { Err(ForeignSite::Missing(file)) }
}

/// The folder of the running binary.
#[must_use]
pub fn beside_this_server() -> PathBuf {
    let binary = std::env::current_exe().unwrap_or_default();
    binary.parent().map(Path::to_path_buf).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a release, as `make build` leaves it: the server's folder and the site.
    fn release(hash_of_style: &str) -> (tempfile::TempDir, Site) {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("site").join(PACKAGE);
        std::fs::create_dir_all(&package).unwrap();
        for name in ["app.a1.js", "app.b2.wasm", "app.c3.css"] {
            std::fs::write(package.join(name), "x").unwrap();
        }
        for name in FILES {
            std::fs::write(folder.path().join("site").join(name), "x").unwrap();
        }
        std::fs::write(folder.path().join(HASH_FILE), format!("js: a1\nwasm: b2\ncss: {hash_of_style}\n")).unwrap();
        let address = "127.0.0.1:3000".parse().unwrap();
        let site = Site { address, root: folder.path().join("site"), hashed: true, reload: None };
        (folder, site)
    }

    #[test]
    fn a_release_finds_its_own_site() {
        let (folder, site) = release("c3");
        assert_eq!(check(&site, folder.path()), Ok(()));
    }

    #[test]
    fn the_site_of_another_build_is_refused() {
        let (folder, site) = release("d4");
        let missing = site.root.join("pkg/app.d4.css");
        assert_eq!(check(&site, folder.path()), Err(ForeignSite::Missing(missing)));
        // The file names of a development build have no hashes. A release without the variable
        // looks for such names.
        let unhashed = Site { hashed: false, ..site.clone() };
        let missing = site.root.join("pkg/app.js");
        assert_eq!(check(&unhashed, folder.path()), Err(ForeignSite::Missing(missing)));
        std::fs::remove_file(site.root.join("boot.js")).unwrap();
        assert!(check(&Site { hashed: true, ..site.clone() }, folder.path()).is_err());
        let absent = Site { root: folder.path().join("nowhere"), hashed: false, ..site };
        assert!(check(&absent, folder.path()).is_err());
    }

    #[test]
    fn hashes_that_were_not_copied_are_refused() {
        let (folder, site) = release("");
        assert_eq!(check(&site, folder.path()), Err(ForeignSite::NoHash("css")));
        let elsewhere = folder.path().join("elsewhere");
        assert_eq!(check(&site, &elsewhere), Err(ForeignSite::NoHashes(elsewhere.join(HASH_FILE))));
    }

    #[test]
    fn the_reload_socket_is_allowed_under_every_name_of_the_host() {
        let sources = |origin: &str, tls| {
            let reload = Some(gatehouse::config::Reload { port: 3001, tls });
            let site = Site { reload, ..release("c3").1 };
            reload_sources(&site, &PublicOrigin::parse(origin).unwrap()).join(" ")
        };
        for (origin, tls, expected) in [
            ("http://localhost:3000", false, "ws://localhost:3001 ws://127.0.0.1:3001"),
            ("http://127.0.0.1:3000", false, "ws://localhost:3001 ws://127.0.0.1:3001"),
            ("http://[::1]:3000", false, "ws://*:3001"),
            ("http://192.168.1.20:3000", false, "ws://192.168.1.20:3001"),
            ("http://laptop.local:3000", true, "wss://laptop.local:3001"),
            ("https://dev.example.com", false, "wss://dev.example.com:3001"),
        ] {
            assert_eq!(sources(origin, tls), expected, "{origin}");
        }
        let (_folder, quiet) = release("c3");
        assert!(reload_sources(&quiet, &PublicOrigin::parse("http://localhost:3000").unwrap()).is_empty());
    }

    #[test]
    fn names_of_the_site_are_those_of_the_manifest() {
        let manifest = include_str!("../../Cargo.toml");
        for line in [format!("output-name = \"{OUTPUT_NAME}\""), format!("site-pkg-dir = \"{PACKAGE}\"")] {
            assert!(manifest.contains(&line), "{line}");
        }
    }
}
