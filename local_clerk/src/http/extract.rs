//! Extractors of handlers: the running instance, and the browser of a request.

use crate::{model::Browser, random::new_id, server::Clerk};
use axum::{extract::FromRequestParts, http::HeaderMap, http::header, http::request::Parts};
use std::convert::Infallible;

/// The running instance, which is the state of the router.
impl FromRequestParts<Self> for Clerk {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, clerk: &Self) -> Result<Self, Infallible> {
        Ok(clerk.clone())
    }
}

/// A field of a form that may have no fields at all.
pub(super) fn field(form: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    // Another application on the host may have set cookies that are not ASCII.
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut pairs = pairs.filter(|pair| pair.is_ascii()).filter_map(|pair| {
        let text = str::from_utf8(pair).ok()?;
        text.trim_ascii().split_once('=')
    });
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The client id of the browser; empty for none, which has no session.
pub(super) fn client_id(headers: &HeaderMap) -> &str {
    cookie(headers, "__client").filter(|client| client.starts_with("client_")).unwrap_or_default()
}

/// The client id that an answer sets.
pub(super) fn client_id_of_answer(headers: &HeaderMap) -> Option<String> {
    let directives = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut clients = directives.filter_map(|text| text.strip_prefix("__client=")?.split(';').next());
    clients.next_back().filter(|client| client.starts_with("client_")).map(str::to_owned)
}

fn name(headers: &HeaderMap) -> &'static str {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let families = [("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrome", "Chrome"), ("Safari", "Safari")];
    families.into_iter().find(|(part, _)| agent.contains(part)).map_or("Unknown browser", |(_, name)| name)
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { client: client_id(&parts.headers).to_owned(), name: name(&parts.headers) })
    }
}

/// A browser that starts a sign-in or sign-up. It gets a client id where it has none.
pub(super) fn with_client_id(browser: Browser) -> Browser {
    if browser.client.is_empty() { Browser { client: new_id("client"), ..browser } } else { browser }
}
