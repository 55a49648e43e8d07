//! A link that lets somebody in, on a plain page. Opening it shows where it leads; only the button uses it, so that no preview does.

use super::page::{page, problem};
use super::{arrival, come_in, status, words};
use crate::arrivals::Arrival;
use crate::tickets::{Refusal, TicketError, Way};
use crate::{Clerk, guard};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;

/// Who comes in, and in which words.
struct Offer {
    title: &'static str,
    name: String,
    note: Option<String>,
    asks_code: bool,
}

/// `None`: the invited person has no account yet.
fn offer(clerk: &Clerk, token: &str) -> Result<Option<Offer>, TicketError> {
    let state = clerk.state();
    let named = |id: &str| state.user(id).map_or_else(|| id.to_owned(), crate::state::User::name);
    Ok(match state.way(token)? {
        Way::Ticket(ticket) => {
            let actor = ticket.actor.as_ref().and_then(|actor| actor["sub"].as_str());
            let note = actor.map(|actor| format!("{} acts in this name, and the session says so.", named(actor)));
            let title = if note.is_some() { "Impersonate" } else { "Sign in" };
            Some(Offer { title, name: named(&ticket.user), note, asks_code: false })
        }
        Way::Invitation(invitation) => {
            let user = state.users.iter().find(|user| user.email == invitation.email);
            let organization = invitation.organization.as_deref().and_then(|id| state.organization(id));
            let note = organization.map(|organization| format!("You are invited to {}.", organization.name));
            user.map(|user| Offer {
                title: "Accept the invitation",
                name: user.name(),
                note,
                asks_code: user.totp.is_some(),
            })
        }
    })
}

pub(super) fn ask(clerk: &Clerk, redirect_url: &str, token: &str) -> Response {
    match offer(clerk, token) {
        Err(error) => (StatusCode::BAD_REQUEST, over(error.1)).into_response(),
        Ok(Some(offer)) => shown(&offer, redirect_url, token, None).into_response(),
        Ok(None) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            let query = query.append_pair("redirect_url", redirect_url).append_pair("__clerk_ticket", token).finish();
            // Proxies put their prefix before a path.
            Redirect::to(&format!("{}/__clerk/hosted/sign-up?{query}", clerk.options.public_origin)).into_response()
        }
    }
}

fn over(text: &str) -> Html<String> {
    page(
        "This link",
        &html! {
            section .card {
                h1 { "This link leads nowhere" }
                p { (text) }
                p .links { a href="/__clerk/hosted/sign-in" { "Sign in" } a href="/__clerk/hosted/mail" { "Mailbox" } }
            }
        },
    )
}

fn shown(offer: &Offer, redirect_url: &str, token: &str, error: Option<&str>) -> Html<String> {
    page(
        offer.title,
        &html! {
            section .card {
                h1 { (offer.title) }
                @if let Some(note) = &offer.note { p { (note) } }
                p .muted { "You go on as " strong { (offer.name) } "." }
                form method="post" action="/__clerk/hosted/ticket" {
                    input type="hidden" name="redirect_url" value=(redirect_url);
                    input type="hidden" name="ticket" value=(token);
                    @if offer.asks_code {
                        label for="code" { "Code of the authenticator app" }
                        input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required aria-describedby="problem";
                    }
                    (problem(error))
                    button { "Go on as " (offer.name) }
                }
            }
        },
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    ticket: String,
    code: String,
    redirect_url: String,
}

pub(super) async fn accept(State(clerk): State<Clerk>, headers: HeaderMap, Form(given): Form<Given>) -> Response {
    let way = clerk.state().way(&given.ticket);
    let arrived = match way {
        Err(error) => return (StatusCode::BAD_REQUEST, over(error.1)).into_response(),
        Ok(Way::Ticket(_)) => clerk.take_ticket(&given.ticket).map(|ticket| Arrival {
            user: ticket.user,
            actor: ticket.actor,
            lasts_s: ticket.session_lasts_s,
            ..arrival(&headers)
        }),
        Ok(Way::Invitation(invitation)) => {
            let found = clerk.state().users.iter().find(|user| user.email == invitation.email).cloned();
            let Some(user) = found else { return ask(&clerk, &given.redirect_url, &given.ticket) };
            let allowed = user.may_come_in().map_err(Refusal::Person);
            if allowed.is_ok() && !clerk.has_right_code(&user.id, &given.code) {
                return again(&clerk, &given);
            }
            allowed.map(|()| {
                clerk.accept(&invitation.id, &user.id);
                Arrival { second: user.totp.is_some(), user: user.id, ..arrival(&headers) }
            })
        }
    };
    let session = arrived.and_then(|arrival| clerk.arrive(&arrival).map_err(Refusal::Person));
    match session {
        Ok(session) => come_in(&clerk, &session, &way_on(&clerk, &given.redirect_url)),
        Err(Refusal::Ticket(error)) => (StatusCode::BAD_REQUEST, over(error.1)).into_response(),
        Err(Refusal::Person(error)) => (status(error), over(words(error))).into_response(),
    }
}

fn again(clerk: &Clerk, given: &Given) -> Response {
    match offer(clerk, &given.ticket) {
        Ok(Some(offer)) => {
            let text = "This code is not right. Try the next one.";
            let page = shown(&offer, &given.redirect_url, &given.ticket, Some(text));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Ok(None) | Err(_) => ask(clerk, &given.redirect_url, &given.ticket),
    }
}

fn way_on(clerk: &Clerk, wanted: &str) -> String {
    let known = if wanted.is_empty() { None } else { guard::way_back(clerk, wanted) };
    known.unwrap_or_else(|| format!("{}/", clerk.options.public_origin))
}
