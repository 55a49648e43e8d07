//! Choosing an organization on a plain page: as the task that a pending session has left, and from the tools. Whoever belongs to none is invited
//! to one or makes one.

use super::page::{page, problem};
use super::{Wanted, go_on, who};
use crate::Clerk;
use crate::session::client as client_of;
use crate::state::{Session, Status};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

/// Id and name.
type Named = (String, String);

/// What somebody has to choose from.
struct Offer {
    name: String,
    organizations: Vec<Named>,
    /// Id of the invitation, name of its organization.
    invitations: Vec<Named>,
}

/// What was wrong with a choice.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Name,
    Organization,
}

impl Wrong {
    fn text(self) -> &'static str {
        match self {
            Self::Name => "An organization needs a name of at most 256 characters.",
            Self::Organization => "You do not belong to this organization any more. Choose another.",
        }
    }
}

/// One of the three, with the way back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    organization: String,
    invitation: String,
    name: String,
    redirect_url: String,
}

/// Where a pending session goes before the page that was wanted.
pub(super) fn task_page(redirect_url: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_url", redirect_url).finish();
    format!("/__clerk/hosted/sign-in/tasks?{query}")
}

pub(super) async fn ask(State(clerk): State<Clerk>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    match who(&clerk, &headers) {
        None => super::page::sign_in(&wanted.redirect_url, "", false, None).into_response(),
        Some((session, _)) if session.status == Status::Active => {
            go_on(&clerk, &session.client, &wanted.redirect_url, None)
        }
        Some((session, name)) => shown(&clerk.offer(&session, name), &wanted.redirect_url, None).into_response(),
    }
}

pub(super) async fn choose(State(clerk): State<Clerk>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    let Some((session, name)) = who(&clerk, &headers) else {
        return super::page::sign_in(&choice.redirect_url, "", false, None).into_response();
    };
    match clerk.chosen(&session, &choice).filter(|organization| clerk.turn_to(&session, organization)) {
        Some(_) => go_on(&clerk, &session.client, &choice.redirect_url, None),
        None => {
            let made = choice.invitation.is_empty() && choice.organization.is_empty();
            let wrong = if made { Wrong::Name } else { Wrong::Organization };
            let page = shown(&clerk.offer(&session, name), &choice.redirect_url, Some(wrong));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Switch {
    organization: String,
}

/// Makes another organization of the person the active one.
pub(super) async fn switch(State(clerk): State<Clerk>, headers: HeaderMap, Form(to): Form<Switch>) -> Response {
    let back = format!("{}/admin", clerk.options.public_origin);
    if let Some((session, _)) = who(&clerk, &headers) {
        clerk.turn_to(&session, &to.organization);
    }
    go_on(&clerk, client_of(&headers), &back, None)
}

impl Clerk {
    /// Id and name of each organization of the session's user, and whether it is the active one.
    pub(super) fn organizations_of(&self, session: &Session) -> Vec<(String, String, bool)> {
        let state = self.state();
        let of = state.memberships_of(&session.user).filter_map(|found| state.organization(&found.organization));
        of.map(|found| (found.id.clone(), found.name.clone(), session.organization.as_ref() == Some(&found.id)))
            .collect()
    }

    fn offer(&self, session: &Session, name: String) -> Offer {
        let organizations = self.organizations_of(session).into_iter().map(|(id, name, _)| (id, name)).collect();
        let state = self.state();
        let invitations = state.invitations_to(&session.user).filter_map(|found| {
            let organization = state.organization(found.organization.as_deref()?)?;
            Some((found.id.clone(), organization.name.clone()))
        });
        Offer { name, organizations, invitations: invitations.collect() }
    }

    /// The organization that is meant: one of the person's, that of an invitation, or a new one. `None`: there is none.
    fn chosen(&self, session: &Session, choice: &Choice) -> Option<String> {
        match (choice.organization.as_str(), choice.invitation.as_str()) {
            ("", "") => {
                let made = self.make_organization(&session.user, &choice.name, None).ok()?;
                made["id"].as_str().map(str::to_owned)
            }
            ("", invitation) => self.accept(invitation, &session.user)?.organization,
            (organization, _) => Some(organization.to_owned()),
        }
    }
}

fn shown(offer: &Offer, redirect_url: &str, wrong: Option<Wrong>) -> impl IntoResponse + use<> {
    let has_some = !offer.organizations.is_empty() || !offer.invitations.is_empty();
    let back = html! { input type="hidden" name="redirect_url" value=(redirect_url); };
    let to = "/__clerk/hosted/sign-in/tasks";
    let page = page(
        "Choose an organization",
        &html! {
            section .card .task {
                h1 { "Choose an organization" }
                p .muted { "You are signed in as " strong { (offer.name) } ". To go on you need an organization to work for." }
                @if has_some {
                    form method="post" action=(to) {
                        (back)
                        @for (id, name) in &offer.organizations { button name="organization" value=(id) { (name) } }
                        @for (id, name) in &offer.invitations { button name="invitation" value=(id) { "Join " (name) } }
                    }
                }
                form method="post" action=(to) {
                    (back)
                    label for="name" { @if has_some { "Or make a new one" } @else { "Name of a new organization" } }
                    input #name type="text" name="name" maxlength="256" autocomplete="organization" required
                        aria-invalid=[(wrong == Some(Wrong::Name)).then_some("true")] aria-describedby="problem";
                    (problem(wrong.map(Wrong::text)))
                    button .quiet[has_some] { "Create organization" }
                }
                form method="post" action="/__clerk/hosted/sign-out" { button .quiet { "Sign out" } }
            }
        },
    );
    ([(header::CACHE_CONTROL, "no-store")], page)
}
