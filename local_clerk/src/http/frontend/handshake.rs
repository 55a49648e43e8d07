//! The handshake: a browser that an application sent here returns with the cookies of its session.
//!
//! A nonce or a signed token carries them, in the address (development) or a cookie (production).

use crate::commands::sessions::activate_organization;
use crate::model::{Browser, Refused, Result, State};
use crate::{http::cookies::append_cookies, model::ticket::return_url, random::random_id, server::Clerk};
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::Url;

const NONCE: &str = "__clerk_handshake_nonce";
const TOKEN: &str = "__clerk_handshake";
/// Browsers store no longer cookie.
const LONGEST_COOKIE: usize = 4096;

#[derive(Deserialize)]
pub(super) struct HandshakeQuery {
    redirect_url: String,
    #[serde(default)]
    format: String,
    /// The organization to activate, by id or slug; empty for the personal account.
    organization_id: Option<String>,
}

pub(super) async fn handshake(clerk: Clerk, browser: Browser, Query(query): Query<HandshakeQuery>) -> Result<Response> {
    let invalid = || Refused::new(400, "redirect_url_invalid", "redirect_url must be on the application's origin.");
    let target = return_url(&clerk.options.public_origin, &query.redirect_url).ok_or_else(invalid)?;
    let mut target = Url::parse(&target).map_err(|_| invalid())?;
    // A user who is not a member of it keeps the active one (Clerk behaviour).
    if let Some((organization, session)) = query.organization_id.zip(clerk.active_session(&browser.client)) {
        let _ = clerk.commit(|state| activate_organization(state, &session.id, &organization)).await;
    }
    let directives = directives(&clerk, &browser.client).await?;
    let (name, value) = carrier(&clerk, directives, &query.format);
    let mut cookie = None;
    if clerk.is_development() {
        target.query_pairs_mut().append_pair(name, &value);
    } else {
        let (domain, secure) = (clerk.domain(), clerk.secure());
        cookie = Some(format!("{name}={value}; Path=/{domain}; Max-Age=60; HttpOnly; SameSite=Lax{secure}"));
    }
    let location = HeaderValue::from_str(target.as_str()).map_err(|_| invalid())?;
    // Browsers would keep the redirect of a tab in the background.
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut answer = (StatusCode::TEMPORARY_REDIRECT, headers).into_response();
    append_cookies(answer.headers_mut(), cookie);
    Ok(answer)
}

/// The cookies of the session. A production instance adds a refresh token, and clears the cookies
/// of the handshake.
async fn directives(clerk: &Clerk, client: &str) -> Result<Vec<String>> {
    let mut directives = clerk.session_cookies(&clerk.state(), client);
    if clerk.is_development() {
        return Ok(directives);
    }
    let session = clerk.active_session(client);
    let issue = |state: &mut State| session.map(|session| state.refresh_tokens.issue(&session.id, state.now_ms));
    let refresh_token = clerk.commit(|state| Ok(issue(state))).await?;
    directives.push(clerk.refresh_cookie(refresh_token.as_deref()));
    let (domain, secure) = (clerk.domain(), clerk.secure());
    directives.extend([NONCE, TOKEN].map(|name| format!("{name}=; Path=/{domain}; Max-Age=0; SameSite=Lax{secure}")));
    Ok(directives)
}

/// The parameter or cookie that carries the directives. A token that is too long for a cookie is
/// replaced by a nonce.
fn carrier(clerk: &Clerk, directives: Vec<String>, format: &str) -> (&'static str, String) {
    if format != "nonce" {
        let token = clerk.handshake_token(&directives);
        if clerk.is_development() || token.len() + TOKEN.len() < LONGEST_COOKIE {
            return (TOKEN, token);
        }
    }
    let (mut state, nonce) = (clerk.state(), random_id());
    let now_ms = state.now_ms;
    state.nonces.insert(&nonce, directives, now_ms);
    (NONCE, nonce)
}
