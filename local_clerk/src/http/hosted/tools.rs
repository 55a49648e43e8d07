//! Tools for development: switch accounts, age the sign-in, end sessions.

use super::page::page;
use super::redirect::{PageForm, redirect, redirect_to_page};
use crate::commands::sessions::{age_verification, end_session, end_sessions_of, select_session};
use crate::model::{Browser, Result, Session, State, Status};
use crate::server::Clerk;
use axum::{Form, response::Response};
use serde_json::{Value, json};

pub(super) async fn show(clerk: Clerk, browser: Browser) -> Response {
    let state = clerk.state();
    let active = state.active_session(&browser.client);
    let is_active = |session: &Session| active.is_some_and(|active| active.id == session.id);
    let accounts = state.sessions_of_client(&browser.client).filter_map(|session| {
        let user = state.user(&session.user)?;
        let actor = session.actor_id().map(|id| state.user(id).map_or_else(|| id.to_owned(), |user| user.name()));
        Some(json!({
            "session": session.id, "name": user.name(), "email": user.email, "actor": actor,
            "is_active": is_active(session),
        }))
    });
    let accounts: Vec<_> = accounts.collect();
    page("tools", json!({ "user": active.and_then(|session| signed_in_user(&state, session)), "accounts": accounts }))
}

fn signed_in_user(state: &State, session: &Session) -> Option<Value> {
    let own = state.memberships_of(&session.user).filter_map(|found| state.organization(&found.organization));
    let is_active = |id: &String| session.organization.as_ref() == Some(id);
    let organizations: Vec<_> =
        own.map(|found| json!({ "id": found.id, "name": found.name, "is_active": is_active(&found.id) })).collect();
    Some(json!({
        "name": state.user(&session.user)?.display_name(), "minutes": (state.now_ms - session.verified_at) / 60_000,
        "is_pending": session.status == Status::Pending, "organizations": organizations,
    }))
}

/// Selects another account of this browser.
pub(super) async fn switch_account(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Result<Response> {
    if let Some(session) = clerk.session_of_client(&browser.client, &form.session) {
        clerk.commit(|state| select_session(state, &session.id)).await?;
    }
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Changes the active session of the browser, if it has one.
async fn change<T>(clerk: &Clerk, browser: &Browser, command: fn(&mut State, &Session) -> Result<T>) -> Result<()> {
    if let Some(session) = clerk.active_session(&browser.client) {
        clerk.commit(|state| command(state, &session)).await?;
    }
    Ok(())
}

/// Makes the sign-in ten minutes older, so that reverification can be tried without waiting.
pub(super) async fn age_sign_in(clerk: Clerk, browser: Browser) -> Result<Response> {
    change(&clerk, &browser, |state, session| age_verification(state, &session.id, 10)).await?;
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Ends all sessions of the user, in every browser.
pub(super) async fn end_all_sessions(clerk: Clerk, browser: Browser) -> Result<Response> {
    change(&clerk, &browser, |state, session| end_sessions_of(state, &session.user, None, Status::Ended)).await?;
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Ends the active session.
pub(super) async fn sign_out(clerk: Clerk, browser: Browser) -> Result<Response> {
    change(&clerk, &browser, |state, session| end_session(state, &session.id, Status::Ended)).await?;
    Ok(redirect(&clerk, &browser.client, ""))
}
