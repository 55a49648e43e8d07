//! The sign-in page, with the demo accounts.

use super::layout::{code_field, email_field, links, page, password_field, problem, redirect_field};
use super::redirect::{PageForm, redirect_signed_in};
use super::ticket;
use crate::model::seed::{DEMO, TOTP_SECRET};
use crate::model::{Browser, totp};
use crate::{clock::now_ms, http::answer::status, model::commands::sign_ins::sign_in_at_once, server::Clerk};
use axum::{Form, extract::Query, response::Html, response::IntoResponse, response::Response};
use maud::{Markup, html};

pub(super) async fn show(clerk: Clerk, Query(query): Query<PageForm>) -> Response {
    if query.__clerk_ticket.is_empty() {
        return sign_in_page(&query.redirect_url).into_response();
    }
    ticket::show(&clerk, &query.redirect_url, &query.__clerk_ticket)
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let credentials = (form.email.as_str(), form.password.as_str(), form.code.as_str());
    match clerk.commit(|state| sign_in_at_once(state, browser, credentials)).await {
        Ok(session) => redirect_signed_in(&clerk, &session, &form.redirect_url),
        Err(refused) => {
            let asks_code = refused.param == Some("code") || !form.code.is_empty();
            let is_first = asks_code && form.code.is_empty();
            let text = if is_first { "Enter the code from your authenticator app." } else { &refused.message };
            (status(&refused), with_form(&form, asks_code, Some(text))).into_response()
        }
    }
}

pub(super) fn sign_in_page(redirect_url: &str) -> Html<String> {
    let form = PageForm { redirect_url: redirect_url.to_owned(), ..PageForm::default() };
    with_form(&form, false, None)
}

fn with_form(form: &PageForm, asks_code: bool, error: Option<&str>) -> Html<String> {
    page(
        "Sign in",
        &html! {
            section .card {
                h1 { "Sign in" }
                p .muted { "to continue to your application" }
                form method="post" action="/__clerk/hosted/sign-in" {
                    (redirect_field(&form.redirect_url))
                    (email_field(&form.email, error.is_some()))
                    (password_field(error.is_some()))
                    @if asks_code { (code_field("Code", error.is_some())) }
                    (problem(error))
                    button { "Sign in" }
                }
                (links(&form.redirect_url, "sign-up", "Create an account"))
            }
            (demo_accounts())
        },
    )
}

fn demo_accounts() -> Markup {
    let code = totp::code(TOTP_SECRET, now_ms() / 1000).unwrap_or_default();
    html! {
        section .card aria-labelledby="demo" {
            h2 #demo { "Demo accounts" }
            dl {
                @for (name, email, password, description) in DEMO {
                    div {
                        dt { (name) span .muted { ", " (description) } }
                        dd {
                            code { (email) } " " code { (password) }
                            @if description.contains("app") { " " span .muted { "current code " } code { (code) } }
                        }
                    }
                }
            }
        }
    }
}
