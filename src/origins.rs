//! Whether a request is meant for this application, and whether it comes from it.
//!
//! Both are asked of the configured origins and of nothing that the sender chose: a rule that compares
//! `Origin` with `Host` believes whoever writes both. Pure; the server turns a "no" into an answer.

use crate::public_origin::PublicOrigin;
use clerk::header_text;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use url::Url;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Where people reach this application.
#[derive(Clone, Debug)]
pub struct Origins {
    origins: Vec<Url>,
    trusts_forwarded: bool,
    is_local: bool,
}

/// Why a request is for nobody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdirected {
    /// It names no host, two, or what is none: 400 (RFC 9112 section 3.2).
    Malformed,
    /// It names a host that is not ours: 421 (RFC 9110 section 15.5.20).
    Elsewhere,
}

impl Origins {
    /// The public origin and the further ones whose tokens are accepted. `trusts_forwarded`: proxies of
    /// ours stand in front and may tell the host.
    #[must_use]
    pub fn new(public: &PublicOrigin, authorized_parties: &[String], trusts_forwarded: bool) -> Self {
        let texts = std::iter::once(public.as_str()).chain(authorized_parties.iter().map(String::as_str));
        let origins: Vec<_> = texts.filter_map(|text| Url::parse(text).ok()).collect();
        // Plain http on the loopback is a developer's machine.
        let is_local = !public.is_https() && origins.first().is_some_and(is_loopback);
        Self { origins, trusts_forwarded, is_local }
    }

    /// The origin that a request is meant for. On a developer's machine every name of the loopback
    /// stands for the public origin.
    ///
    /// # Errors
    /// It is for nobody here.
    pub fn reached(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, Misdirected> {
        let forwarded = header_text::elements(headers, &FORWARDED_HOST, b',').next().filter(|_| self.trusts_forwarded);
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().map(HeaderValue::as_bytes).map(|bytes| str::from_utf8(bytes).ok());
        if hosts.next().is_some() {
            return Err(Misdirected::Malformed);
        }
        // A target in absolute form, or the pseudo-header of HTTP/2, names the host as well; then both must be ours.
        let named = [uri.authority().map(Authority::as_str).map(Some), host];
        let mut named: Vec<_> = named.into_iter().flatten().collect();
        if let Some(forwarded) = forwarded {
            named = vec![forwarded];
        }
        let mut reached = Err(Misdirected::Malformed);
        for text in named {
            reached = Ok(self.origin_of(text.filter(|text| is_host(text)).ok_or(Misdirected::Malformed)?)?);
        }
        reached
    }

    fn origin_of(&self, host: &str) -> Result<String, Misdirected> {
        let serialized = |url: &Url| url.origin().ascii_serialization();
        let at = |own: &&Url| {
            Url::parse(&format!("{}://{host}", own.scheme())).is_ok_and(|url| url.origin() == own.origin())
        };
        let local = || {
            let is_loopback = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
            self.origins.first().filter(|_| self.is_local && is_loopback)
        };
        self.origins.iter().find(at).or_else(local).map(serialized).ok_or(Misdirected::Elsewhere)
    }
}

/// Letters, digits and what else a host and a port consist of.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

/// Names of the loopback (RFC 6761 section 6.3) and its addresses.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a request may pass that arrived at one of our origins. What changes something must come from
/// that very origin (ASVS 3.5.1). What only reads behind the sign-in may be opened from elsewhere, as a
/// page, and neither be embedded nor fetched.
#[must_use]
pub fn may_pass(method: &Method, path: &str, headers: &HeaderMap, own: &str) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return may_write(headers, own);
    }
    let is_behind_sign_in = ["/admin", "/api"]
        .iter()
        .any(|place| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    !is_behind_sign_in || is_same_site(headers) || is_opened_as_page(headers)
}

/// Browsers send `Origin` with every write. One that sends only `Sec-Fetch-Site` is believed too; a
/// program without cookies acts for nobody else.
fn may_write(headers: &HeaderMap, own: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let tells = match (origins.next(), origins.next()) {
        (None, _) => headers.contains_key(SITE) || !headers.contains_key(header::COOKIE),
        (Some(origin), None) => origin.as_bytes() == own.as_bytes(),
        (Some(_), Some(_)) => false,
    };
    tells && is_same_site(headers)
}

/// Whether no line says that another site, or another origin of the same site, has asked.
fn is_same_site(headers: &HeaderMap) -> bool {
    headers.get_all(SITE).iter().all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// Whether somebody follows a link or a redirect: the way back from Clerk's pages is one.
fn is_opened_as_page(headers: &HeaderMap) -> bool {
    let only = |name: &HeaderName, right: &[u8]| headers.get_all(name).iter().all(|value| value.as_bytes() == right);
    headers.contains_key(MODE) && only(&MODE, b"navigate") && only(&DESTINATION, b"document")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://admin.example.com";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        map
    }

    fn reached(
        public: &str,
        trusts: bool,
        target: &str,
        pairs: &[(&'static str, &str)],
    ) -> Result<String, Misdirected> {
        let parties = ["https://second.example.com".to_owned()];
        let origins = Origins::new(&PublicOrigin::parse(public).unwrap(), &parties, trusts);
        origins.reached(&target.parse().unwrap(), &headers(pairs))
    }

    #[test]
    fn a_request_is_for_a_configured_origin_or_for_nobody() {
        let own = |host: &str| reached(OWN, false, "/", &[("host", host)]);
        for host in ["admin.example.com", "ADMIN.Example.com", "admin.example.com:443"] {
            assert_eq!(own(host).as_deref(), Ok(OWN), "{host}");
        }
        assert_eq!(own("second.example.com").as_deref(), Ok("https://second.example.com"));
        for host in [
            "evil.example",
            "admin.example.com:80",
            "admin.example.com:8443",
            "admin.example.com.",
            "admin.example.com.evil.example",
            "evil-admin.example.com",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:3000",
            "10.0.0.7",
            "[::1]",
        ] {
            assert_eq!(own(host), Err(Misdirected::Elsewhere), "{host}");
        }
        for host in
            ["", " ", "admin.example.com/x", "admin@example.com", "admin.example.com, evil", "ädmin.example.com"]
        {
            assert_eq!(own(host), Err(Misdirected::Malformed), "{host}");
        }
    }

    #[test]
    fn it_names_one_host_and_says_so_once() {
        let own = |target: &str, hosts: &[(&'static str, &str)]| reached(OWN, false, target, hosts);
        let ours = ("host", "admin.example.com");
        assert_eq!(own("/", &[]), Err(Misdirected::Malformed));
        assert_eq!(own("/", &[ours, ours]), Err(Misdirected::Malformed));
        assert_eq!(own("/", &[ours, ("host", "evil.example")]), Err(Misdirected::Malformed));
        assert_eq!(own("https://admin.example.com/", &[]).as_deref(), Ok(OWN));
        assert_eq!(own("http://admin.example.com:443/", &[ours]).as_deref(), Ok(OWN));
        assert_eq!(own("https://evil.example/", &[ours]), Err(Misdirected::Elsewhere));
        assert_eq!(own("https://admin.example.com/", &[("host", "evil.example")]), Err(Misdirected::Elsewhere));
    }

    #[test]
    fn proxies_of_ours_tell_the_host_and_nobody_else_does() {
        let (inner, ours) = (("host", "10.0.0.7:3000"), ("x-forwarded-host", "admin.example.com"));
        assert_eq!(reached(OWN, true, "/", &[inner, ours]).as_deref(), Ok(OWN));
        assert_eq!(
            reached(OWN, true, "/", &[inner, ("x-forwarded-host", "admin.example.com, inner")]).as_deref(),
            Ok(OWN)
        );
        assert_eq!(reached(OWN, false, "/", &[inner, ours]), Err(Misdirected::Elsewhere));
        assert_eq!(reached(OWN, true, "/", &[inner]), Err(Misdirected::Elsewhere));
        let evil = ("x-forwarded-host", "evil.example, admin.example.com");
        assert_eq!(reached(OWN, true, "/", &[("host", "admin.example.com"), evil]), Err(Misdirected::Elsewhere));
        let unreadable = ("x-forwarded-host", "ä");
        assert_eq!(reached(OWN, true, "/", &[("host", "admin.example.com"), unreadable]), Err(Misdirected::Malformed));
    }

    #[test]
    fn a_developers_machine_has_more_than_one_name() {
        let public = "http://localhost:3000";
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "127.0.0.1:8080", "app.localhost:3000"] {
            assert_eq!(reached(public, false, "/", &[("host", host)]).as_deref(), Ok(public), "{host}");
        }
        for host in ["evil.example:3000", "localhost.evil.example:3000", "10.0.0.7:3000"] {
            assert_eq!(reached(public, false, "/", &[("host", host)]), Err(Misdirected::Elsewhere), "{host}");
        }
        assert_eq!(
            reached("https://localhost:3443", false, "/", &[("host", "127.0.0.1:3443")]),
            Err(Misdirected::Elsewhere)
        );
    }

    #[test]
    fn a_write_comes_from_the_very_origin() {
        let may = |pairs: &[(&'static str, &str)]| may_pass(&Method::POST, "/sign-out", &headers(pairs), OWN);
        let cookie = ("cookie", "__session=x");
        assert!(may(&[("origin", OWN), cookie]));
        assert!(may(&[("origin", OWN), ("sec-fetch-site", "same-origin"), cookie]));
        assert!(may(&[("sec-fetch-site", "same-origin"), cookie]));
        assert!(may(&[]), "a program without cookies");
        for other in [
            "http://admin.example.com",
            "https://admin.example.com:8443",
            "https://admin.example.com.",
            "https://evil.example",
            "https://second.example.com",
            "https://admin.example.com/",
            "https://ADMIN.example.com",
            "null",
            "",
            "https://ädmin.example.com",
        ] {
            assert!(!may(&[("origin", other)]), "{other}");
            assert!(!may(&[("origin", other), ("sec-fetch-site", "same-origin")]), "{other}");
            assert!(!may(&[("origin", OWN), ("origin", other)]), "{other}");
            assert!(!may(&[("origin", other), ("origin", OWN)]), "{other}");
        }
        assert!(!may(&[("origin", OWN), ("origin", OWN)]));
        for site in ["cross-site", "same-site", "", "SAME-ORIGIN"] {
            assert!(!may(&[("origin", OWN), ("sec-fetch-site", site)]), "{site}");
            assert!(!may(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", site)]), "{site}");
        }
        assert!(!may(&[cookie]));
    }

    #[test]
    fn what_lies_behind_the_sign_in_is_opened_from_elsewhere_and_not_embedded() {
        let may = |path: &str, pairs: &[(&'static str, &str)]| may_pass(&Method::GET, path, &headers(pairs), OWN);
        for site in ["cross-site", "same-site"] {
            let site = ("sec-fetch-site", site);
            for path in ["/admin", "/admin/members", "/api/show_dashboard", "/api"] {
                let page = [site, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
                assert!(may(path, &page) && may(path, &page[..2]), "{path}");
                for (mode, destination) in [
                    ("navigate", "iframe"),
                    ("navigate", "frame"),
                    ("navigate", "object"),
                    ("navigate", "embed"),
                    ("no-cors", "image"),
                    ("no-cors", "script"),
                    ("no-cors", "document"),
                    ("cors", "empty"),
                    ("websocket", "websocket"),
                ] {
                    let pairs = [site, ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)];
                    assert!(!may(path, &pairs), "{path} {mode} {destination}");
                }
                assert!(!may(path, &[site]), "{path}");
                for method in [Method::HEAD, Method::OPTIONS] {
                    assert!(
                        !may_pass(&method, path, &headers(&[site, ("sec-fetch-mode", "cors")]), OWN),
                        "{method} {path}"
                    );
                }
            }
            assert!(may("/", &[site, ("sec-fetch-mode", "no-cors")]) && may("/administration", &[site]));
        }
        for site in ["same-origin", "none"] {
            assert!(may(
                "/admin",
                &[("sec-fetch-site", site), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]
            ));
        }
        assert!(may("/admin", &[]), "a browser that tells nothing");
    }
}
