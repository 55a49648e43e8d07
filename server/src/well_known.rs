//! The files at addresses that standards fix: the contact for security reports, the page for
//! changing a password, and the rules for search engines.

use crate::answer;
use crate::app_state::AppState;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::calendar::date;
use gatehouse::headers::REVALIDATE;
use gatehouse::public_origin::PublicOrigin;
use http::{HeaderValue, StatusCode, header};

/// Excludes the paths without a public page. `/sign-in` is not excluded: its response has
/// `noindex`, and a search engine must fetch the page to see it.
const ROBOTS: &str = "User-agent: *\nDisallow: /admin\nDisallow: /api/\nDisallow: /__clerk/\nDisallow: /reports\n";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/robots.txt", get(async || text(ROBOTS.to_owned())))
        .route("/.well-known/security.txt", get(security))
        .route("/.well-known/change-password", get(change_password))
}

fn text(body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, REVALIDATE)];
    (headers, body).into_response()
}

async fn security(State(app): State<AppState>) -> Response {
    match &app.security_txt {
        Some(body) => text(body.as_ref().to_owned()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The file of RFC 9116, valid for 365 days from `now_ms` (Unix milliseconds). `None`: there is no
/// contact.
#[must_use]
pub(crate) fn security_txt(contacts: &[String], origin: &PublicOrigin, now_ms: i64) -> Option<String> {
    use std::fmt::Write;
    if contacts.is_empty() {
        return None;
    }
    let mut body: String = contacts.iter().map(|contact| format!("Contact: {contact}\n")).collect();
    let (year, month, day) = date(now_ms.div_euclid(86_400_000) + 365);
    let _ = write!(body, "Expires: {year:04}-{month:02}-{day:02}T00:00:00Z\nPreferred-Languages: en\n");
    // RFC 9116 section 2.5.2 requires https.
    if origin.is_https() {
        let _ = writeln!(body, "Canonical: {}/.well-known/security.txt", origin.as_str());
    }
    Some(body)
}

/// Redirects to Clerk's page for changing the password (W3C "A Well-Known URL for Changing
/// Passwords").
async fn change_password(State(app): State<AppState>) -> Response {
    let page = if app.local_clerk {
        "/__clerk/hosted/".to_owned()
    } else {
        format!("{}/user", app.clerk.publishable_key.accounts_base_url())
    };
    match HeaderValue::from_str(&page) {
        Ok(location) => answer::redirect(StatusCode::FOUND, location),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
