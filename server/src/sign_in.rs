//! `/sign-in`: the way to the sign-in page of the identity in use, and back.
//!
//! The page itself is hosted by Clerk, local or real: passwords never pass through this application. The way back is a path of ours, checked.

use crate::answer;
use crate::start::App;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use gatehouse::gate::Visitor;
use gatehouse::places::SafePath;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    redirect_url: Option<String>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let back = wanted.redirect_url.as_deref().and_then(|text| own_path(&app, text)).unwrap_or(SafePath::ADMIN);
    let target = if visitor.session().is_some() { back.as_str().to_owned() } else { hosted_page(&app, &back) };
    match HeaderValue::from_str(&target) {
        Ok(location) => answer::see_other(location),
        Err(_) => answer::redirect(StatusCode::SEE_OTHER, HeaderValue::from_static("/")),
    }
}

/// A path of this application, given as such or as an absolute URL of our origin (Clerk's pages give absolute ones).
fn own_path(app: &App, text: &str) -> Option<SafePath> {
    SafePath::parse(text.strip_prefix(app.public_origin.as_str()).unwrap_or(text))
}

fn hosted_page(app: &App, back: &SafePath) -> String {
    let base = match (app.local_clerk, app.clerk.sign_in_url.as_str()) {
        (true, _) => format!("{}/__clerk/hosted/sign-in", app.public_origin.as_str()),
        (false, own) if own.starts_with('/') => format!("{}/sign-in", app.clerk.publishable_key.accounts_base_url()),
        (false, elsewhere) => elsewhere.to_owned(),
    };
    let back = format!("{}{}", app.public_origin.as_str(), back.as_str());
    match Url::parse_with_params(&base, [("redirect_url", back)]) {
        Ok(url) => url.into(),
        Err(_) => base,
    }
}
