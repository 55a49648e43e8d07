//! The sign-in page, with the demo accounts; and the page that verifies again who a signed-in user
//! is.

use super::redirect::{PageForm, SignedIn, redirect, redirect_signed_in, signed_in};
use super::{page::form_page, ticket};
use crate::commands::{reverification::verify_all_factors, sign_ins::sign_in_at_once};
use crate::model::seed::{DemoAccount, demo_accounts};
use crate::model::{Browser, Refused, totp};
use crate::{clock::now_ms, server::Clerk};
use axum::{Form, extract::Query, response::Response};
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
        Err(mut refused) => {
            let asks_code = refused.param == Some("code") || !form.code.is_empty();
            if asks_code && form.code.is_empty() {
                refused.message = "Enter the code from your authenticator app.".into();
            }
            with_form(&form, asks_code, Some(&refused))
        }
    }
}

pub(super) fn sign_in_page(redirect_url: &str) -> Response {
    let form = PageForm { redirect_url: redirect_url.to_owned(), ..PageForm::default() };
    with_form(&form, false, None)
}

fn with_form(form: &PageForm, asks_code: bool, refused: Option<&Refused>) -> Response {
    let current_code = |account: &DemoAccount| totp::code(account.totp.as_ref()?, now_ms() / 1000);
    let accounts: Vec<_> = demo_accounts().iter().map(|account| json!([account, current_code(account)])).collect();
    form_page("sign_in", json!({ "form": form, "asks_code": asks_code, "accounts": accounts }), refused)
}

pub(super) async fn show_verification(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match signed_in(&clerk, &browser.client) {
        Some(signed_in) => verification_page(&clerk, &query.redirect_url, &signed_in, None),
        None => sign_in_page(&query.redirect_url),
    }
}

pub(super) async fn submit_verification(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some(signed_in) = signed_in(&clerk, &browser.client) else { return sign_in_page(&form.redirect_url) };
    match clerk.commit(|state| verify_all_factors(state, &signed_in.0, &form.password, &form.code)).await {
        Ok(session) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => verification_page(&clerk, &form.redirect_url, &signed_in, Some(&refused)),
    }
}

fn verification_page(clerk: &Clerk, url: &str, (session, name): &SignedIn, refused: Option<&Refused>) -> Response {
    let asks_code = clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some());
    form_page("verify", json!({ "redirect_url": url, "name": name, "asks_code": asks_code }), refused)
}
