//! The mailbox: every email, newest first.

use super::page::page;
use crate::{clock::now_ms, server::Clerk};
use axum::{http::header, response::IntoResponse};
use serde_json::json;

pub(super) async fn list(clerk: Clerk) -> impl IntoResponse {
    let mails: Vec<_> =
        clerk.state().mails.iter().rev().map(|mail| json!([mail, age(now_ms() - mail.sent_at)])).collect();
    ([(header::CACHE_CONTROL, "no-store")], page("mail", json!({ "mails": mails })))
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
