//! The cookies of a request. The header is split first and each value is percent-decoded
//! afterwards, so an encoded `;` cannot forge a second cookie. The first cookie of a name wins.
//!
//! Clerk writes its cookies twice, plain and with the suffix of the instance, because several
//! instances may share one domain. One decision, on unverified claims, selects the form that is
//! read: it selects a cookie and never grants anything.

use super::config::AuthConfig;
use super::decoded_tokens::{DecodedTokens, Tokens};
use crate::header_text;
use crate::verified_tokens::DecodedToken;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

pub(super) struct Cookies<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    suffix: &'a str,
    /// The host of the instance's Frontend API, which its tokens name as the issuer.
    issuer: &'a str,
    config: &'a AuthConfig,
    tokens: Tokens<'a>,
    now_ms: i64,
    suffixed: OnceCell<bool>,
}

impl<'a> Cookies<'a> {
    pub(super) fn new(headers: &'a HeaderMap, config: &'a AuthConfig, tokens: Tokens<'a>, now_ms: i64) -> Self {
        let pairs = header_text::cookies(headers).collect();
        let (suffix, issuer) = (config.publishable_key.cookie_suffix(), config.publishable_key.frontend_api());
        Self { pairs, suffix, issuer, config, tokens, now_ms, suffixed: OnceCell::new() }
    }

    /// A cookie by its plain name. An empty cookie is the same as none.
    pub(super) fn plain(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.pairs.iter().find(|(found, _)| *found == name)?;
        (!value.is_empty()).then(|| decoded(value))
    }

    /// The session token among the cookies of this name: the first token of this instance, else the
    /// first that can be decoded. Other applications on the host use the same name, for a part of
    /// its paths for example, and browsers send the cookie with the longer path first.
    fn token(&self, name: &str) -> Option<Cow<'a, str>> {
        let is_own = |text: &Cow<'_, str>| {
            let token = self.tokens.decode(text).ok();
            token.as_ref().and_then(|token| token.issuer()).is_some_and(|issuer| without_scheme(issuer) == self.issuer)
        };
        let mut own = self.values(name).filter(is_own);
        let mut readable = self.values(name).filter(|text| self.tokens.decode(text).is_ok());
        own.next().or_else(|| readable.next()).or_else(|| self.plain(name))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
        self.pairs.iter().filter(move |(found, _)| *found == name).map(|(_, value)| decoded(value))
    }

    fn suffixed_token(&self) -> Option<Cow<'a, str>> {
        self.token(&format!("__session_{}", self.suffix))
    }

    fn suffixed(&self, name: &str) -> Option<Cow<'a, str>> {
        self.plain(&format!("{name}_{}", self.suffix))
    }

    fn chosen(&self, name: &str) -> Option<Cow<'a, str>> {
        if self.are_suffixed() { self.suffixed(name) } else { self.plain(name) }
    }

    /// Whether the cookies with the suffix are read.
    pub(super) fn are_suffixed(&self) -> bool {
        *self.suffixed.get_or_init(|| self.uses_suffixed())
    }

    /// The session token.
    pub(super) fn session(&self) -> Option<Cow<'a, str>> {
        if self.are_suffixed() { self.suffixed_token() } else { self.token("__session") }
    }

    /// Every session token of the browser. The first one is the token that counts.
    pub(super) fn sessions(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let both = [self.session(), self.suffixed_token(), self.token("__session")];
        both.into_iter().flatten()
    }

    /// The name of a Clerk cookie that the browser has twice with different values. Only the first
    /// one counts.
    pub(super) fn twice(&self) -> Option<&'static str> {
        let is_twice = |name: &&str| self.spellings(name).iter().any(|name| self.is_twice(name));
        ["__client_uat", "__session"].into_iter().find(is_twice)
    }

    /// Both names of a cookie: plain, and with the suffix of the instance.
    pub(super) fn spellings(&self, name: &str) -> [String; 2] {
        [name.to_owned(), format!("{name}_{}", self.suffix)]
    }

    /// Whether there are two cookies of exactly this name with different values.
    pub(super) fn is_twice(&self, name: &str) -> bool {
        let mut values = self.pairs.iter().filter(|(found, _)| *found == name).map(|(_, value)| value);
        values.next().is_some_and(|first| values.any(|other| other != first))
    }

    /// The value by which a development instance recognizes the browser.
    pub(super) fn dev_browser(&self) -> Option<Cow<'a, str>> {
        self.chosen("__clerk_db_jwt")
    }

    /// The refresh token of an expired session. The cookie exists only with the suffix.
    pub(super) fn refresh(&self) -> Option<Cow<'a, str>> {
        self.suffixed("__refresh")
    }

    /// When the client last signed in, in Unix seconds. 0 means signed out, or unknown.
    pub(super) fn client_uat(&self) -> i64 {
        self.chosen("__client_uat").map_or(0, |text| leading_integer(&text))
    }

    /// How often this browser was redirected to the Frontend API within the last two seconds. The
    /// highest number counts, so no other cookie of the name can hide a loop.
    pub(super) fn redirect_count(&self) -> u32 {
        self.values("__clerk_redirect_count").filter_map(|text| text.trim().parse().ok()).max().unwrap_or(0)
    }

    /// Clerk's rule, line by line. The first line that applies decides.
    fn uses_suffixed(&self) -> bool {
        let (plain_uat, uat) = (self.plain("__client_uat"), self.suffixed("__client_uat"));
        let (plain_text, text) = (self.token("__session"), self.suffixed_token());
        let plain = plain_text.as_deref().and_then(|text| self.tokens.decode(text).ok());
        let session = text.as_deref().and_then(|text| self.tokens.decode(text).ok());
        if plain_text.is_some() {
            match plain.as_ref().and_then(|token| token.issuer()) {
                None => return false,
                Some(issuer) if without_scheme(issuer) != self.issuer => return true,
                Some(_) => {}
            }
        }
        if uat.is_none() && text.is_none() {
            return false;
        }
        let is_signed_out = |uat: &Option<Cow<'_, str>>| uat.as_deref() == Some("0");
        let issued = |token: &Option<Arc<DecodedToken>>| token.as_ref().and_then(|token| token.issued_at_s());
        let plain_is_newer = issued(&plain).unwrap_or(0.0) > issued(&session).unwrap_or(0.0);
        if !is_signed_out(&uat) && !is_signed_out(&plain_uat) && plain_is_newer {
            return false;
        }
        if is_signed_out(&uat) && !is_signed_out(&plain_uat) {
            return false;
        }
        let has_expired = session.as_ref().is_some_and(|token| token.has_expired(self.now_ms));
        if self.config.is_development() && !is_signed_out(&uat) && is_signed_out(&plain_uat) && has_expired {
            return false;
        }
        uat.is_some()
    }
}

fn decoded(value: &str) -> Cow<'_, str> {
    percent_decode_str(value).decode_utf8().unwrap_or(Cow::Borrowed(value))
}

fn without_scheme(issuer: &str) -> &str {
    issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://")).unwrap_or(issuer)
}

/// The integer at the beginning of a text, or 0 without one. Clerk reads the cookie with
/// JavaScript's `parseInt`.
fn leading_integer(text: &str) -> i64 {
    let text = text.trim_start();
    let digits_from = usize::from(text.starts_with(['-', '+']));
    let end = text.bytes().skip(digits_from).take_while(u8::is_ascii_digit).count() + digits_from;
    text.get(..end).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The value by which a development instance recognizes the browser. A redirect to a page of
/// Clerk's carries it along. Production instances have none.
#[must_use]
pub fn dev_browser(headers: &HeaderMap, config: &AuthConfig) -> Option<String> {
    let decoded = DecodedTokens::default();
    let cookies = Cookies::new(headers, config, Tokens::new(config, &decoded), 0);
    cookies.dev_browser().filter(|_| config.is_development()).map(Cow::into_owned)
}

/// The names of `__client_uat` cookies that the browser has twice with different values: one for
/// the host, which nobody at Clerk sets, beside the one for the domain. The one for the host may be
/// deleted. Development has no such cookies: handshakes set `__client_uat` for the host there
/// (Clerk behaviour).
#[must_use]
pub fn stray_cookies(headers: &HeaderMap, config: &AuthConfig) -> Vec<String> {
    let decoded = DecodedTokens::default();
    let cookies = Cookies::new(headers, config, Tokens::new(config, &decoded), 0);
    let is_stray = |name: &String| !config.is_development() && cookies.is_twice(name);
    cookies.spellings("__client_uat").into_iter().filter(is_stray).collect()
}
