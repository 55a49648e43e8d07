//! The mailbox: every email, newest first.

use super::layout::page;
use crate::{clock::now_ms, model::Mail, server::Clerk};
use axum::{http::header, response::IntoResponse, response::Response};
use maud::{Markup, html};

pub(super) async fn list(clerk: Clerk) -> Response {
    let mails: Vec<_> = clerk.state().mails.iter().rev().cloned().collect();
    let content = html! {
        section .card {
            h1 { "Mailbox" }
            p .muted { "All emails of this instance. Nothing leaves this machine." }
            @if mails.is_empty() { p { "No emails yet. Verification codes and invitations appear here." } }
            p .links {
                a href="/__clerk/hosted/mail" { "Refresh" }
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
                a .button href=(link) { "View invitation" }
                code .link { (link) }
            }
        }
    }
}

fn age(passed_ms: i64) -> String {
    match passed_ms / 60_000 {
        0 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        minutes @ 2..60 => format!("{minutes} minutes ago"),
        minutes @ 60..1440 => format!("{} h ago", minutes / 60),
        minutes => format!("{} d ago", minutes / 1440),
    }
}
