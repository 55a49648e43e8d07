//! The page that verifies again who a signed-in user is.

use super::redirect::{PageForm, redirect, signed_in};
use super::{page::page, sign_in::sign_in_page};
use crate::model::{Browser, Session};
use crate::{http::answer::status, model::commands::reverification::verify_all_factors, server::Clerk};
use axum::{Form, extract::Query, response::IntoResponse, response::Response};
use serde_json::json;

pub(super) async fn show(clerk: Clerk, browser: Browser, Query(query): Query<PageForm>) -> Response {
    match signed_in(&clerk, &browser.client) {
        Some((session, name)) => with_form(&clerk, &query.redirect_url, &session, &name, None),
        None => sign_in_page(&query.redirect_url),
    }
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let Some((session, name)) = signed_in(&clerk, &browser.client) else { return sign_in_page(&form.redirect_url) };
    match clerk.commit(|state| verify_all_factors(state, &session, &form.password, &form.code)).await {
        Ok(session) => redirect(&clerk, &session.client, &form.redirect_url),
        Err(refused) => {
            let page = with_form(&clerk, &form.redirect_url, &session, &name, Some(&refused.message));
            (status(&refused), page).into_response()
        }
    }
}

fn with_form(clerk: &Clerk, redirect_url: &str, session: &Session, name: &str, error: Option<&str>) -> Response {
    let asks_code = clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some());
    let values = json!({ "redirect_url": redirect_url, "name": name, "asks_code": asks_code, "error": error });
    page("verify", values)
}
