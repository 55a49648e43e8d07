//! The hosted pages: sign-in, sign-up, verification, organization chooser, mailbox and a few tools.
//! Plain forms without JavaScript. Links begin with `/__clerk`, the path of the application's
//! proxy.

mod mail;
mod organization;
mod page;
mod redirect;
mod sign_in;
mod sign_up;
mod ticket;
mod tools;

use crate::server::Clerk;
use axum::{Router, routing::get, routing::post};

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/hosted/style.css", get(page::style))
        .route("/hosted/", get(tools::show))
        .route("/hosted/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/hosted/verify", get(sign_in::show_verification).post(sign_in::submit_verification))
        .route("/hosted/sign-in/tasks", get(organization::show).post(organization::submit))
        .route("/hosted/sign-out", post(tools::sign_out))
        .route("/hosted/organization", post(organization::switch))
        .route("/hosted/mail", get(mail::list))
        .route("/hosted/sign-up", get(sign_up::show).post(sign_up::submit))
        .route("/hosted/sign-up/code", get(sign_up::show_code).post(sign_up::submit_code))
        .route("/hosted/ticket", post(ticket::submit))
        .route("/hosted/switch", post(tools::switch_account))
        .route("/hosted/age", post(tools::age_sign_in))
        .route("/hosted/end", post(tools::end_all_sessions))
}
