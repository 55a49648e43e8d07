//! Signing up on the hosted pages: the details, then the code from the mailbox. The link of an
//! invitation needs no code.

use super::layout::{code_field, email_field, links, page, problem, redirect_field};
use super::redirect::{PageForm, redirect_signed_in};
use crate::http::cookies::{append_cookies, client_cookie};
use crate::model::commands::sign_ups::{attempt_verification, create_sign_up, prepare_verification};
use crate::model::commands::tickets::{Resolved, resolve_ticket};
use crate::model::{Browser, SignUp, SignUpParams};
use crate::{http::answer::status, http::extract::with_client_id, server::Clerk};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Form, extract::Query};
use maud::html;

pub(super) async fn show(clerk: Clerk, Query(query): Query<PageForm>) -> Html<String> {
    let (redirect_url, ticket) = (query.redirect_url, query.__clerk_ticket);
    let form = PageForm { redirect_url, ticket, ..PageForm::default() };
    details_page(&form, invited_email(&clerk, &form.ticket).as_deref(), None)
}

/// The address that an invitation was sent to.
fn invited_email(clerk: &Clerk, ticket: &str) -> Option<String> {
    match resolve_ticket(&clerk.state(), ticket) {
        Ok(Resolved::Invitation(invitation)) => Some(invitation.email),
        Ok(Resolved::Ticket(_)) | Err(_) => None,
    }
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let browser = with_client_id(browser);
    let params = SignUpParams {
        strategy: if form.ticket.is_empty() { String::new() } else { "ticket".to_owned() },
        ticket: form.ticket.clone(),
        email_address: form.email.clone(),
        password: form.password.clone(),
        first_name: form.first_name.clone(),
        last_name: form.last_name.clone(),
        code: String::new(),
    };
    let step = SignUpParams { strategy: "email_code".to_owned(), ..SignUpParams::default() };
    let created = clerk.commit(|state| {
        let sign_up = create_sign_up(state, &browser, &params)?;
        if sign_up.verified { Ok(sign_up) } else { prepare_verification(state, &browser, &sign_up.id, &step) }
    });
    match created.await {
        Ok(sign_up) => finished(&clerk, &sign_up, &form.redirect_url)
            .unwrap_or_else(|| to_code_page(&clerk, &browser.client, &form.redirect_url)),
        Err(refused) => {
            let invited = invited_email(&clerk, &form.ticket);
            (status(&refused), details_page(&form, invited.as_deref(), Some(&refused.message))).into_response()
        }
    }
}

fn finished(clerk: &Clerk, sign_up: &SignUp, redirect_url: &str) -> Option<Response> {
    let session = clerk.state().session(sign_up.session.as_ref()?)?.clone();
    Some(redirect_signed_in(clerk, &session, redirect_url))
}

/// The address is absolute, because proxies add their prefix to a path.
fn to_code_page(clerk: &Clerk, client: &str, redirect_url: &str) -> Response {
    let query = super::layout::redirect_query(redirect_url);
    let target = format!("{}/__clerk/hosted/sign-up/code?{query}", clerk.options.public_origin);
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response();
    append_cookies(response.headers_mut(), [client_cookie(client)]);
    response
}

pub(super) async fn show_code(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Html<String> {
    match clerk.state().sign_ups.of_client(&browser.client) {
        Some(sign_up) => code_page(&sign_up.draft.email, &query.redirect_url, None),
        None => expired_page(),
    }
}

pub(super) async fn submit_code(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some(sign_up) = clerk.state().sign_ups.of_client(&browser.client).cloned() else {
        return expired_page().into_response();
    };
    let (strategy, code) = ("email_code".to_owned(), form.code);
    let params = SignUpParams { strategy, code, ..SignUpParams::default() };
    match clerk.commit(|state| attempt_verification(state, &browser, &sign_up.id, &params)).await {
        Ok(sign_up) => finished(&clerk, &sign_up, &form.redirect_url).unwrap_or_else(|| expired_page().into_response()),
        Err(refused) => {
            let page = code_page(&sign_up.draft.email, &form.redirect_url, Some(&refused.message));
            (status(&refused), page).into_response()
        }
    }
}

/// `invited`: the address of an invitation.
pub(super) fn details_page(form: &PageForm, invited: Option<&str>, error: Option<&str>) -> Html<String> {
    page(
        "Create an account",
        &html! {
            section .card {
                h1 { "Create an account" }
                @if let Some(email) = invited { p .muted { "You are invited as " strong { (email) } "." } }
                @else { p .muted { "We send a verification code to your email address. See the mailbox." } }
                form method="post" action="/__clerk/hosted/sign-up" {
                    (redirect_field(&form.redirect_url))
                    label for="first" { "First name " span .muted { "(optional)" } }
                    input #first type="text" name="first_name" value=(form.first_name) autocomplete="given-name";
                    label for="last" { "Last name " span .muted { "(optional)" } }
                    input #last type="text" name="last_name" value=(form.last_name) autocomplete="family-name";
                    @if invited.is_some() { input type="hidden" name="ticket" value=(form.ticket); }
                    @else { (email_field(&form.email, error.is_some())) }
                    label for="password" { "Password " span .muted { "(at least 8 characters)" } }
                    input #password type="password" name="password" autocomplete="new-password" required
                        aria-invalid=[error.map(|_| "true")] aria-describedby="problem";
                    (problem(error))
                    button { "Continue" }
                }
                (links(&form.redirect_url, "sign-in", "I already have an account"))
            }
        },
    )
}

pub(super) fn code_page(email: &str, redirect_url: &str, error: Option<&str>) -> Html<String> {
    page(
        "Verify your email",
        &html! {
            section .card {
                h1 { "Verify your email" }
                p .muted {
                    "Enter the verification code sent to " strong { (email) } ". It is in the "
                    a href="/__clerk/hosted/mail" target="_blank" { "mailbox" } "."
                }
                form method="post" action="/__clerk/hosted/sign-up/code" {
                    (redirect_field(redirect_url))
                    (code_field("Verification code", error.is_some()))
                    (problem(error))
                    button { "Create account" }
                }
                (links(redirect_url, "sign-up", "Start over"))
            }
        },
    )
}

/// The attempt took too long, or belongs to another browser.
pub(super) fn expired_page() -> Html<String> {
    page(
        "Sign-up expired",
        &html! {
            section .card {
                h1 { "This sign-up has expired" }
                p { "Start over to create your account." }
                p .links {
                    a href="/__clerk/hosted/sign-up" { "Create an account" }
                    a href="/__clerk/hosted/sign-in" { "Sign in" }
                }
            }
        },
    )
}
