//! `POST /appearance`: keeps the appearance that a person has chosen in a cookie.
//!
//! It needs no session, because the choice belongs to the browser and not to the person. The cookie
//! names values of closed sets, so nobody learns anything from it.

use crate::answer;
use crate::app_state::AppState;
use crate::body;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::appearance::Appearance;
use domain::local_path::LocalPath;
use http::{HeaderValue, header};
use url::form_urlencoded;

/// The lifetime of the cookie in seconds: a year. Browsers keep none longer than 400 days.
const AGE_S: u32 = 31_536_000;

pub(crate) async fn submit(State(app): State<AppState>, form: Body) -> Response {
    let bytes = match body::read(form).await {
        Ok(bytes) => bytes,
        Err(status) => return status.into_response(),
    };
    let value = |wanted: &str| {
        let found = form_urlencoded::parse(&bytes).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let chosen = Appearance::of(&value("theme"), &value("contrast"), &value("density"));
    let secure = if app.public_origin.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{}={}; Path=/; Max-Age={AGE_S}; HttpOnly; SameSite=Lax{secure}", Appearance::COOKIE, chosen.cookie());
    let back = LocalPath::SETTINGS.with_query(&[("done", "appearance")]);
    let mut answer = answer::see_other(HeaderValue::from_str(back.as_str()).unwrap_or(HeaderValue::from_static("/")));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
