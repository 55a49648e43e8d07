//! The hosted pages: sign in, prove who you are, and a few tools for trying things. Plain forms that need no JavaScript.
//!
//! They are reached through the application's proxy, so every link and form begins with `/__clerk`.

mod mail;
mod organization;
mod page;
mod sign_up;
mod ticket;

use crate::arrivals::Arrival;
use crate::session::client as client_of;
use crate::state::{PasswordError, Session, Status};
use crate::{Clerk, guard, now_ms};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/hosted/style.css", get(style))
        .route("/hosted/", get(tools))
        .route("/hosted/sign-in", get(ask).post(sign_in))
        .route("/hosted/verify", get(ask_again).post(verify))
        .route("/hosted/sign-in/tasks", get(organization::ask).post(organization::choose))
        .route("/hosted/sign-out", post(sign_out))
        .route("/hosted/organization", post(organization::switch))
        .route("/hosted/mail", get(mail::list))
        .route("/hosted/sign-up", get(sign_up::ask).post(sign_up::begin))
        .route("/hosted/sign-up/code", get(sign_up::ask_code).post(sign_up::finish))
        .route("/hosted/ticket", post(ticket::accept))
        .route("/hosted/switch", post(switch_account))
        .route("/hosted/age", post(age))
        .route("/hosted/end", post(end))
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")],
        include_str!("hosted/style.css"),
    )
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    redirect_url: String,
    #[serde(default)]
    __clerk_ticket: String,
}

#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    /// Of an authenticator app, for those who have one.
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_url: String,
}

async fn ask(State(clerk): State<Clerk>, Query(wanted): Query<Wanted>) -> Response {
    if !wanted.__clerk_ticket.is_empty() {
        return ticket::ask(&clerk, &wanted.redirect_url, &wanted.__clerk_ticket);
    }
    page::sign_in(&wanted.redirect_url, "", false, None).into_response()
}

async fn sign_in(State(clerk): State<Clerk>, headers: HeaderMap, Form(given): Form<Credentials>) -> Response {
    let checked = clerk.state().check_password(&given.email, &given.password, now_ms());
    match checked {
        Err(error) => {
            (status(error), page::sign_in(&given.redirect_url, &given.email, false, Some(words(error)))).into_response()
        }
        Ok(user) if !clerk.has_right_code(&user, &given.code) => {
            let text = "This account asks for the code of its authenticator app too.";
            let page = page::sign_in(&given.redirect_url, &given.email, true, Some(text));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Ok(user) => {
            // The form asks for the code of everybody who has an authenticator app.
            let second = clerk.has_app(&user);
            let arrival = Arrival { user, second, ..arrival(&headers) };
            match clerk.arrive(&arrival) {
                Ok(session) => come_in(&clerk, &session, &given.redirect_url),
                Err(error) => {
                    let page = page::sign_in(&given.redirect_url, &given.email, false, Some(words(error)));
                    (status(error), page).into_response()
                }
            }
        }
    }
}

async fn ask_again(State(clerk): State<Clerk>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    match who(&clerk, &headers) {
        Some((session, name)) => {
            page::verify(&wanted.redirect_url, &name, clerk.has_app(&session.user), None).into_response()
        }
        None => page::sign_in(&wanted.redirect_url, "", false, None).into_response(),
    }
}

async fn verify(State(clerk): State<Clerk>, headers: HeaderMap, Form(given): Form<Credentials>) -> Response {
    let Some((session, name)) = who(&clerk, &headers) else {
        return page::sign_in(&given.redirect_url, "", false, None).into_response();
    };
    let with_code = clerk.has_app(&session.user);
    let again =
        |status, text| (status, page::verify(&given.redirect_url, &name, with_code, Some(text))).into_response();
    if !clerk.has_right_code(&session.user, &given.code) {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "This code is not right. Try the next one.");
    }
    match clerk.verify_again(&session.id, &given.password) {
        Ok(session) => {
            clerk.change_session(&session.id, |session, now_ms| {
                session.second_verified_at = with_code.then_some(now_ms);
            });
            go_on(&clerk, &session.client, &given.redirect_url, None)
        }
        Err(error) => again(status(error), words(error)),
    }
}

async fn tools(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    let signed_in = who(&clerk, &headers).map(|(session, name)| page::SignedIn {
        name,
        minutes: (now_ms() - session.verified_at) / 60_000,
        is_pending: session.status == Status::Pending,
        organizations: clerk.organizations_of(&session),
    });
    page::tools(signed_in, &clerk.accounts(client_of(&headers))).into_response()
}

#[derive(Deserialize)]
struct Choice {
    session: String,
}

/// Makes another account of this browser the active one.
async fn switch_account(State(clerk): State<Clerk>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    if let Some(session) = clerk.session_named(&headers, &choice.session) {
        clerk.choose(&session);
    }
    go_on(&clerk, client_of(&headers), &format!("{}/__clerk/hosted/", clerk.options.public_origin), None)
}

#[derive(Deserialize)]
struct Age {
    #[serde(default = "ten")]
    minutes: i64,
}

fn ten() -> i64 {
    10
}

/// Makes the sign-in older than it is, so that step-up can be tried without waiting.
async fn age(State(clerk): State<Clerk>, headers: HeaderMap, Query(age): Query<Age>) -> Response {
    let back = format!("{}/__clerk/hosted/", clerk.options.public_origin);
    if let Some((session, _)) = who(&clerk, &headers) {
        clerk.change_session(&session.id, |session, now_ms| {
            session.verified_at = now_ms - age.minutes.clamp(0, 100_000) * 60_000;
            session.second_verified_at = session.second_verified_at.map(|_| session.verified_at);
        });
        return go_on(&clerk, &session.client, &back, None);
    }
    go_on(&clerk, "", &back, None)
}

async fn end(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    if let Some((session, _)) = who(&clerk, &headers) {
        clerk.end_sessions_of(&session.user, None, Status::Ended);
    }
    go_on(&clerk, client_of(&headers), &format!("{}/__clerk/hosted/", clerk.options.public_origin), None)
}

/// Ends the session that this browser uses now, and leads home.
async fn sign_out(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    if let Some(session) = clerk.session(&headers) {
        clerk.end_session(&session.id, Status::Ended);
    }
    go_on(&clerk, client_of(&headers), "", None)
}

impl Clerk {
    /// Whether the user has an authenticator app.
    fn has_app(&self, user: &str) -> bool {
        self.state().user(user).is_some_and(|user| user.totp.is_some())
    }

    /// The accounts of a browser.
    fn accounts(&self, client: &str) -> Vec<page::Account> {
        let state = self.state();
        let active = state.session_of_client(client).map(|session| session.id.clone());
        let account = |session: &Session| {
            let actor = session.actor.as_ref().and_then(|actor| actor["sub"].as_str());
            Some(page::Account {
                session: session.id.clone(),
                name: state.user(&session.user)?.name(),
                email: state.user(&session.user)?.email.clone(),
                actor: actor.map(|id| state.user(id).map_or_else(|| id.to_owned(), crate::state::User::name)),
                is_active: active.as_ref() == Some(&session.id),
            })
        };
        state.sessions_of_client(client).filter_map(account).collect()
    }

    /// Whether the code fits, or none is asked for.
    fn has_right_code(&self, user: &str, code: &str) -> bool {
        !self.has_app(user) || self.check_code(user, code).is_ok()
    }
}

/// Whoever comes in by this request.
fn arrival(headers: &HeaderMap) -> Arrival {
    Arrival { client: client_of(headers).to_owned(), browser: browser(headers).to_owned(), ..Arrival::default() }
}

/// A pending session goes to its task first.
fn come_in(clerk: &Clerk, session: &Session, redirect_url: &str) -> Response {
    let is_pending = session.status == Status::Pending;
    let wanted = if is_pending { organization::task_page(redirect_url) } else { redirect_url.to_owned() };
    let client = format!("__client={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800", session.client);
    go_on(clerk, &session.client, &wanted, Some(client))
}

fn who(clerk: &Clerk, headers: &HeaderMap) -> Option<(Session, String)> {
    let session = clerk.session(headers)?;
    let state = clerk.state();
    let user = state.user(&session.user)?;
    Some((session, if user.name().is_empty() { user.email.clone() } else { user.name() }))
}

/// Sends the browser on with cookies that fit its session.
fn go_on(clerk: &Clerk, client: &str, wanted: &str, cookie: Option<String>) -> Response {
    let home = format!("{}/", clerk.options.public_origin);
    let back = if wanted.is_empty() { None } else { guard::way_back(clerk, wanted) };
    let location = HeaderValue::from_str(&back.unwrap_or(home)).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response();
    for cookie in clerk.directives(&clerk.state(), client, now_ms()).into_iter().chain(cookie) {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

pub(crate) fn browser(headers: &HeaderMap) -> &'static str {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["Firefox", "Edg", "Chrome", "Safari"]
        .into_iter()
        .find(|name| agent.contains(name))
        .map_or("A browser", |name| if name == "Edg" { "Edge" } else { name })
}

fn status(error: PasswordError) -> StatusCode {
    match error {
        PasswordError::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        PasswordError::Locked | PasswordError::Banned => StatusCode::FORBIDDEN,
        PasswordError::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

fn words(error: PasswordError) -> &'static str {
    match error {
        PasswordError::Wrong => "Email and password do not fit. The demo accounts stand below.",
        PasswordError::Locked => "This account is locked.",
        PasswordError::Banned => "This account is banned.",
        PasswordError::TooMany => "Too many attempts. Try again in a minute.",
    }
}
