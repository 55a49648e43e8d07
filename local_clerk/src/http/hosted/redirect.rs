//! Redirects with cookies, and the signed-in user of a page.

use super::page::redirect_query;
use crate::http::cookies::append_cookies;
use crate::model::{Session, Status};
use crate::{model::ticket::return_url, server::Clerk};
use axum::{http::HeaderValue, http::StatusCode, http::header, response::IntoResponse, response::Response};
use serde::{Deserialize, Serialize};

/// The fields of all forms and queries of the hosted pages; absent ones are empty.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct PageForm {
    pub(super) redirect_url: String,
    /// The token in the address of a link.
    pub(super) __clerk_ticket: String,
    pub(super) ticket: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) code: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// Name of a new organization.
    pub(super) name: String,
    /// Ids.
    pub(super) organization: String,
    pub(super) invitation: String,
    pub(super) session: String,
}

/// The active session of a browser, and the name of its user.
pub(super) type SignedIn = (Session, String);

pub(super) fn signed_in(clerk: &Clerk, client: &str) -> Option<SignedIn> {
    let state = clerk.state();
    let session = state.active_session(client)?.clone();
    let name = state.user(&session.user)?.display_name();
    Some((session, name))
}

/// Redirects to a page of the application, with the cookies of the browser's session.
pub(super) fn redirect(clerk: &Clerk, client: &str, wanted: &str) -> Response {
    let origin = &clerk.options.public_origin;
    let target = if wanted.is_empty() { None } else { return_url(origin, wanted) };
    let target = target.unwrap_or_else(|| format!("{origin}/"));
    let location = HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static("/"));
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    append_cookies(response.headers_mut(), clerk.session_cookies(&clerk.state(), client));
    response
}

/// Redirects after a sign-in. A pending session goes to its task first.
pub(super) fn redirect_signed_in(clerk: &Clerk, session: &Session, redirect_url: &str) -> Response {
    let task = format!("/__clerk/hosted/sign-in/tasks?{}", redirect_query(redirect_url));
    let wanted = if session.status == Status::Pending { &task } else { redirect_url };
    let mut response = redirect(clerk, &session.client, wanted);
    append_cookies(response.headers_mut(), [clerk.client_cookie(&session.client)]);
    response
}

/// Redirects to another hosted page. The address is absolute, because proxies add their prefix to a
/// path.
pub(super) fn redirect_to_page(clerk: &Clerk, client: &str, page: &str) -> Response {
    redirect(clerk, client, &format!("{}/__clerk/hosted/{page}", clerk.options.public_origin))
}
