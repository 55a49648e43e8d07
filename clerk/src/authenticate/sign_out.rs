//! Signing out: which session a browser has a token of, and which cookies must not stay behind.
//!
//! A token names its session for as long as the instance's key verifies it, so an expired token is
//! enough to sign out.

use super::authenticator::Authenticator;
use super::config::AuthConfig;
use super::cookies::Cookies;
use super::decoded_tokens::{DecodedTokens, Tokens};
use super::lookup::{Lookup, LookupResults};
use super::request_head::RequestHead;
use crate::ids::SessionId;
use crate::token;
use std::borrow::Cow;

/// The session that a browser signs out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// The session of a token that this instance signed, and the token.
    Session(SessionId, String),
    /// No token names the session, but the browser's cookies say that there is one.
    Unknown,
    /// The browser is not signed in.
    Nobody,
}

/// Tells which session a browser signs out of. `before` is a token that an earlier attempt left
/// behind.
///
/// # Errors
/// A key must be looked up first; call again with the result.
pub fn sign_out_target(
    head: RequestHead<'_>,
    config: &AuthConfig,
    results: &LookupResults,
    now_ms: i64,
    before: Option<&str>,
) -> Result<SignOutTarget, Lookup> {
    let authenticator = Authenticator::new(head, config, results, now_ms);
    let header = authenticator.header_token().map(Cow::Borrowed);
    let tokens = header.into_iter().chain(authenticator.cookies.sessions()).chain(before.map(Cow::Borrowed));
    for text in tokens {
        let Ok(token) = authenticator.tokens.decode(&text) else { continue };
        let Some(key) = authenticator.key(&token)? else { continue };
        if let Ok(session) = token::signed_session(&token, key, &config.expectations) {
            return Ok(SignOutTarget::Session(session, text.into_owned()));
        }
    }
    Ok(if authenticator.cookies.client_uat() == 0 { SignOutTarget::Nobody } else { SignOutTarget::Unknown })
}

/// The session token of a browser. It can be decoded, and is not verified.
#[must_use]
pub fn unverified_session_token(head: RequestHead<'_>, config: &AuthConfig) -> Option<String> {
    let decoded = DecodedTokens::default();
    let mut tokens = Cookies::new(head.headers, config, Tokens::new(config, &decoded), 0).sessions();
    tokens.find(|text| token::decode(text).is_ok()).map(Cow::into_owned)
}
