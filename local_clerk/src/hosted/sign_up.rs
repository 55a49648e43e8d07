//! Signing up without JavaScript: who, then the code from the mailbox. The link of an invitation spares the code.
#![expect(clippy::result_large_err, reason = "a refusal is an answer")]

use super::page::{elsewhere, page, problem};
use super::{Wanted, browser, come_in};
use crate::session::client as client_of;
use crate::sign_up::{Given, SignUp};
use crate::{Clerk, identity};
use axum::Form;
use axum::body::to_bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    first_name: String,
    last_name: String,
    email: String,
    password: String,
    ticket: String,
    redirect_url: String,
}

pub(super) async fn ask(State(clerk): State<Clerk>, Query(wanted): Query<Wanted>) -> Response {
    let (redirect_url, ticket) = (wanted.redirect_url, wanted.__clerk_ticket);
    form(&clerk, &Filled { redirect_url, ticket, ..Filled::default() }, None).into_response()
}

/// The address that an invitation went to.
fn invited(clerk: &Clerk, ticket: &str) -> Option<String> {
    match clerk.state().way(ticket) {
        Ok(crate::tickets::Way::Invitation(invitation)) => Some(invitation.email),
        Ok(crate::tickets::Way::Ticket(_)) | Err(_) => None,
    }
}

fn form(clerk: &Clerk, filled: &Filled, error: Option<&str>) -> Html<String> {
    let invited = invited(clerk, &filled.ticket);
    let invalid = error.map(|_| "true");
    page(
        "Create an account",
        &html! {
            section .card {
                h1 { "Create an account" }
                @if let Some(email) = &invited { p .muted { "You are invited as " strong { (email) } "." } }
                @else { p .muted { "A code goes to your address. It arrives in the mailbox of this Clerk." } }
                form method="post" action="/__clerk/hosted/sign-up" {
                    input type="hidden" name="redirect_url" value=(filled.redirect_url);
                    label for="first" { "First name " span .muted { "(optional)" } }
                    input #first type="text" name="first_name" value=(filled.first_name) autocomplete="given-name";
                    label for="last" { "Last name " span .muted { "(optional)" } }
                    input #last type="text" name="last_name" value=(filled.last_name) autocomplete="family-name";
                    @if invited.is_some() { input type="hidden" name="ticket" value=(filled.ticket); }
                    @else {
                        label for="email" { "Email" }
                        input #email type="email" name="email" value=(filled.email) autocomplete="username" required
                            aria-invalid=[invalid] aria-describedby="problem";
                    }
                    label for="password" { "Password " span .muted { "(at least 8 characters)" } }
                    input #password type="password" name="password" autocomplete="new-password" required
                        aria-invalid=[invalid] aria-describedby="problem";
                    (problem(error))
                    button { "Go on" }
                }
                (elsewhere(&filled.redirect_url, "sign-in", "I have an account"))
            }
        },
    )
}

pub(super) async fn begin(State(clerk): State<Clerk>, headers: HeaderMap, Form(filled): Form<Filled>) -> Response {
    let client = match client_of(&headers) {
        "" => format!("client_{}", identity::random_id()),
        known => known.to_owned(),
    };
    let given = Given {
        email_address: filled.email.clone(),
        password: filled.password.clone(),
        first_name: filled.first_name.clone(),
        last_name: filled.last_name.clone(),
        ..Given::default()
    };
    let mut sign_up = clerk.state().flows.begin_sign_up(&client);
    let ticket = if filled.ticket.is_empty() { Ok(()) } else { clerk.with_invitation(&mut sign_up, &filled.ticket) };
    let taken = ticket.and_then(|()| clerk.fill(&mut sign_up, &given));
    let sent = taken.and_then(|()| {
        if !sign_up.verified {
            clerk.send_code(&sign_up.id, "email_code", &sign_up.draft.email)?;
            sign_up.prepared = true;
        }
        clerk.finish(sign_up, browser(&headers))
    });
    match sent {
        Ok(sign_up) => match signed_in(&clerk, &sign_up, &filled.redirect_url) {
            Some(response) => response,
            None => to_code(&clerk, &client, &filled.redirect_url),
        },
        Err(refused) => {
            let (status, text) = words(refused).await;
            (status, form(&clerk, &filled, Some(&text))).into_response()
        }
    }
}

fn signed_in(clerk: &Clerk, sign_up: &SignUp, redirect_url: &str) -> Option<Response> {
    let id = sign_up.session.as_ref()?;
    let session = clerk.state().sessions.iter().find(|session| session.id == *id).cloned()?;
    Some(come_in(clerk, &session, redirect_url))
}

/// Proxies put their prefix before a path, so the address is absolute.
fn to_code(clerk: &Clerk, client: &str, redirect_url: &str) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_url", redirect_url).finish();
    let mut response = StatusCode::SEE_OTHER.into_response();
    let cookie = format!("__client={client}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800");
    let target = format!("{}/__clerk/hosted/sign-up/code?{query}", clerk.options.public_origin);
    for (name, text) in [(header::LOCATION, target), (header::SET_COOKIE, cookie)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The sentence of a refusal.
async fn words(refused: Response) -> (StatusCode, String) {
    let status = refused.status();
    let body = to_bytes(refused.into_body(), 64 * 1024).await.unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    (status, body["errors"][0]["message"].as_str().unwrap_or("That did not work.").to_owned())
}

pub(super) async fn ask_code(State(clerk): State<Clerk>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    match clerk.state().flows.sign_up(client_of(&headers)) {
        Some(sign_up) => code_page(&sign_up.draft.email, &wanted.redirect_url, None).into_response(),
        None => super::page::gone().into_response(),
    }
}

fn code_page(email: &str, redirect_url: &str, error: Option<&str>) -> Html<String> {
    page(
        "Your code",
        &html! {
            section .card {
                h1 { "Your code" }
                p .muted { "It went to " strong { (email) } ", which means: into the " a href="/__clerk/hosted/mail" target="_blank" { "mailbox" } "." }
                form method="post" action="/__clerk/hosted/sign-up/code" {
                    input type="hidden" name="redirect_url" value=(redirect_url);
                    label for="code" { "Code" }
                    input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required
                        aria-invalid=[error.map(|_| "true")] aria-describedby="problem";
                    (problem(error))
                    button { "Create my account" }
                }
                (elsewhere(redirect_url, "sign-up", "Begin again"))
            }
        },
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Code {
    code: String,
    redirect_url: String,
}

pub(super) async fn finish(State(clerk): State<Clerk>, headers: HeaderMap, Form(given): Form<Code>) -> Response {
    let Some(mut sign_up) = clerk.state().flows.sign_up(client_of(&headers)).cloned() else {
        return super::page::gone().into_response();
    };
    let email = sign_up.draft.email.clone();
    let taken = clerk.take_code(&sign_up.id, "email_code", &email, &given.code);
    let finished = taken.and_then(|()| {
        sign_up.verified = true;
        clerk.finish(sign_up, browser(&headers))
    });
    match finished {
        Ok(sign_up) => {
            signed_in(&clerk, &sign_up, &given.redirect_url).unwrap_or_else(|| super::page::gone().into_response())
        }
        Err(refused) => {
            let (status, text) = words(refused).await;
            (status, code_page(&email, &given.redirect_url, Some(&text))).into_response()
        }
    }
}
