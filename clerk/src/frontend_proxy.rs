//! Clerk's Frontend API under our own origin: which request goes upstream, and what comes back of its
//! answer. Pure; the server carries the bytes.
//!
//! As Clerk's own proxy does it, and stricter in four things: of cookies and credentials only Clerk's
//! go up, `X-Forwarded-*` counts only where proxies of ours are configured, and the client's address is
//! told by the server and never by the client.

use crate::header_text;
use crate::publishable_key::PublishableKey;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use url::Url;

/// Headers of one connection (RFC 9110 section 7.6.1).
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

/// What proxies write, and whoever pretends to be one.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip"];

/// First characters of the names of Clerk's cookies.
const CLERK_COOKIES: [&str; 5] = ["__client", "__session", "__clerk", "__refresh", "clerk_"];

/// How requests are sent up.
#[derive(Clone, Debug)]
pub struct FrontendProxy {
    path: String,
    upstream: Url,
    secret_key: SecretString,
    public_origin: String,
    trusts_forwarded: bool,
}

/// Why a request is not sent up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// The proxy is not configured: 500.
    #[error("{0}")]
    Configuration(&'static str),
    /// The path is not the proxy's: 400.
    #[error("the path is not one of the proxy")]
    PathMismatch,
    /// The Frontend API does not answer: 502.
    #[error("the Frontend API does not answer")]
    RequestFailed,
}

impl ProxyError {
    /// Clerk's code of the error.
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

/// Where Clerk receives proxied requests of an instance.
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
    /// A proxy at `path` of `public_origin` in front of `upstream`. `trusts_forwarded`: proxies of ours stand in front of this server.
    ///
    /// # Errors
    /// [`ProxyError::Configuration`].
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

    /// The URL upstream for a path and query. By concatenation, and the host is compared afterwards: no path names another one.
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

    /// The headers upstream, without `Host`, which follows from the URL.
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

    /// The headers of the answer for the browser. Each `Set-Cookie` stays one; a redirect of the Frontend API to itself stays behind the proxy.
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

    /// Our origin, or the one that our proxies saw: they must tell scheme and host.
    fn origin_of(&self, headers: &HeaderMap) -> String {
        let first = |name: &'static str| {
            let first = header_text::elements(headers, &HeaderName::from_static(name), b',').next().flatten();
            first.filter(|text| !text.is_empty())
        };
        let forwarded = first("x-forwarded-proto").zip(first("x-forwarded-host")).filter(|_| self.trusts_forwarded);
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

/// A session or client token: after `Bearer`, or alone as native clients send it. Every other scheme is
/// that of a proxy in front of us.
fn is_clerks_credential(value: &HeaderValue) -> bool {
    let mut words = value.as_bytes().split(|byte| *byte == b' ');
    let scheme = words.next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"Bearer") || words.next().is_none()
}

/// Of the cookies only those that are Clerk's.
fn clerk_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_clerks = |pair: &&str| CLERK_COOKIES.iter().any(|prefix| pair.starts_with(prefix));
    let kept: Vec<_> = header_text::elements(headers, &header::COOKIE, b';').flatten().filter(is_clerks).collect();
    if kept.is_empty() { None } else { HeaderValue::from_str(&kept.join("; ")).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_cookies_and_what_pretends_to_be_a_proxy_stay_here() {
        let proxy = |trusts| {
            let secret = "sk_test_x".to_owned().into();
            FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", trusts)
                .unwrap()
        };
        let mut incoming = HeaderMap::new();
        for (name, value) in [
            ("cookie", "theme=dark; __session=s; cart=1; __client_uat=2"),
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-host", "evil.example"),
            ("x-real-ip", "6.6.6.6"),
            ("cf-connecting-ip", "6.6.6.6"),
        ] {
            incoming.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let sent = proxy(false).request_headers(&incoming, Some("203.0.113.9".parse().unwrap()));
        let text = |headers: &HeaderMap, name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(text(&sent, "cookie").as_deref(), Some("__session=s; __client_uat=2"));
        assert_eq!(text(&sent, "x-forwarded-for").as_deref(), Some("203.0.113.9"));
        assert_eq!(text(&sent, "x-forwarded-host").as_deref(), Some("a.example"));
        assert_eq!((text(&sent, "x-real-ip"), text(&sent, "cf-connecting-ip")), (None, None));
        let trusted = proxy(true).request_headers(&incoming, None);
        assert_eq!(
            (text(&trusted, "x-forwarded-host").as_deref(), text(&trusted, "x-forwarded-for")),
            (Some("evil.example"), None)
        );
    }

    #[test]
    fn bytes_outside_of_ascii_hide_nothing_of_clerks() {
        let secret = "sk_test_x".to_owned().into();
        let proxy =
            FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", false)
                .unwrap();
        let mut incoming = HeaderMap::new();
        for (name, value) in [
            ("cookie", "city=Zürich; __session=s; __session_é=x"),
            ("cookie", "__client=c; Zürich"),
            ("connection", "x-drop, ü"),
            ("x-drop", "1"),
            ("user-agent", "Zürich"),
        ] {
            incoming.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let sent = proxy.request_headers(&incoming, None);
        assert_eq!(sent["cookie"], "__session=s; __client=c");
        assert_eq!((sent.get("x-drop"), sent["user-agent"].as_bytes()), (None, "Zürich".as_bytes()));
        let upstream = HeaderMap::from_iter([(
            header::LOCATION,
            HeaderValue::from_bytes("https://frontend-api.clerk.dev/v1/ü".as_bytes()).unwrap(),
        )]);
        let url = proxy.upstream_url("/__clerk/v1").unwrap();
        let location = &proxy.response_headers(&HeaderMap::new(), &url, &upstream)[header::LOCATION];
        assert_eq!(location, "https://a.example/__clerk/v1/%C3%BC");
    }

    #[test]
    fn credentials_for_somebody_else_stay_here() {
        let secret = "sk_test_x".to_owned().into();
        let proxy =
            FrontendProxy::new("/__clerk", "https://frontend-api.clerk.dev", secret, "https://a.example", false)
                .unwrap();
        for (credential, goes_up) in [
            ("Basic c3RhZ2luZzpzZWNyZXQ=", false),
            ("basic c3RhZ2luZzpzZWNyZXQ=", false),
            ("Digest username=\"u\", realm=\"r\"", false),
            ("Negotiate YII=", false),
            ("Bearer eyJ.eyJ.x", true),
            ("bearer eyJ.eyJ.x", true),
            ("eyJ.eyJ.x", true),
        ] {
            let incoming = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(credential))]);
            let sent = proxy.request_headers(&incoming, None);
            assert_eq!(sent.contains_key(header::AUTHORIZATION), goes_up, "{credential}");
        }
    }

    #[test]
    fn no_path_leads_to_another_host() {
        let secret = "sk_test_x".to_owned().into();
        let proxy =
            FrontendProxy::new("/__clerk/", "http://127.0.0.1:4455/base", secret, "http://a.example", false).unwrap();
        for target in
            ["/__clerk//evil.example/x", "/__clerk/@evil.example", "/__clerk/\\evil.example", "/__clerk/..//..//x"]
        {
            assert_eq!(proxy.upstream_url(target).unwrap().host_str(), Some("127.0.0.1"), "{target}");
        }
        assert_eq!(proxy.upstream_url("/__clerkx/v1"), Err(ProxyError::PathMismatch));
    }
}
