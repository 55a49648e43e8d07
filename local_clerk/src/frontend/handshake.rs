//! The handshake: a browser that an application sent here goes back with cookies that fit its session.
//!
//! They travel behind a nonce or in a signed token: in the address for development instances, in a cookie of a minute for production ones.

use crate::instance::Instance;
use crate::session::client;
use crate::{Clerk, answer, guard, now_ms};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::Url;

const NONCE: &str = "__clerk_handshake_nonce";
const TOKEN: &str = "__clerk_handshake";
/// Browsers keep no longer cookie.
const LONGEST_COOKIE: usize = 4096;

#[derive(Deserialize)]
pub(super) struct Asked {
    redirect_url: String,
    #[serde(default)]
    format: String,
}

pub(super) async fn handshake(State(clerk): State<Clerk>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let back = guard::way_back(&clerk, &asked.redirect_url).and_then(|back| Url::parse(&back).ok());
    let Some(mut back) = back else {
        let text = "redirect_url must be on the application's origin.";
        return answer::error(StatusCode::BAD_REQUEST, "redirect_url_invalid", text);
    };
    let directives = clerk.handshake_directives(client(&headers));
    let (name, value) = clerk.carried(directives, &asked.format);
    let cookie = match clerk.options.instance {
        Instance::Development => {
            back.query_pairs_mut().append_pair(name, &value);
            None
        }
        Instance::Production => {
            let (domain, secure) = (clerk.domain(), clerk.secure());
            Some(format!("{name}={value}; Path=/{domain}; Max-Age=60; HttpOnly; SameSite=Lax{secure}"))
        }
    };
    let headers = [(header::LOCATION, Some(back.into())), (header::SET_COOKIE, cookie)];
    match all(headers) {
        Some(headers) => (StatusCode::TEMPORARY_REDIRECT, headers).into_response(),
        None => answer::error(StatusCode::BAD_REQUEST, "redirect_url_invalid", "redirect_url cannot be a header."),
    }
}

/// With `no-store`: browsers keep the redirect of a tab that is not looked at.
fn all(headers: [(HeaderName, Option<String>); 2]) -> Option<HeaderMap> {
    let mut map = HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    for (name, text) in headers {
        if let Some(text) = text {
            map.append(name, HeaderValue::from_str(&text).ok()?);
        }
    }
    Some(map)
}

impl Clerk {
    /// A production instance also gives what refreshes the session later, and clears the cookies that carried all this.
    fn handshake_directives(&self, client: &str) -> Vec<String> {
        let (now_ms, mut state) = (now_ms(), self.state());
        let mut directives = self.directives(&state, client, now_ms);
        if self.options.instance == Instance::Development {
            return directives;
        }
        let session = state.session_of_client(client).map(|session| session.id.clone());
        directives.push(match session {
            Some(session) => self.refresh_cookie(&state.issue_refresh(&session, now_ms)),
            None => self.no_refresh_cookie(),
        });
        let (domain, secure) = (self.domain(), self.secure());
        directives
            .extend([NONCE, TOKEN].map(|name| format!("{name}=; Path=/{domain}; Max-Age=0; SameSite=Lax{secure}")));
        drop(state);
        self.save();
        directives
    }

    /// What brings the directives to the application. A token that is too long for a cookie stays here, behind a nonce.
    fn carried(&self, directives: Vec<String>, format: &str) -> (&'static str, String) {
        if format != "nonce" {
            let token = self.handshake_token(&directives, now_ms());
            let fits = token.len() + TOKEN.len() < LONGEST_COOKIE;
            if fits || self.options.instance == Instance::Development {
                return (TOKEN, token);
            }
        }
        (NONCE, self.state().flows.hide(directives, now_ms()))
    }
}
