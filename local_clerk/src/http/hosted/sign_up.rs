//! Signing up on the hosted pages: the details, then the code from the mailbox. The link of an
//! invitation needs no code.

use super::redirect::{PageQuery, redirect_signed_in};
use super::sign_up_pages::{SignUpForm, code_page, details_page, expired_page};
use crate::http::answer::status;
use crate::http::browser::with_client_id;
use crate::http::cookies::{append_cookies, client_cookie};
use crate::model::browser::Browser;
use crate::model::commands::sign_ups::{attempt_verification, create_sign_up, prepare_verification};
use crate::model::commands::tickets::{Resolved, resolve_ticket};
use crate::model::sign_up::{SignUp, SignUpParams};
use crate::server::Clerk;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

pub(super) async fn show(State(clerk): State<Clerk>, Query(query): Query<PageQuery>) -> Html<String> {
    let (redirect_url, ticket) = (query.redirect_url, query.__clerk_ticket);
    let form = SignUpForm { redirect_url, ticket, ..SignUpForm::default() };
    details_page(&form, invited_email(&clerk, &form.ticket).as_deref(), None)
}

/// The address that an invitation was sent to.
fn invited_email(clerk: &Clerk, ticket: &str) -> Option<String> {
    match resolve_ticket(&clerk.state(), ticket) {
        Ok(Resolved::Invitation(invitation)) => Some(invitation.email),
        Ok(Resolved::Ticket(_)) | Err(_) => None,
    }
}

pub(super) async fn submit(State(clerk): State<Clerk>, browser: Browser, Form(form): Form<SignUpForm>) -> Response {
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
    let created = clerk.commit(|state| {
        let sign_up = create_sign_up(state, &browser, &params)?;
        if sign_up.verified { Ok(sign_up) } else { prepare_verification(state, &browser, &sign_up.id, "email_code") }
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

pub(super) async fn show_code(
    State(clerk): State<Clerk>,
    browser: Browser,
    Query(query): Query<PageQuery>,
) -> Html<String> {
    match clerk.state().sign_ups.of_client(&browser.client) {
        Some(sign_up) => code_page(&sign_up.draft.email, &query.redirect_url, None),
        None => expired_page(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
    redirect_url: String,
}

pub(super) async fn submit_code(State(clerk): State<Clerk>, browser: Browser, Form(form): Form<CodeForm>) -> Response {
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
