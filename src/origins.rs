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
mod tests;
