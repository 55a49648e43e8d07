//! Checks of the host and of the origin of a request.
//!
//! Both checks compare with the configured origins and never with a value that the sender chose: a
//! rule that compares `Origin` with `Host` trusts the sender of both. The server turns the result
//! into a response.

use crate::public_origin::PublicOrigin;
use clerk::header_text;
use domain::pages::Page;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use url::Url;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The origins of this application.
#[derive(Clone, Debug)]
pub struct Origins {
    origins: Vec<Url>,
    trusts_forwarded: bool,
    is_local: bool,
}

/// The reason why a request has no valid host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// The request names no host, two hosts or an invalid one: 400 (RFC 9112 section 3.2).
    Malformed,
    /// The request names a host of another application: 421 (RFC 9110 section 15.5.20).
    OtherHost,
}

impl Origins {
    /// The public origin and the authorized parties. `trusts_forwarded`: proxies of ours set
    /// `X-Forwarded-Host`.
    #[must_use]
    pub fn new(public: &PublicOrigin, authorized_parties: &[String], trusts_forwarded: bool) -> Self {
        let texts = std::iter::once(public.as_str()).chain(authorized_parties.iter().map(String::as_str));
        let origins: Vec<_> = texts.filter_map(|text| Url::parse(text).ok()).collect();
        // Plain HTTP on the loopback is a developer's machine.
        let is_local = !public.is_https() && origins.first().is_some_and(is_loopback);
        Self { origins, trusts_forwarded, is_local }
    }

    /// The configured origin that a request is for. On a developer's machine every loopback name
    /// stands for the public origin.
    ///
    /// # Errors
    /// The request names no host of this application.
    pub fn request_origin(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, HostError> {
        let forwarded = header_text::elements(headers, &FORWARDED_HOST, b',').next().filter(|_| self.trusts_forwarded);
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().map(HeaderValue::as_bytes).map(|bytes| str::from_utf8(bytes).ok());
        if hosts.next().is_some() {
            return Err(HostError::Malformed);
        }
        // An absolute request target, or the pseudo-header of HTTP/2, names the host as well; then
        // both must match.
        let named = [uri.authority().map(Authority::as_str).map(Some), host];
        let mut named: Vec<_> = named.into_iter().flatten().collect();
        if let Some(forwarded) = forwarded {
            named = vec![forwarded];
        }
        let mut origin = Err(HostError::Malformed);
        for text in named {
            origin = Ok(self.origin_of(text.filter(|text| is_host(text)).ok_or(HostError::Malformed)?)?);
        }
        origin
    }

    fn origin_of(&self, host: &str) -> Result<String, HostError> {
        let serialized = |url: &Url| url.origin().ascii_serialization();
        let at = |own: &&Url| {
            Url::parse(&format!("{}://{host}", own.scheme())).is_ok_and(|url| url.origin() == own.origin())
        };
        let local = || {
            let is_loopback = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
            self.origins.first().filter(|_| self.is_local && is_loopback)
        };
        self.origins.iter().find(at).or_else(local).map(serialized).ok_or(HostError::OtherHost)
    }
}

/// Whether a text consists of characters of a host and a port.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

/// Whether a URL has a loopback name (RFC 6761 section 6.3) or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the origin of a request is allowed. A request that changes something must come from the
/// same origin (ASVS 3.5.1). Another site may open a page behind the sign-in by a link, but it may
/// neither embed nor fetch the page.
#[must_use]
pub fn is_allowed_request(method: &Method, path: &str, headers: &HeaderMap, own: &str) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return is_allowed_write(headers, own);
    }
    let needs_permission = Page::at(path).is_some_and(|page| page.definition().permission.is_some());
    let is_behind_sign_in = needs_permission || path == "/api" || path.starts_with("/api/");
    !is_behind_sign_in || is_same_site(headers) || is_opened_as_page(headers)
}

/// Browsers send `Origin` with every write. `Sec-Fetch-Site` alone suffices too. A client without
/// cookies has no session that an attacker could use.
fn is_allowed_write(headers: &HeaderMap, own: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let tells = match (origins.next(), origins.next()) {
        (None, _) => headers.contains_key(SITE) || !headers.contains_key(header::COOKIE),
        (Some(origin), None) => origin.as_bytes() == own.as_bytes(),
        (Some(_), Some(_)) => false,
    };
    tells && is_same_site(headers)
}

/// Whether every `Sec-Fetch-Site` header names the same origin or a direct visit.
fn is_same_site(headers: &HeaderMap) -> bool {
    headers.get_all(SITE).iter().all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// Whether the user follows a link or a redirect, for example back from Clerk's pages.
fn is_opened_as_page(headers: &HeaderMap) -> bool {
    let only = |name: &HeaderName, right: &[u8]| headers.get_all(name).iter().all(|value| value.as_bytes() == right);
    headers.contains_key(MODE) && only(&MODE, b"navigate") && only(&DESTINATION, b"document")
}

#[cfg(test)]
mod tests;
