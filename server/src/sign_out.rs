//! `POST /sign-out`: the session ends at Clerk and here, and its cookies are cleared.

use crate::answer;
use crate::start::App;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use gatehouse::gate::Visitor;
use http::{HeaderValue, header};

pub(crate) async fn submit(State(app): State<App>, Extension(visitor): Extension<Visitor>) -> Response {
    visitor.sign_out().await;
    let mut response = answer::see_other(HeaderValue::from_static("/"));
    let secure = if app.public_origin.is_https() { "; Secure" } else { "" };
    let suffix = app.clerk.publishable_key.cookie_suffix();
    for (name, value) in [("__session", "; Max-Age=0"), ("__refresh", "; Max-Age=0"), ("__client_uat", "0")] {
        for name in [name.to_owned(), format!("{name}_{suffix}")] {
            if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax{secure}")) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
    }
    // What pages kept in this browser goes as well (ASVS 14.3.1). Cookies are cleared by name: Clerk's own lets people sign in again.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    response
}
