//! The mailbox as a page: every mail, newest first, its code or link big enough to take.

use super::page::page;
use crate::mailbox::Mail;
use crate::{Clerk, now_ms};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

pub(super) async fn list(State(clerk): State<Clerk>) -> Response {
    let mails: Vec<_> = clerk.state().mails.iter().rev().cloned().collect();
    let content = html! {
        section .card {
            h1 { "Mailbox" }
            p .muted { "Mail to everybody. It is kept here; nothing leaves this machine." }
            @if mails.is_empty() { p { "No mail yet. Codes and invitations arrive here." } }
            p .links {
                a href="/__clerk/hosted/mail" { "Look again" }
                a href="/__clerk/hosted/sign-in" { "Sign in" }
            }
        }
        @for mail in &mails { (shown(mail)) }
    };
    ([(header::CACHE_CONTROL, "no-store")], page("Mailbox", &content)).into_response()
}

fn shown(mail: &Mail) -> Markup {
    html! {
        article .card .mail {
            h2 { (mail.subject) }
            p .muted .when { span { "to " (mail.to) } span { (age(now_ms() - mail.sent_at)) } }
            @if let Some(code) = &mail.code { code .code { (code) } }
            @if let Some(link) = &mail.link {
                a .button href=(link) { "Open the invitation" }
                code .link { (link) }
            }
        }
    }
}

fn age(passed_ms: i64) -> String {
    match passed_ms / 60_000 {
        0 => "just now".to_owned(),
        1 => "a minute ago".to_owned(),
        minutes @ 2..60 => format!("{minutes} minutes ago"),
        minutes @ 60..1440 => format!("{} h ago", minutes / 60),
        minutes => format!("{} d ago", minutes / 1440),
    }
}
