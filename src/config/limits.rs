//! The store of the rate-limit counters, and the prefix of their keys.

use super::clerk::is_plain_http_url;
use super::problems::Problems;
use super::variables::Variables;
use crate::limit::{self, Mode};
use crate::origins;
use domain::brand::SLUG;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The store of the rate-limit counters.
#[derive(Debug)]
pub enum LimitStore {
    /// In this process. This suits a single server.
    InProcess,
    /// In Redis, which all servers share; the URL may contain a password.
    Redis(SecretString),
    /// In Upstash Redis, over HTTP.
    Upstash {
        /// The REST API; the URL contains no credentials.
        url: Url,
        /// The token that authenticates calls.
        token: SecretString,
    },
}

const UPSTASH_URL: &str = "UPSTASH_REDIS_REST_URL";
const UPSTASH_TOKEN: &str = "UPSTASH_REDIS_REST_TOKEN";

pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> LimitStore {
    let Some(url) = variables.get("REDIS_URL") else {
        return upstash(variables, problems).unwrap_or(LimitStore::InProcess);
    };
    for name in [UPSTASH_URL, UPSTASH_TOKEN] {
        if variables.get(name).is_some() {
            let remedy = "only one store counts the limits: remove REDIS_URL, or the two Upstash variables";
            problems.add(name, "is set beside REDIS_URL", remedy);
        }
    }
    let known = url.starts_with("redis://") || url.starts_with("rediss://");
    let (known, url) = (known && !url.contains(char::is_whitespace), SecretString::from(url));
    if !known || limit::check_redis_url(&url).is_err() {
        let remedy = "use redis://user:password@host:port/database, or rediss:// for TLS";
        problems.add("REDIS_URL", "is not a Redis URL", remedy);
    }
    LimitStore::Redis(url)
}

/// Reads the two variables of Upstash, which need each other.
fn upstash(variables: &Variables<'_>, problems: &mut Problems) -> Option<LimitStore> {
    let (url, token) = (variables.get(UPSTASH_URL), variables.secret(UPSTASH_TOKEN));
    if url.is_none() && token.is_none() {
        return None;
    }
    for (name, absent) in [(UPSTASH_URL, url.is_none()), (UPSTASH_TOKEN, token.is_none())] {
        if absent {
            let remedy = "copy both from the REST API of the database in Upstash's console, or remove the other one";
            problems.add(name, "is missing", remedy);
        }
    }
    let url = url.and_then(|url| upstash_url(&url, problems));
    // The characters of RFC 6750 section 2.1. A value with quotes comes from an env file without
    // quoting rules, into which somebody copied the snippet of Upstash's console.
    let is_token = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if token.as_ref().is_some_and(|token| !is_token(token.expose_secret())) {
        let remedy = "copy the whole token from the REST API of the database in Upstash's console, without quotes";
        problems.add(UPSTASH_TOKEN, "is not a token", remedy);
    }
    Some(LimitStore::Upstash { url: url?, token: token? })
}

fn upstash_url(text: &str, problems: &mut Problems) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| is_plain_http_url(text));
    match &url {
        None => {
            let remedy =
                "use https://name.upstash.io without credentials, query or fragment; redis:// URLs go to REDIS_URL";
            problems.add(UPSTASH_URL, "is not a plain https URL", remedy);
        }
        Some(url) if url.scheme() == "http" && !origins::is_loopback(url) => {
            let remedy = "use https; plain http is allowed on the loopback only";
            problems.add(UPSTASH_URL, "is plain http, which would send the token unencrypted", remedy);
        }
        Some(_) => {}
    }
    url
}

pub(super) fn mode(variables: &Variables<'_>, problems: &mut Problems) -> Mode {
    match variables.get("RATE_LIMIT_MODE").as_deref() {
        None | Some("strict") => Mode::Strict,
        Some("parity") => Mode::Parity,
        Some(_) => {
            let remedy = "use strict, or parity to decide as a service with @upstash/ratelimit that shares the budget";
            problems.add("RATE_LIMIT_MODE", "is neither strict nor parity", remedy);
            Mode::Strict
        }
    }
}

pub(super) fn prefix(variables: &Variables<'_>, problems: &mut Problems) -> String {
    let prefix = variables.get("RATE_LIMIT_PREFIX").unwrap_or_else(|| SLUG.to_owned());
    if prefix.len() > 64 || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
        problems.add("RATE_LIMIT_PREFIX", "is not a key prefix", "use up to 64 visible ASCII characters");
    }
    prefix
}
