//! The handshake: a browser whose cookies are missing or old goes to the Frontend API, which knows its client, and comes back with new
//! cookies in a signed token.
//!
//! Only documents are sent there. A fetch, a form post or a health check is told that nobody is signed in.

use super::{Decision, Machine, OrNeedsKey, State, signed_in, signed_out, status_headers};
use crate::token;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::form_urlencoded;

/// Version of Clerk's API that the parameters follow.
const API_VERSION: &str = "2026-05-12";

/// After so many redirects within two seconds the keys or the cookies are broken, and another one would be a loop.
const MAX_REDIRECTS: u8 = 3;

/// Query parameters that must not stay in an address after a handshake.
const OWN_PARAMETERS: [&str; 4] = ["__clerk_handshake", "__clerk_handshake_nonce", "__clerk_help", "__clerk_db_jwt"];

impl Machine<'_> {
    /// Sends a document to the Frontend API; everything else is told that nobody is signed in.
    pub(super) fn handshake(&self, reason: &'static str) -> Decision {
        let count = self.cookies.redirect_count();
        if !self.is_document() || count >= MAX_REDIRECTS {
            return signed_out(reason);
        }
        let Ok(location) = HeaderValue::from_str(&self.handshake_url(reason)) else { return signed_out(reason) };
        let mut headers = status_headers("handshake", reason);
        let cookie = format!("__clerk_redirect_count={}; Path=/; SameSite=Lax; HttpOnly; Max-Age=2", count + 1);
        headers.extend(HeaderValue::from_str(&cookie).map(|cookie| (header::SET_COOKIE, cookie)));
        Decision { state: State::Handshake(location, reason), headers }
    }

    fn is_document(&self) -> bool {
        let text = |name: &HeaderName| header_text(self.head.headers, name);
        let wants_page = match text(&HeaderName::from_static("sec-fetch-dest")) {
            Some(destination) => matches!(destination, "document" | "iframe"),
            None => text(&header::ACCEPT).is_some_and(|accept| accept.starts_with("text/html")),
        };
        self.head.method == Method::GET && wants_page
    }

    fn handshake_url(&self, reason: &str) -> String {
        let redirect_url = self.clean_url();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("redirect_url", &redirect_url);
        query.append_pair("__clerk_api_version", API_VERSION);
        query.append_pair("suffixed_cookies", "false");
        query.append_pair("__clerk_hs_reason", reason);
        query.append_pair("format", "token");
        if let Some(session) = self.cookies.get("__session") {
            query.append_pair("__session", session);
        }
        format!("{}/v1/client/handshake?{}", self.settings.frontend_api, query.finish())
    }

    /// The address without what a handshake put into it. Other parameters keep their exact spelling. Always absolute: a path that
    /// begins with two slashes would name another host.
    fn clean_url(&self) -> String {
        let (path, query) = self.head.target.split_once('?').unwrap_or((self.head.target, ""));
        let is_own = |pair: &&str| OWN_PARAMETERS.contains(&pair.split('=').next().unwrap_or_default());
        let kept: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !is_own(pair)).collect();
        let question_mark = if kept.is_empty() { "" } else { "?" };
        format!("{}{path}{question_mark}{}", self.settings.public_origin, kept.join("&"))
    }

    /// Takes the cookies that a handshake brought back. `None`: there was none, or it was not usable and the cookies decide.
    pub(super) fn returned_handshake(&self) -> OrNeedsKey<Option<Decision>> {
        let from_query = self.query_parameter("__clerk_handshake");
        let Some(text) = from_query.or_else(|| self.cookies.get("__clerk_handshake").map(str::to_owned)) else {
            return Ok(None);
        };
        let Ok(unverified) = token::decode(&text) else { return Ok(None) };
        let Some(key) = self.key(&unverified)? else { return Ok(None) };
        let Ok(directives) = token::verify_handshake(&unverified, key) else { return Ok(None) };
        let cookies: Vec<_> = directives.iter().filter_map(|directive| HeaderValue::from_str(directive).ok()).collect();
        let mut decision = self.after_handshake(&directives)?;
        decision.headers.extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
        Ok(Some(decision))
    }

    fn after_handshake(&self, directives: &[String]) -> OrNeedsKey<Decision> {
        if self.settings.development
            && let Ok(location) = HeaderValue::from_str(&self.clean_url())
        {
            return Ok(Decision {
                state: State::Handshake(location, "handshake"),
                headers: status_headers("handshake", "handshake"),
            });
        }
        Ok(match session_directive(directives) {
            None => signed_out("session-token-missing"),
            Some(text) => match self.session(text)? {
                Ok(session) => signed_in(session),
                Err(reason) => signed_out(reason.as_str()),
            },
        })
    }

    fn query_parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.head.target.split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// The session token that the directives set; the last one counts (Clerk behaviour).
fn session_directive(directives: &[String]) -> Option<&str> {
    let mut values = directives.iter().filter_map(|directive| {
        let (name, value) = directive.split(';').next()?.split_once('=')?;
        (name.starts_with("__session") && !value.is_empty()).then_some(value)
    });
    values.next_back()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
