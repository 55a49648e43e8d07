//! The page that verifies again who a signed-in user is.

use super::layout::{code_field, page, password_field, problem, redirect_field};
use super::redirect::{PageForm, redirect, signed_in};
use super::sign_in::sign_in_page;
use crate::model::{Browser, Session};
use crate::{http::answer::status, model::commands::reverification::verify_all_factors, server::Clerk};
use axum::{Form, extract::Query, response::Html, response::IntoResponse, response::Response};
use maud::html;

fn has_second_factor(clerk: &Clerk, session: &Session) -> bool {
    clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some())
}

pub(super) async fn show(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Html<String> {
    match signed_in(&clerk, &browser.client) {
        Some((session, name)) => with_form(&query.redirect_url, &name, has_second_factor(&clerk, &session), None),
        None => sign_in_page(&query.redirect_url),
    }
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some((session, name)) = signed_in(&clerk, &browser.client) else {
        return sign_in_page(&form.redirect_url).into_response();
    };
    match clerk.commit(|state| verify_all_factors(state, &session, &form.password, &form.code)).await {
        Ok(session) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => {
            let asks_code = has_second_factor(&clerk, &session);
            let page = with_form(&form.redirect_url, &name, asks_code, Some(&refused.message));
            (status(&refused), page).into_response()
        }
    }
}

fn with_form(redirect_url: &str, name: &str, asks_code: bool, error: Option<&str>) -> Html<String> {
    page(
        "Confirm it's you",
        &html! {
            section .card {
                h1 { "Confirm it's you" }
                p .muted {
                    "You are signed in as " strong { (name) } ". Enter your password"
                    @if asks_code { " and the code from your authenticator app" }
                    " to continue."
                }
                form method="post" action="/__clerk/hosted/verify" {
                    (redirect_field(redirect_url))
                    (password_field(error.is_some()))
                    @if asks_code { (code_field("Code", error.is_some())) }
                    (problem(error))
                    button { "Confirm" }
                }
            }
        },
    )
}
