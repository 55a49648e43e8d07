//! How the hosted pages look. Everything from outside is escaped by the template, and loses the characters that change the
//! direction of text: a name with one would turn what stands beside it.

use crate::seed::{DEMO, TOTP_SECRET};
use crate::totp;
use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

pub(super) fn page(title: &str, content: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – local Clerk" }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/__clerk/hosted/style.css";
            }
            body {
                main { (content) }
                footer { p { "The local Clerk stands in for a real one while you develop. It is never part of a release. " a href="/__clerk/hosted/" { "Its tools" } } }
            }
        }
    };
    Html(page.into_string().chars().filter(|character| !is_bidi_control(*character)).collect())
}

/// Unicode property `Bidi_Control`.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn problem(text: Option<&str>) -> Markup {
    html! { p #problem .problem role="alert" { @if let Some(text) = text { (text) } } }
}

fn password(error: Option<&str>) -> Markup {
    html! {
        label for="password" { "Password" }
        input #password type="password" name="password" autocomplete="current-password" required
            aria-invalid=[error.map(|_| "true")] aria-describedby="problem";
    }
}

fn code_field() -> Markup {
    html! {
        label for="code" { "Code" }
        input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required aria-describedby="problem";
    }
}

pub(super) fn sign_in(redirect_url: &str, email: &str, with_code: bool, error: Option<&str>) -> Html<String> {
    let code = totp::code(TOTP_SECRET, crate::now_ms() / 1000).unwrap_or_default();
    page(
        "Sign in",
        &html! {
            section .card {
                h1 { "Sign in" }
                p .muted { "to go on to your application" }
                form method="post" action="/__clerk/hosted/sign-in" {
                    input type="hidden" name="redirect_url" value=(redirect_url);
                    label for="email" { "Email" }
                    input #email type="email" name="email" value=(email) autocomplete="username" required
                        aria-invalid=[error.map(|_| "true")] aria-describedby="problem";
                    (password(error))
                    @if with_code { (code_field()) }
                    (problem(error))
                    button { "Sign in" }
                }
                (elsewhere(redirect_url, "sign-up", "Create an account"))
            }
            section .card aria-labelledby="demo" {
                h2 #demo { "Demo accounts" }
                dl {
                    @for (name, email, password, role) in DEMO {
                        div {
                            dt { (name) span .muted { ", " (role) } }
                            dd {
                                code { (email) } " " code { (password) }
                                @if role.contains("app") { " " span .muted { "code now " } code { (code) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

pub(super) fn verify(redirect_url: &str, name: &str, with_code: bool, error: Option<&str>) -> Html<String> {
    page(
        "Confirm it's you",
        &html! {
            section .card {
                h1 { "Confirm it's you" }
                p .muted { "You are signed in as " strong { (name) } ". What you want to do needs your password" @if with_code { " and the code of your authenticator app" } " once more." }
                form method="post" action="/__clerk/hosted/verify" {
                    input type="hidden" name="redirect_url" value=(redirect_url);
                    (password(error))
                    @if with_code { (code_field()) }
                    (problem(error))
                    button { "Confirm" }
                }
            }
        },
    )
}

/// What the tools tell of whoever is signed in.
pub(super) struct SignedIn {
    pub(super) name: String,
    /// Age of the last proof.
    pub(super) minutes: i64,
    /// Whether an organization is still to be chosen.
    pub(super) is_pending: bool,
    /// Id, name, and whether it is the active one.
    pub(super) organizations: Vec<(String, String, bool)>,
}

/// The other ways from here: to the page that does the opposite, and to the mailbox.
pub(super) fn elsewhere(redirect_url: &str, page: &str, text: &str) -> Markup {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_url", redirect_url).finish();
    html! {
        p .links {
            a href={ "/__clerk/hosted/" (page) "?" (query) } { (text) }
            a href="/__clerk/hosted/mail" { "Mailbox" }
        }
    }
}

/// What was under way took too long, or belongs to another browser.
pub(super) fn gone() -> Html<String> {
    page(
        "Too late",
        &html! {
            section .card {
                h1 { "This took too long" }
                p { "What you had begun is over. Begin again." }
                p .links { a href="/__clerk/hosted/sign-up" { "Create an account" } a href="/__clerk/hosted/sign-in" { "Sign in" } }
            }
        },
    )
}

/// A session of the browser, for people.
pub(super) struct Account {
    pub(super) session: String,
    pub(super) name: String,
    pub(super) email: String,
    /// Who acts in this name.
    pub(super) actor: Option<String>,
    pub(super) is_active: bool,
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

pub(super) fn tools(session: Option<SignedIn>, of_browser: &[Account]) -> Html<String> {
    page(
        "Tools",
        &html! {
            section .card {
                h1 { "Local Clerk" }
                @match session {
                    None => {
                        p .muted { "Nobody is signed in in this browser." }
                        p { a .button href="/__clerk/hosted/sign-in?redirect_url=%2Fadmin" { "Sign in" } }
                    }
                    Some(SignedIn { name, minutes, is_pending, organizations }) => {
                        p { "Signed in as " strong { (name) } ", confirmed " (minutes) " minutes ago." }
                        @if is_pending {
                            p { a .button href="/__clerk/hosted/sign-in/tasks?redirect_url=%2Fadmin" { "Choose an organization" } }
                        } @else if organizations.len() > 1 {
                            form method="post" action="/__clerk/hosted/organization" {
                                @for (id, name, active) in organizations {
                                    @if active { p .muted { "You act for " strong { (name) } "." } }
                                    @else { button .quiet name="organization" value=(id) { "Switch to " (name) } }
                                }
                            }
                        }
                        form method="post" action="/__clerk/hosted/age?minutes=10" { button { "Make my sign-in 10 minutes old" } }
                        form method="post" action="/__clerk/hosted/end" { button .quiet { "End all my sessions" } }
                        p { a href="/admin" { "Back to the dashboard" } }
                    }
                }
                p .links { a href="/__clerk/hosted/mail" { "Mailbox" } }
            }
            @if !of_browser.is_empty() { (accounts(of_browser)) }
        },
    )
}
