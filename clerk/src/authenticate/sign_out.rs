//! Signing out: which session a browser has a token of, and which cookies must not stay behind. A token
//! names its session for as long as it is signed by the instance; that it has expired keeps nobody from
//! leaving.

use super::cookies::Cookies;
use super::{AuthConfig, Authenticator, Lookup, LookupResults, RequestHead};
use crate::ids::SessionId;
use crate::publishable_key::InstanceKind;
use crate::token;
use http::HeaderMap;
use std::borrow::Cow;

/// What a browser that signs out has of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// The session of a token that this instance signed, and the token.
    Session(SessionId, String),
    /// No token tells which session, but the browser's cookies say that there is one.
    Unknown,
    /// Nothing.
    Nobody,
}

/// Tells which session a browser leaves. `before` is a token that an earlier attempt left behind.
///
/// # Errors
/// A key is needed to go on; enter again with it.
pub fn sign_out_target(
    head: RequestHead<'_>,
    settings: &AuthConfig,
    answers: &LookupResults,
    now_ms: i64,
    before: Option<&str>,
) -> Result<SignOutTarget, Lookup> {
    let machine = Authenticator::of(head, settings, answers, now_ms);
    let header = machine.header_token().map(Cow::Borrowed);
    let tokens = header.into_iter().chain(machine.cookies.sessions()).chain(before.map(Cow::Borrowed));
    for text in tokens {
        let Ok(token) = token::decode(&text) else { continue };
        let Some(key) = machine.key(&token)? else { continue };
        if let Ok(session) = token::signed_session(&token, key, &settings.expectations) {
            return Ok(SignOutTarget::Session(session, text.into_owned()));
        }
    }
    Ok(if machine.cookies.client_uat() == 0 { SignOutTarget::Nobody } else { SignOutTarget::Unknown })
}

/// The session token of a browser, readable and unverified.
#[must_use]
pub fn session_token(head: RequestHead<'_>, settings: &AuthConfig) -> Option<String> {
    let mut tokens = Cookies::of(head.headers, settings, 0).sessions();
    tokens.find(|text| token::decode(text).is_ok()).map(Cow::into_owned)
}

/// Names of cookies that tell when somebody signed in and that the browser has twice, with values that
/// differ: one for the host, which nobody at Clerk sets, beside the one for the domain. The one for the
/// host may go. In development there are none: handshakes set these cookies for the host (Clerk behaviour).
#[must_use]
pub fn stray_cookies(headers: &HeaderMap, settings: &AuthConfig) -> Vec<String> {
    let cookies = Cookies::of(headers, settings, 0);
    let is_stray = |name: &String| settings.instance.kind() == InstanceKind::Production && cookies.is_twice(name);
    cookies.spellings("__client_uat").into_iter().filter(is_stray).collect()
}
