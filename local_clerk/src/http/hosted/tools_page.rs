//! The page with the tools.

use super::layout::page;
use axum::response::Html;
use maud::{Markup, html};

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
                @if let Some(user) = user { (signed_in(&user)) }
                @else {
                    p .muted { "You are signed out." }
                    p { a .button href="/__clerk/hosted/sign-in?redirect_url=%2Fadmin" { "Sign in" } }
                }
                p .links { a href="/__clerk/hosted/mail" { "Mailbox" } }
            }
            @if !of_browser.is_empty() { (accounts(of_browser)) }
        },
    )
}

fn signed_in(user: &SignedIn) -> Markup {
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

fn accounts(accounts: &[Account]) -> Markup {
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
