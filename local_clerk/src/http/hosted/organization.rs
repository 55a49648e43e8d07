//! Choosing an organization: as the task of a pending session, and from the tools.

use super::layout::{page, problem, redirect_field};
use super::redirect::{PageForm, redirect, signed_in};
use super::sign_in::sign_in_page;
use crate::model::commands::invitations::{accept_invitation, list_invitations_to};
use crate::model::{Browser, OrganizationParams, Refused, Session, Status};
use crate::{
    http::answer::status, model::commands::organizations::create_organization,
    model::commands::sessions::activate_organization, server::Clerk,
};
use axum::{Form, extract::Query, http::header, response::IntoResponse, response::Response};
use maud::{Markup, html};

/// The organizations that a user can choose from.
struct Choices {
    user_name: String,
    /// Id and name.
    organizations: Vec<(String, String)>,
    /// Id of the invitation, and name of its organization.
    invitations: Vec<(String, String)>,
}

pub(super) async fn show(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match signed_in(&clerk, &browser.client) {
        None => sign_in_page(&query.redirect_url).into_response(),
        Some((session, _)) if session.status == Status::Active => {
            redirect(&clerk, &session.client, &query.redirect_url)
        }
        Some((session, name)) => choices_page(&choices(&clerk, &session, name), &query.redirect_url, None),
    }
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some((session, name)) = signed_in(&clerk, &browser.client) else {
        return sign_in_page(&form.redirect_url).into_response();
    };
    let chosen = clerk.commit(|state| {
        let organization = match (form.organization.as_str(), form.invitation.as_str()) {
            ("", "") => {
                let (name, created_by) = (Some(form.name.clone()), Some(session.user.clone()));
                let params = OrganizationParams { name, created_by, ..OrganizationParams::default() };
                create_organization(state, params)?.organization.id
            }
            ("", invitation) => {
                let accepted = accept_invitation(state, invitation, &session.user).map_err(|_| {
                    Refused::new(422, "invitation_invalid", "This invitation is no longer valid. Choose another.")
                })?;
                accepted.invitation.organization.unwrap_or_default()
            }
            (organization, _) => organization.to_owned(),
        };
        activate_organization(state, &session.id, &organization).map_err(|refused| refused.with_status(422))
    });
    match chosen.await {
        Ok(()) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => choices_page(&choices(&clerk, &session, name), &form.redirect_url, Some(&refused)),
    }
}

/// Makes another organization of the user the active one. An organization that
/// they have left changes nothing.
pub(super) async fn switch(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    if let Some(session) = clerk.active_session(&browser.client) {
        let _ = clerk.commit(|state| activate_organization(state, &session.id, &form.organization)).await;
    }
    redirect(&clerk, &browser.client, &format!("{}/admin", clerk.options.public_origin))
}

fn choices(clerk: &Clerk, session: &Session, user_name: String) -> Choices {
    let state = clerk.state();
    let own = state.memberships_of(&session.user).filter_map(|found| state.organization(&found.organization));
    let organizations = own.map(|found| (found.id.clone(), found.name.clone())).collect();
    let invitations = list_invitations_to(&state, &session.user).into_iter();
    let invitations =
        invitations.filter_map(|found| Some((found.invitation.id, found.organization?.organization.name))).collect();
    Choices { user_name, organizations, invitations }
}

const ACTION: &str = "/__clerk/hosted/sign-in/tasks";

fn choices_page(choices: &Choices, redirect_url: &str, refused: Option<&Refused>) -> Response {
    let content = html! {
        section .card .task {
            h1 { "Choose an organization" }
            p .muted { "You are signed in as " strong { (choices.user_name) } ". Choose an organization to continue." }
            @if !choices.organizations.is_empty() || !choices.invitations.is_empty() {
                form method="post" action=(ACTION) {
                    (redirect_field(redirect_url))
                    @for (id, name) in &choices.organizations { button name="organization" value=(id) { (name) } }
                    @for (id, name) in &choices.invitations { button name="invitation" value=(id) { "Join " (name) } }
                }
            }
            (new_organization(choices, redirect_url, refused))
            form method="post" action="/__clerk/hosted/sign-out" { button .quiet { "Sign out" } }
        }
    };
    let page = ([(header::CACHE_CONTROL, "no-store")], page("Choose an organization", &content));
    refused.map_or_else(|| page.clone().into_response(), |refused| (status(refused), page.clone()).into_response())
}

fn new_organization(choices: &Choices, redirect_url: &str, refused: Option<&Refused>) -> Markup {
    let has_choice = !choices.organizations.is_empty() || !choices.invitations.is_empty();
    let is_invalid = refused.is_some_and(|refused| refused.param == Some("name"));
    html! {
        form method="post" action=(ACTION) {
            (redirect_field(redirect_url))
            label for="name" { @if has_choice { "Or create an organization" } @else { "Organization name" } }
            input #name type="text" name="name" maxlength="256" autocomplete="organization" required
                aria-invalid=[is_invalid.then_some("true")] aria-describedby="problem";
            (problem(refused.map(|refused| &*refused.message)))
            button .quiet[has_choice] { "Create organization" }
        }
    }
}
