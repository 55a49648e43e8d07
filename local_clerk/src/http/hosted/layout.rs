//! The frame and the common parts of the hosted pages.
//!
//! The templates escape everything. Bidirectional control characters are removed, because a name
//! with one could reverse the text beside it.

use axum::{http::header, response::Html, response::IntoResponse};
use maud::{DOCTYPE, Markup, html};

pub(super) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")],
        include_str!("style.css"),
    )
}

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
                footer {
                    p { "Local Clerk for development. Never part of a release. " a href="/__clerk/hosted/" { "Tools" } }
                }
            }
        }
    };
    Html(page.into_string().chars().filter(|character| !is_bidi_control(*character)).collect())
}

/// Unicode property `Bidi_Control`.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The place of an error message.
pub(super) fn problem(text: Option<&str>) -> Markup {
    html! { p #problem .problem role="alert" { @if let Some(text) = text { (text) } } }
}

pub(super) fn redirect_field(redirect_url: &str) -> Markup {
    html! { input type="hidden" name="redirect_url" value=(redirect_url); }
}

pub(super) fn email_field(email: &str, is_invalid: bool) -> Markup {
    html! {
        label for="email" { "Email" }
        input #email type="email" name="email" value=(email) autocomplete="username" required
            aria-invalid=[is_invalid.then_some("true")] aria-describedby="problem";
    }
}

pub(super) fn password_field(is_invalid: bool) -> Markup {
    html! {
        label for="password" { "Password" }
        input #password type="password" name="password" autocomplete="current-password" required
            aria-invalid=[is_invalid.then_some("true")] aria-describedby="problem";
    }
}

pub(super) fn code_field(label: &str, is_invalid: bool) -> Markup {
    html! {
        label for="code" { (label) }
        input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" required
            aria-invalid=[is_invalid.then_some("true")] aria-describedby="problem";
    }
}

/// The query with the page to return to.
pub(super) fn redirect_query(redirect_url: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_url", redirect_url).finish()
}

/// A link to another hosted page with the same return URL, and a link to the mailbox.
pub(super) fn links(redirect_url: &str, page: &str, text: &str) -> Markup {
    html! {
        p .links {
            a href={ "/__clerk/hosted/" (page) "?" (redirect_query(redirect_url)) } { (text) }
            a href="/__clerk/hosted/mail" { "Mailbox" }
        }
    }
}
