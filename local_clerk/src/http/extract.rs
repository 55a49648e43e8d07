//! Extractors of handlers: the running instance, the browser of a request, and its form.

use crate::{model::Browser, random::new_id, server::Clerk};
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request, rejection::FormRejection};
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The running instance, which is the state of the router.
impl FromRequestParts<Self> for Clerk {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, clerk: &Self) -> Result<Self, Infallible> {
        Ok(clerk.clone())
    }
}

/// A form that may be absent. ClerkJS then names no content type either.
pub(super) struct Fields<P>(pub(super) P);

impl<P: DeserializeOwned, S: Send + Sync> FromRequest<S> for Fields<P> {
    type Rejection = FormRejection;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, FormRejection> {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().entry(header::CONTENT_TYPE).or_insert(form);
        Form::from_request(request, state).await.map(|Form(params)| Self(params))
    }
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
