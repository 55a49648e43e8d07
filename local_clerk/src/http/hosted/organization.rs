//! Choosing an organization: as the task of a pending session, and from the tools.

use super::redirect::{PageForm, SignedIn, redirect, signed_in};
use super::{page::form_page, sign_in::sign_in_page};
use crate::commands::invitations::{accept_invitation, list_invitations_to};
use crate::commands::{organizations::create_organization, sessions::activate_organization};
use crate::model::{Browser, OrganizationParams, Refused, Result, Session, State, Status};
use crate::server::Clerk;
use axum::{Form, extract::Query, http::header, response::IntoResponse, response::Response};
use serde_json::{Value, json};

pub(super) async fn show(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match signed_in(&clerk, &browser.client) {
        None => sign_in_page(&query.redirect_url),
        Some((session, _)) if session.status == Status::Active => {
            redirect(&clerk, &session.client, &query.redirect_url)
        }
        Some(signed_in) => choices_page(&clerk.state(), &signed_in, &query.redirect_url, None),
    }
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some(signed_in) = signed_in(&clerk, &browser.client) else { return sign_in_page(&form.redirect_url) };
    let session = &signed_in.0;
    let chosen = clerk.commit(|state| {
        let organization = chosen_organization(state, session, &form)?;
        activate_organization(state, &session.id, &organization).map_err(|refused| refused.with_status(422))
    });
    match chosen.await {
        Ok(()) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => choices_page(&clerk.state(), &signed_in, &form.redirect_url, Some(&refused)),
    }
}

/// The id of the chosen organization: an own one, the one of an invitation, or a new one.
fn chosen_organization(state: &mut State, session: &Session, form: &PageForm) -> Result<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match (form.organization.as_str(), form.invitation.as_str()) {
        ("", "") => {
            let (name, created_by) = (Some(form.name.clone()), Some(session.user.clone()));
            let params = OrganizationParams { name, created_by, ..OrganizationParams::default() };
            Ok(text(&create_organization(state, params)?["id"]))
        }
        ("", invitation) => {
            let refused = "This invitation is no longer valid. Choose another.";
            let accepted = accept_invitation(state, invitation, &session.user);
            let accepted = accepted.map_err(|_| Refused::new(422, "invitation_invalid", refused))?;
            Ok(text(&accepted["organization_id"]))
        }
        (organization, _) => Ok(organization.to_owned()),
    }
}

/// Makes another organization of the user the active one. An organization that they have left
/// changes nothing.
pub(super) async fn switch(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    if let Some(session) = clerk.active_session(&browser.client) {
        let _ = clerk.commit(|state| activate_organization(state, &session.id, &form.organization)).await;
    }
    redirect(&clerk, &browser.client, &format!("{}/admin", clerk.options.public_origin))
}

fn choices_page(state: &State, (session, name): &SignedIn, url: &str, refused: Option<&Refused>) -> Response {
    let own = state.memberships_of(&session.user).filter_map(|found| state.organization(&found.organization));
    let values = json!({
        "name": name, "redirect_url": url, "organizations": own.collect::<Vec<_>>(),
        "invitations": list_invitations_to(state, &session.user),
        "name_is_invalid": refused.is_some_and(|refused| refused.param == Some("name")),
    });
    ([(header::CACHE_CONTROL, "no-store")], form_page("organization", values, refused)).into_response()
}
