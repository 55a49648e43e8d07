//! Tools for development: switch accounts, age the sign-in, end sessions.

use super::redirect::{redirect, redirect_to_page, signed_in};
use super::tools_page::{Account, SignedIn, tools_page};
use crate::model::browser::Browser;
use crate::model::commands::sessions::{age_verification, end_session, end_sessions_of, select_session};
use crate::model::refused::Refused;
use crate::model::session::{Session, Status};
use crate::server::Clerk;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use serde::Deserialize;

pub(super) async fn show(State(clerk): State<Clerk>, browser: Browser) -> Html<String> {
    let user = signed_in(&clerk, &browser.client);
    let state = clerk.state();
    let user = user.map(|(session, name)| {
        let own = state.memberships_of(&session.user).filter_map(|found| state.organization(&found.organization));
        let is_active = |id: &String| session.organization.as_ref() == Some(id);
        SignedIn {
            name,
            minutes: (state.now_ms - session.verified_at) / 60_000,
            is_pending: session.status == Status::Pending,
            organizations: own.map(|found| (found.id.clone(), found.name.clone(), is_active(&found.id))).collect(),
        }
    });
    drop(state);
    tools_page(user, &accounts(&clerk, &browser.client))
}

fn accounts(clerk: &Clerk, client: &str) -> Vec<Account> {
    let state = clerk.state();
    let active = state.active_session(client).map(|session| session.id.clone());
    let account = |session: &Session| {
        let user = state.user(&session.user)?;
        let actor_name = |id: &str| state.user(id).map_or_else(|| id.to_owned(), |user| user.name());
        Some(Account {
            session: session.id.clone(),
            name: user.name(),
            email: user.email.clone(),
            actor: session.actor_id().map(actor_name),
            is_active: active.as_ref() == Some(&session.id),
        })
    };
    state.sessions_of_client(client).filter_map(account).collect()
}

#[derive(Deserialize)]
pub(super) struct SwitchForm {
    session: String,
}

/// Selects another account of this browser.
pub(super) async fn switch_account(
    State(clerk): State<Clerk>,
    browser: Browser,
    Form(form): Form<SwitchForm>,
) -> Result<Response, Refused> {
    if let Some(session) = clerk.session_of_client(&browser.client, &form.session) {
        clerk.commit(|state| select_session(state, &session.id)).await?;
    }
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

#[derive(Deserialize)]
pub(super) struct AgeQuery {
    #[serde(default = "ten")]
    minutes: i64,
}

fn ten() -> i64 {
    10
}

/// Makes the sign-in older, so that reverification can be tried without waiting.
pub(super) async fn age_sign_in(
    State(clerk): State<Clerk>,
    browser: Browser,
    Query(query): Query<AgeQuery>,
) -> Result<Response, Refused> {
    if let Some(session) = clerk.active_session(&browser.client) {
        clerk.commit(|state| age_verification(state, &session.id, query.minutes)).await?;
    }
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Ends all sessions of the user, in every browser.
pub(super) async fn end_all_sessions(State(clerk): State<Clerk>, browser: Browser) -> Result<Response, Refused> {
    if let Some(session) = clerk.active_session(&browser.client) {
        let end = clerk.commit(|state| {
            end_sessions_of(state, &session.user, None, Status::Ended);
            Ok(())
        });
        end.await?;
    }
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Ends the active session.
pub(super) async fn sign_out(State(clerk): State<Clerk>, browser: Browser) -> Result<Response, Refused> {
    if let Some(session) = clerk.active_session(&browser.client) {
        clerk.commit(|state| end_session(state, &session.id, Status::Ended)).await?;
    }
    Ok(redirect(&clerk, &browser.client, ""))
}
