//! Completes the cookies of an answer: `Secure` on an https origin, and `__client_uat` of a production
//! instance. In development ClerkJS writes `__client_uat` itself.

use super::browser::{client_id, client_id_of_answer};
use super::cookies::append_cookies;
use crate::server::Clerk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

pub(super) async fn complete_cookies(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let before = client_id(request.headers()).to_owned();
    let is_about_client = ["/v1/client", "/hosted/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).await;
    let client = client_id_of_answer(response.headers()).unwrap_or(before);
    if !clerk.is_development() && is_about_client && !client.is_empty() {
        let cookies = clerk.client_state_cookies(&clerk.state(), &client);
        add_missing(response.headers_mut(), cookies);
    }
    if !clerk.secure().is_empty() {
        add_secure(response.headers_mut());
    }
    response
}

/// Adds the cookies that the answer does not set itself.
fn add_missing(headers: &mut HeaderMap, mut directives: Vec<String>) {
    let name = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
    let present = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let present: Vec<_> = present.map(name).collect();
    directives.retain(|directive| !present.contains(&name(directive)));
    append_cookies(headers, directives);
}

fn add_secure(headers: &mut HeaderMap) {
    let directives: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for directive in directives {
        let text = directive.to_str().unwrap_or_default();
        let is_secure = text.contains("; Secure");
        let secure = if is_secure { None } else { HeaderValue::from_str(&format!("{text}; Secure")).ok() };
        headers.append(header::SET_COOKIE, secure.unwrap_or(directive));
    }
}
