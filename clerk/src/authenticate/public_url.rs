//! The URL of a request as its sender sees it: our origin, the path and the query as received.
//!
//! Parameters that are not Clerk's keep their exact spelling, so a URL comes back from a handshake
//! exactly as it was requested.

use super::config::AuthConfig;
use super::request_head::RequestHead;
use crate::header_text;
use http::HeaderName;
use std::borrow::Cow;
use url::{Url, form_urlencoded};

pub(super) struct PublicUrl<'a> {
    origin: Cow<'a, str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> PublicUrl<'a> {
    pub(super) fn new(head: RequestHead<'a>, config: &'a AuthConfig) -> Self {
        let (path, query) = head.target.split_once('?').unwrap_or((head.target, ""));
        let origin = forwarded_origin(head, config).map_or(Cow::Borrowed(config.public_origin.as_str()), Cow::Owned);
        Self { origin, path, query }
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn path(&self) -> &str {
        self.path
    }

    /// A query parameter with a value.
    pub(super) fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(found, _)| found == name).map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// The URL without these parameters. It is always absolute: a path that begins with two slashes
    /// would name another host.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let name = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        let is_kept = |pair: &&str| !pair.is_empty() && !name(pair).is_some_and(|name| names.contains(&name.as_str()));
        let kept: Vec<_> = self.query.split('&').filter(is_kept).collect();
        let question_mark = if kept.is_empty() { "" } else { "?" };
        format!("{}{}{question_mark}{}", self.origin, self.path, kept.join("&"))
    }

    /// A URL as it is, or a path of this application as a URL.
    pub(super) fn resolve(&self, base: &str) -> String {
        if base.starts_with('/') { format!("{}{base}", self.origin) } else { base.to_owned() }
    }
}

/// The origin that the trusted proxies saw: the first element of each header (Clerk behaviour).
/// `None`: the text is not an origin, or not an authorized one, and the configured origin counts.
fn forwarded_origin(head: RequestHead<'_>, config: &AuthConfig) -> Option<String> {
    if !config.trusts_forwarded {
        return None;
    }
    let first = |name: &'static str| {
        let first = header_text::elements(head.headers, &HeaderName::from_static(name), b',').next().flatten();
        first.filter(|text| !text.is_empty())
    };
    let (own_scheme, own_host) = config.public_origin.split_once("://")?;
    let (host, scheme) = (first("x-forwarded-host"), first("x-forwarded-proto"));
    if host.is_none() && scheme.is_none() {
        return None;
    }
    let text = format!("{}://{}", scheme.unwrap_or(own_scheme), host.unwrap_or(own_host));
    let url =
        Url::parse(&text).ok().filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none())?;
    let origin = url.origin();
    let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
    let parties = &config.expectations.authorized_parties;
    (parties.is_empty() || parties.contains(&origin)).then_some(origin)
}
