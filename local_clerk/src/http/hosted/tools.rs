//! Tools for development: switch accounts, age the sign-in, end sessions.

use super::{layout::page, redirect::PageForm, redirect::redirect, redirect::redirect_to_page, redirect::signed_in};
use crate::model::commands::sessions::{age_verification, end_session, end_sessions_of, select_session};
use crate::model::{Browser, Result, Session, Status};
use crate::server::Clerk;
use axum::{Form, extract::Query, response::Html, response::Response};
use maud::{Markup, html};
use serde::Deserialize;

pub(super) async fn show(clerk: Clerk, browser: Browser) -> Html<String> {
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

/// Selects another account of this browser.
pub(super) async fn switch_account(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Result<Response> {
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
pub(super) async fn age_sign_in(clerk: Clerk, browser: Browser, Query(query): Query<AgeQuery>) -> Result<Response> {
    if let Some(session) = clerk.active_session(&browser.client) {
        clerk.commit(|state| age_verification(state, &session.id, query.minutes)).await?;
    }
    Ok(redirect_to_page(&clerk, &browser.client, ""))
}

/// Ends all sessions of the user, in every browser.
pub(super) async fn end_all_sessions(clerk: Clerk, browser: Browser) -> Result<Response> {
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
pub(super) async fn sign_out(clerk: Clerk, browser: Browser) -> Result<Response> {
    if let Some(session) = clerk.active_session(&browser.client) {
        clerk.commit(|state| end_session(state, &session.id, Status::Ended)).await?;
    }
    Ok(redirect(&clerk, &browser.client, ""))
}

/// The signed-in user, as the page shows them.
pub(super) struct SignedIn {
    pub(super) name: String,
    /// Minutes since the last verification.
    pub(super) minutes: i64,
    pub(super) is_pending: bool,
    /// Id, name, and whether it is the active one.
    pub(super) organizations: Vec<(String, String, bool)>,
}

/// A session of the browser.
pub(super) struct Account {
    pub(super) session: String,
    pub(super) name: String,
    pub(super) email: String,
    /// Name of the impersonator.
    pub(super) actor: Option<String>,
    pub(super) is_active: bool,
}

pub(super) fn tools_page(user: Option<SignedIn>, of_browser: &[Account]) -> Html<String> {
    page(
        "Tools",
        &html! {
            section .card {
                h1 { "Local Clerk" }
                @if let Some(user) = user { (session_tools(&user)) }
                @else {
                    p .muted { "You are signed out." }
                    p { a .button href="/__clerk/hosted/sign-in?redirect_url=%2Fadmin" { "Sign in" } }
                }
                p .links { a href="/__clerk/hosted/mail" { "Mailbox" } }
            }
            @if !of_browser.is_empty() { (account_list(of_browser)) }
        },
    )
}

fn session_tools(user: &SignedIn) -> Markup {
    html! {
        p { "Signed in as " strong { (user.name) } ". Last verified " (user.minutes) " minutes ago." }
        @if user.is_pending {
            p { a .button href="/__clerk/hosted/sign-in/tasks?redirect_url=%2Fadmin" { "Choose an organization" } }
        } @else if user.organizations.len() > 1 {
            form method="post" action="/__clerk/hosted/organization" {
                @for (id, name, active) in &user.organizations {
                    @if *active { p .muted { "Active organization: " strong { (name) } } }
                    @else { button .quiet name="organization" value=(id) { "Switch to " (name) } }
                }
            }
        }
        form method="post" action="/__clerk/hosted/age?minutes=10" { button { "Make my sign-in 10 minutes older" } }
        form method="post" action="/__clerk/hosted/end" { button .quiet { "Sign out everywhere" } }
        p { a href="/admin" { "Back to the dashboard" } }
    }
}

fn account_list(accounts: &[Account]) -> Markup {
    html! {
        section .card aria-labelledby="accounts" {
            h2 #accounts { "Accounts in this browser" }
            ul .rows {
                @for account in accounts {
                    li {
                        div {
                            strong { @if account.name.is_empty() { (account.email) } @else { (account.name) } }
                            @if !account.name.is_empty() { p .muted { (account.email) } }
                            @if let Some(actor) = &account.actor { p .note { "Impersonated by " (actor) } }
                        }
                        @if account.is_active { span .muted { "active" } }
                        @else {
                            form method="post" action="/__clerk/hosted/switch" {
                                button .quiet name="session" value=(account.session) { "Switch" }
                            }
                        }
                    }
                }
            }
            p .links { a href="/__clerk/hosted/sign-in?redirect_url=%2F__clerk%2Fhosted%2F" { "Add an account" } }
        }
    }
}
