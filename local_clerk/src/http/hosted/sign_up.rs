//! Signing up on the hosted pages: the details, then the code from the mailbox. The link of an
//! invitation needs no code.

use super::page::{form_page, page, redirect_query};
use super::redirect::{PageForm, redirect_signed_in};
use crate::commands::sign_ups::{attempt_verification, create_sign_up, prepare_verification};
use crate::commands::tickets::{Resolved, resolve_ticket};
use crate::model::{Browser, Refused, SignUp, StepParams};
use crate::{http::cookies::append_cookies, http::extract::with_client_id, server::Clerk};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, extract::Query};
use serde_json::json;

pub(super) async fn show(clerk: Clerk, Query(query): Query<PageForm>) -> Response {
    let (redirect_url, ticket) = (query.redirect_url, query.__clerk_ticket);
    details_page(&clerk, &PageForm { redirect_url, ticket, ..PageForm::default() }, None)
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let browser = with_client_id(browser);
    let params = StepParams {
        strategy: if form.ticket.is_empty() { String::new() } else { "ticket".to_owned() },
        ticket: form.ticket.clone(),
        email_address: form.email.clone(),
        password: form.password.clone(),
        first_name: form.first_name.clone(),
        last_name: form.last_name.clone(),
        ..StepParams::default()
    };
    let step = StepParams { strategy: "email_code".to_owned(), ..StepParams::default() };
    let created = clerk.commit(|state| {
        let sign_up = create_sign_up(state, &browser, &params)?;
        if sign_up.details.verified { Ok(sign_up) } else { prepare_verification(state, sign_up, &step) }
    });
    match created.await {
        Ok(sign_up) => finished(&clerk, &sign_up, &form.redirect_url)
            .unwrap_or_else(|| to_code_page(&clerk, &browser.client, &form.redirect_url)),
        Err(refused) => details_page(&clerk, &form, Some(&refused)),
    }
}

fn finished(clerk: &Clerk, sign_up: &SignUp, redirect_url: &str) -> Option<Response> {
    let session = clerk.state().session(sign_up.session.as_ref()?)?.clone();
    Some(redirect_signed_in(clerk, &session, redirect_url))
}

/// The address is absolute, because proxies add their prefix to a path.
fn to_code_page(clerk: &Clerk, client: &str, redirect_url: &str) -> Response {
    let (origin, query) = (&clerk.options.public_origin, redirect_query(redirect_url));
    let target = format!("{origin}/__clerk/hosted/sign-up/code?{query}");
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response();
    append_cookies(response.headers_mut(), [clerk.client_cookie(client)]);
    response
}

pub(super) async fn show_code(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match clerk.state().sign_ups.get(&browser.client) {
        Some(sign_up) => code_page(&sign_up.details.draft.email, &query.redirect_url, None),
        None => expired_page(),
    }
}

pub(super) async fn submit_code(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some(sign_up) = clerk.state().sign_ups.get(&browser.client).cloned() else { return expired_page() };
    let (strategy, code) = ("email_code".to_owned(), form.code);
    let params = StepParams { strategy, code, ..StepParams::default() };
    let verified = clerk.commit(|state| {
        let found = state.sign_ups.find(&browser, &sign_up.id)?;
        attempt_verification(state, found, &params)
    });
    match verified.await {
        Ok(sign_up) => finished(&clerk, &sign_up, &form.redirect_url).unwrap_or_else(expired_page),
        Err(refused) => code_page(&sign_up.details.draft.email, &form.redirect_url, Some(&refused)),
    }
}

/// Shows the invited address of an invitation, which cannot be changed.
fn details_page(clerk: &Clerk, form: &PageForm, refused: Option<&Refused>) -> Response {
    let invited = match resolve_ticket(&clerk.state(), &form.ticket) {
        Ok(Resolved::Invitation(invitation)) => Some(invitation.email),
        Ok(Resolved::Ticket(_)) | Err(_) => None,
    };
    form_page("sign_up", json!({ "form": form, "invited": invited }), refused)
}

fn code_page(email: &str, redirect_url: &str, refused: Option<&Refused>) -> Response {
    form_page("sign_up_code", json!({ "email": email, "redirect_url": redirect_url }), refused)
}

/// The attempt took too long, or belongs to another browser.
fn expired_page() -> Response {
    page("sign_up_expired", json!({}))
}
