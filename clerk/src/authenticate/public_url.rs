//! The address of a request as its sender sees it: our origin, the path and the query as received.
//!
//! Other parameters than Clerk's keep their exact spelling: an address that comes back from a handshake is the one that was asked for.

use super::{AuthConfig, RequestHead};
use crate::header_text;
use http::{HeaderName, Method};
use std::borrow::Cow;
use url::{Url, form_urlencoded};

pub(super) struct PublicUrl<'a> {
    origin: Cow<'a, str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> PublicUrl<'a> {
    pub(super) fn of(head: RequestHead<'a>, settings: &'a AuthConfig) -> Self {
        let (path, query) = head.target.split_once('?').unwrap_or((head.target, ""));
        let origin =
            forwarded_origin(head, settings).map_or(Cow::Borrowed(settings.public_origin.as_str()), Cow::Owned);
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

    /// The address without these parameters. Always absolute: a path that begins with two slashes would name another host.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let name = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        let is_kept = |pair: &&str| !pair.is_empty() && !name(pair).is_some_and(|name| names.contains(&name.as_str()));
        let kept: Vec<_> = self.query.split('&').filter(is_kept).collect();
        let question_mark = if kept.is_empty() { "" } else { "?" };
        format!("{}{}{question_mark}{}", self.origin, self.path, kept.join("&"))
    }

    /// A URL, or a path of this application as one.
    pub(super) fn resolve(&self, base: &str) -> String {
        if base.starts_with('/') { format!("{}{base}", self.origin) } else { base.to_owned() }
    }
}

/// The origin that our proxies saw: first element of each header (Clerk behaviour). Text that is no host falls back to the configured origin.
fn forwarded_origin(head: RequestHead<'_>, settings: &AuthConfig) -> Option<String> {
    if !settings.trusts_forwarded {
        return None;
    }
    let first = |name: &'static str| {
        let first = header_text::elements(head.headers, &HeaderName::from_static(name), b',').next().flatten();
        first.filter(|text| !text.is_empty())
    };
    let (own_scheme, own_host) = settings.public_origin.split_once("://")?;
    let (host, scheme) = (first("x-forwarded-host"), first("x-forwarded-proto"));
    if host.is_none() && scheme.is_none() {
        return None;
    }
    let text = format!("{}://{}", scheme.unwrap_or(own_scheme), host.unwrap_or(own_host));
    let url =
        Url::parse(&text).ok().filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none())?;
    let origin = url.origin();
    let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
    let parties = &settings.expectations.authorized_parties;
    (parties.is_empty() || parties.contains(&origin)).then_some(origin)
}

/// Whether a browser asks for a document, and so can be sent elsewhere first. Stricter than whether it shows one: `Accept` must begin with
/// `text/html`, and a HEAD request shows nothing (Clerk behaviour).
/// Whether the person behind a request does something: they open a page, or call an operation. What a browser fetches ahead of time is
/// nothing that they did, and neither is what only keeps a tab alive; that goes to the Frontend API, which is not asked about here.
pub fn is_activity(head: RequestHead<'_>) -> bool {
    let is_ahead = |name: &str| head.headers.get(name).is_some_and(|value| contains(value.as_bytes(), b"prefetch"));
    let is_call = head.method == Method::POST && head.target.starts_with("/api/");
    (is_document(head) || is_call) && !["sec-purpose", "purpose", "x-moz"].into_iter().any(is_ahead)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|found| found == part)
}

pub(super) fn is_document(head: RequestHead<'_>) -> bool {
    let wants_page = match header_text::text(head.headers, &HeaderName::from_static("sec-fetch-dest")) {
        Some(destination) => matches!(destination, "document" | "iframe"),
        None => {
            let accept = head.headers.get(http::header::ACCEPT);
            accept.is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"))
        }
    };
    head.method == Method::GET && wants_page
}
