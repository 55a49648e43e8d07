//! `/switch-organization`: the own organizations of a person, each as a link, and below it the
//! address that switches to one.
//!
//! The gate makes the switch: an address that names an organization causes a handshake, in which
//! Clerk activates it (Clerk: `organizationSyncOptions`). So it works without Clerk's components,
//! without a script and without a permission.

use crate::app_state::AppState;
use crate::{answer, documents, sign_in};
use app::shell;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use clerk::authenticate::{OrganizationSync, PathPattern};
use domain::current_user::OwnOrganization;
use domain::local_path::LocalPath;
use domain::pages::Page;
use domain::refusal::Refusal;
use gatehouse::gate::Visitor;
use gatehouse::headers::PRIVATE;
use gatehouse::sign_in_redirect::sign_in_redirect;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use leptos::prelude::*;
use url::form_urlencoded;

/// The addresses that name an organization.
pub(crate) fn addresses() -> OrganizationSync {
    let pattern = PathPattern::new(&format!("{}/:id", Page::SwitchOrganization.path()));
    OrganizationSync { organization: vec![pattern], personal_account: Vec::new() }
}

pub(crate) async fn list(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    choices(&app, &visitor, &uri, &headers, false).await
}

/// The person is here after the handshake. If the organization is not active now, they do not
/// belong to it.
pub(crate) async fn switch(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(wanted): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let active = visitor.session().and_then(|session| session.organization.as_ref());
    if active.is_some_and(|organization| organization.id.as_str() == wanted) {
        return see_other(&back(&uri));
    }
    choices(&app, &visitor, &uri, &headers, true).await
}

/// The page. `is_refused`: the switch that was asked for did not happen.
async fn choices(app: &AppState, visitor: &Visitor, uri: &Uri, headers: &HeaderMap, is_refused: bool) -> Response {
    if visitor.session().is_none() {
        return to_sign_in(app, visitor, uri, headers);
    }
    let Ok(own) = visitor.own_organizations().await else { return answer::refusal(&Refusal::Unavailable) };
    let back = back(uri);
    let choice = |own: OwnOrganization| shell::OrganizationChoice {
        link: address(&own.organization.id, &back).as_str().to_owned(),
        name: own.organization.name,
        is_active: own.is_active,
    };
    let page = shell::OrganizationChoices {
        choices: own.into_iter().map(choice).collect(),
        back: back.as_str().to_owned(),
        is_refused,
    };
    let document = documents::render(headers, || shell::switch_organization_page(page, app.leptos.clone()).to_html());
    let status = if is_refused { StatusCode::FORBIDDEN } else { StatusCode::OK };
    (status, [(header::CACHE_CONTROL, PRIVATE)], document).into_response()
}

/// The address that switches to an organization and returns to a page.
fn address(organization: &str, back: &LocalPath) -> LocalPath {
    let path = LocalPath::parse(&format!("{}/{organization}", Page::SwitchOrganization.path()));
    path.unwrap_or(LocalPath::of(Page::SwitchOrganization)).with_query(&[(BACK, back.as_str())])
}

/// The parameter with the page to return to, as on the sign-in page.
const BACK: &str = "redirect_url";

/// The page to return to: a page of the dashboard.
fn back(uri: &Uri) -> LocalPath {
    let query = uri.query().unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BACK);
    let found = found.and_then(|(_, page)| LocalPath::parse(&page));
    found.filter(|page| page.as_str().starts_with(LocalPath::ADMIN.as_str())).unwrap_or(LocalPath::ADMIN)
}

fn to_sign_in(app: &AppState, visitor: &Visitor, uri: &Uri, headers: &HeaderMap) -> Response {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let state = sign_in::state(app, visitor, headers);
    match sign_in_redirect(&state, &Method::GET, target, &sign_in::settings(app)) {
        Some(url) => answer::see_other(HeaderValue::from_str(&url).unwrap_or(HeaderValue::from_static("/"))),
        None => answer::refusal(&Refusal::NOBODY),
    }
}

fn see_other(page: &LocalPath) -> Response {
    answer::see_other(HeaderValue::from_str(page.as_str()).unwrap_or(HeaderValue::from_static("/")))
}
