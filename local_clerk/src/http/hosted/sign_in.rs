//! The sign-in page, with the demo accounts; and the page that verifies again who a signed-in user
//! is.

use super::redirect::{PageForm, redirect, redirect_signed_in, signed_in};
use super::{page::page, ticket};
use crate::commands::{reverification::verify_all_factors, sign_ins::sign_in_at_once};
use crate::model::seed::{DemoAccount, demo_accounts};
use crate::model::{Browser, Session, totp};
use crate::{clock::now_ms, http::answer::status, server::Clerk};
use axum::{Form, extract::Query, response::IntoResponse, response::Response};
use serde_json::json;

pub(super) async fn show(clerk: Clerk, Query(query): Query<PageForm>) -> Response {
    if query.__clerk_ticket.is_empty() {
        return sign_in_page(&query.redirect_url);
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

pub(super) fn sign_in_page(redirect_url: &str) -> Response {
    let form = PageForm { redirect_url: redirect_url.to_owned(), ..PageForm::default() };
    with_form(&form, false, None)
}

fn with_form(form: &PageForm, asks_code: bool, error: Option<&str>) -> Response {
    let current_code = |account: &DemoAccount| totp::code(account.totp.as_ref()?, now_ms() / 1000);
    let accounts: Vec<_> = demo_accounts().iter().map(|account| json!([account, current_code(account)])).collect();
    page("sign_in", json!({ "form": form, "asks_code": asks_code, "error": error, "accounts": accounts }))
}

pub(super) async fn show_verification(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match signed_in(&clerk, &browser.client) {
        Some((session, name)) => verification_page(&clerk, &query.redirect_url, &session, &name, None),
        None => sign_in_page(&query.redirect_url),
    }
}

pub(super) async fn submit_verification(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some((session, name)) = signed_in(&clerk, &browser.client) else { return sign_in_page(&form.redirect_url) };
    match clerk.commit(|state| verify_all_factors(state, &session, &form.password, &form.code)).await {
        Ok(session) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => {
            let page = verification_page(&clerk, &form.redirect_url, &session, &name, Some(&refused.message));
            (status(&refused), page).into_response()
        }
    }
}

fn verification_page(
    clerk: &Clerk,
    redirect_url: &str,
    session: &Session,
    name: &str,
    error: Option<&str>,
) -> Response {
    let asks_code = clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some());
    let values = json!({ "redirect_url": redirect_url, "name": name, "asks_code": asks_code, "error": error });
    page("verify", values)
}
