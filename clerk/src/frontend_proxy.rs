//! Clerk's Frontend API under the application's own origin: which requests and headers go upstream,
//! and which come back. The functions are pure; the server carries the bytes.
//!
//! The rules are those of Clerk's own proxy, and stricter in three things. Only Clerk's cookies and
//! credentials go upstream, `X-Forwarded-*` counts only behind trusted proxies, and the server
//! tells the address of the client, never the client itself.

use crate::header_text;
use crate::publishable_key::PublishableKey;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use url::Url;

/// The headers of a single connection (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers that proxies write. A client can write them too.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip"];

/// The beginnings of the names of Clerk's cookies.
const CLERK_COOKIES: [&str; 5] = ["__client", "__session", "__clerk", "__refresh", "clerk_"];

/// A proxy for the Frontend API at a path of the application.
#[derive(Clone, Debug)]
pub struct FrontendProxy {
    path: String,
    upstream: Url,
    secret_key: SecretString,
    public_origin: String,
    trusts_forwarded: bool,
}

/// Why a request does not go upstream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// The proxy is not configured: 500.
    #[error("{0}")]
    Configuration(&'static str),
    /// The path is not below that of the proxy: 400.
    #[error("the path is not below that of the proxy")]
    PathMismatch,
    /// The Frontend API does not answer: 502.
    #[error("the Frontend API does not answer")]
    RequestFailed,
}

impl ProxyError {
    /// Clerk's error code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "proxy_configuration_error",
            Self::PathMismatch => "proxy_path_mismatch",
            Self::RequestFailed => "proxy_request_failed",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Configuration(_) => 500,
            Self::PathMismatch => 400,
            Self::RequestFailed => 502,
        }
    }
}

/// The host at which Clerk receives proxied requests of an instance.
#[must_use]
pub fn default_upstream(instance: &PublishableKey) -> &'static str {
    let host = instance.frontend_api();
    let staging = ["accountsstage.dev", ".stg.dev", ".stgstage.dev", ".stg.lclclerk.com", ".lclstage.dev"];
    if staging.iter().any(|end| host.ends_with(end)) {
        "https://frontend-api.clerkstage.dev"
    } else {
        "https://frontend-api.clerk.dev"
    }
}

impl FrontendProxy {
    /// A proxy at `path` of `public_origin` for `upstream`. With `trusts_forwarded`, trusted
    /// proxies in front of this server set `X-Forwarded-*`.
    ///
    /// # Errors
    /// [`ProxyError::Configuration`]: the secret key is empty, or the upstream is no plain URL.
    pub fn new(
        path: &str,
        upstream: &str,
        secret_key: SecretString,
        public_origin: &str,
        trusts_forwarded: bool,
    ) -> Result<Self, ProxyError> {
        if secret_key.expose_secret().is_empty() {
            return Err(ProxyError::Configuration("the secret key is missing"));
        }
        let upstream = Url::parse(upstream).map_err(|_| ProxyError::Configuration("the upstream is no URL"))?;
        let plain = matches!(upstream.scheme(), "http" | "https")
            && upstream.username().is_empty()
            && upstream.password().is_none()
            && upstream.query().is_none()
            && upstream.fragment().is_none();
        if !plain {
            return Err(ProxyError::Configuration("the upstream is not a plain http or https URL"));
        }
        let (path, public_origin) = (path.trim_end_matches('/').to_owned(), public_origin.to_owned());
        Ok(Self { path, upstream, secret_key, public_origin, trusts_forwarded })
    }

    /// The upstream URL for a path and query. It is concatenated, and its origin is compared
    /// afterwards, so no path leads to another host.
    ///
    /// # Errors
    /// [`ProxyError::PathMismatch`].
    pub fn upstream_url(&self, target: &str) -> Result<Url, ProxyError> {
        let rest = target.strip_prefix(&self.path).ok_or(ProxyError::PathMismatch)?;
        let slash = match rest.chars().next() {
            Some('/') => "",
            None | Some('?') => "/",
            Some(_) => return Err(ProxyError::PathMismatch),
        };
        let url = format!("{}{slash}{rest}", self.upstream.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|_| ProxyError::PathMismatch)?;
        if url.origin() == self.upstream.origin() { Ok(url) } else { Err(ProxyError::PathMismatch) }
    }

    /// The headers of the upstream request. `client` is the address of the browser. `Host` is
    /// missing, because it follows from the URL.
    #[must_use]
    pub fn request_headers(&self, incoming: &HeaderMap, client: Option<IpAddr>) -> HeaderMap {
        let named = connection_names(incoming);
        let mut headers = HeaderMap::new();
        for (name, value) in incoming {
            let untrusted = !self.trusts_forwarded && FORWARDED.contains(&name.as_str());
            let own = matches!(name.as_str(), "host" | "content-length" | "cookie" | "x-forwarded-for");
            let elsewhere = name == header::AUTHORIZATION && !is_clerks_credential(value);
            if !is_hop_by_hop(name, &named) && !untrusted && !own && !elsewhere {
                headers.append(name, value.clone());
            }
        }
        let (scheme, host) = self.public_origin.split_once("://").unwrap_or(("https", ""));
        for (name, text) in [("x-forwarded-host", host), ("x-forwarded-proto", scheme)] {
            if let (false, Ok(value)) = (headers.contains_key(name), HeaderValue::from_str(text)) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let proxy_url = HeaderValue::from_str(&format!("{}{}", self.origin_of(incoming), self.path));
        let secret = HeaderValue::from_str(self.secret_key.expose_secret()).map(|mut secret| {
            secret.set_sensitive(true);
            secret
        });
        let address = client.and_then(|client| HeaderValue::from_str(&client.to_string()).ok());
        let ours = [
            ("accept-encoding", Some(HeaderValue::from_static("identity"))),
            ("clerk-proxy-url", proxy_url.ok()),
            ("clerk-secret-key", secret.ok()),
            ("cookie", clerk_cookies(incoming)),
            ("x-forwarded-for", address),
        ];
        for (name, value) in ours.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            headers.insert(HeaderName::from_static(name), value);
        }
        headers
    }

    /// The headers of the response for the browser. Each `Set-Cookie` stays a header of its own,
    /// and a redirect of the Frontend API to itself leads back to the proxy.
    #[must_use]
    pub fn response_headers(&self, request: &HeaderMap, url: &Url, upstream: &HeaderMap) -> HeaderMap {
        let named = connection_names(upstream);
        let mut headers = HeaderMap::new();
        for (name, value) in upstream {
            let changed = matches!(name.as_str(), "content-encoding" | "content-length" | "location");
            if !is_hop_by_hop(name, &named) && !changed {
                headers.append(name, value.clone());
            }
        }
        if let Some(location) = upstream.get(header::LOCATION) {
            let own = self.own_location(request, url, location);
            headers.insert(header::LOCATION, own.unwrap_or_else(|| location.clone()));
        }
        headers
    }

    fn own_location(&self, request: &HeaderMap, url: &Url, location: &HeaderValue) -> Option<HeaderValue> {
        let target = url.join(str::from_utf8(location.as_bytes()).ok()?).ok()?;
        if target.origin() != self.upstream.origin() {
            return None;
        }
        let rest = target.as_str().strip_prefix(&target.origin().ascii_serialization())?;
        let rest = rest.strip_prefix(self.upstream.path().trim_end_matches('/')).unwrap_or(rest);
        HeaderValue::from_str(&format!("{}{}{rest}", self.origin_of(request), self.path)).ok()
    }

    /// The public origin, or the one that trusted proxies saw. They must name scheme and host. The
    /// server checks the host against its own origins before it forwards a request; a scheme other
    /// than the two of the web would make an origin of another kind.
    fn origin_of(&self, headers: &HeaderMap) -> String {
        let first = |name: &'static str| {
            let first = header_text::elements(headers, &HeaderName::from_static(name), b',').next().flatten();
            first.filter(|text| !text.is_empty())
        };
        let forwarded = first("x-forwarded-proto").zip(first("x-forwarded-host")).filter(|_| self.trusts_forwarded);
        let forwarded = forwarded.filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        let forwarded = forwarded.and_then(|(scheme, host)| Url::parse(&format!("{scheme}://{host}")).ok());
        forwarded.map_or_else(|| self.public_origin.clone(), |url| url.origin().ascii_serialization())
    }
}

fn is_hop_by_hop(name: &HeaderName, named: &[String]) -> bool {
    HOP_BY_HOP.contains(&name.as_str()) || named.iter().any(|named| named == name.as_str())
}

/// The headers that `Connection` names.
fn connection_names(headers: &HeaderMap) -> Vec<String> {
    header_text::elements(headers, &header::CONNECTION, b',').flatten().map(str::to_ascii_lowercase).collect()
}

/// A session or client token, after `Bearer` or alone as native clients send it. Every other scheme
/// is for a proxy in front of this server.
fn is_clerks_credential(value: &HeaderValue) -> bool {
    let mut words = value.as_bytes().split(|byte| *byte == b' ');
    let scheme = words.next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"Bearer") || words.next().is_none()
}

/// Only the cookies that are Clerk's.
fn clerk_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_clerks = |pair: &&str| CLERK_COOKIES.iter().any(|prefix| pair.starts_with(prefix));
    let kept: Vec<_> = header_text::elements(headers, &header::COOKIE, b';').flatten().filter(is_clerks).collect();
    if kept.is_empty() { None } else { HeaderValue::from_str(&kept.join("; ")).ok() }
}

#[cfg(test)]
mod tests;
