//! Signing up step by step: what is known, the code that proves the address, and the rest.
#![expect(clippy::result_large_err, reason = "a refusal is an answer")]

use super::{client_or_new, with_client};
use crate::hosted::browser;
use crate::session::client;
use crate::sign_up::{Given, SignUp};
use crate::tickets::Way;
use crate::{Clerk, answer};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

fn found(clerk: &Clerk, id: &str, headers: &HeaderMap) -> Option<SignUp> {
    clerk.state().flows.sign_up(client(headers)).filter(|found| found.id == id).cloned()
}

fn shown(clerk: &Clerk, sign_up: &SignUp) -> Response {
    with_client(clerk, &sign_up.client, &sign_up.object())
}

pub(super) async fn create(State(clerk): State<Clerk>, headers: HeaderMap, Form(given): Form<Given>) -> Response {
    let sign_up = clerk.state().flows.begin_sign_up(&client_or_new(&headers));
    go_on(&clerk, &headers, sign_up, &given)
}

pub(super) async fn change(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Response {
    match found(&clerk, &id, &headers) {
        Some(sign_up) => go_on(&clerk, &headers, sign_up, &given),
        None => answer::not_found(),
    }
}

pub(super) async fn current(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    found(&clerk, &id, &headers).map_or_else(answer::not_found, |sign_up| shown(&clerk, &sign_up))
}

fn go_on(clerk: &Clerk, headers: &HeaderMap, mut sign_up: SignUp, given: &Given) -> Response {
    let taken = if given.strategy == "ticket" && !given.ticket.is_empty() {
        clerk.with_invitation(&mut sign_up, &given.ticket)
    } else {
        Ok(())
    };
    match taken.and_then(|()| clerk.fill(&mut sign_up, given)).and_then(|()| clerk.finish(sign_up, browser(headers))) {
        Ok(sign_up) => shown(clerk, &sign_up),
        Err(refused) => refused,
    }
}

impl Clerk {
    /// The link of an invitation proves the address that it went to.
    pub(crate) fn with_invitation(&self, sign_up: &mut SignUp, ticket: &str) -> Result<(), Response> {
        let way = self.state().way(ticket);
        let invitation = match way.map_err(crate::tickets::TicketError::answer)? {
            Way::Invitation(invitation) => invitation,
            Way::Ticket(_) => {
                let text = "This link belongs to somebody who has an account: sign in with it.";
                return Err(answer::field_error("ticket_invalid_code", "ticket", text));
            }
        };
        self.refuse_known(&invitation.email)?;
        (sign_up.draft.email, sign_up.invitation, sign_up.verified) = (invitation.email, Some(invitation.id), true);
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Step {
    strategy: String,
    code: String,
}

pub(super) async fn prepare(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(mut sign_up) = found(&clerk, &id, &headers) else { return answer::not_found() };
    if step.strategy != "email_code" || sign_up.draft.email.is_empty() {
        return super::sign_ins::strategy_unknown();
    }
    if let Err(refused) = clerk.send_code(&sign_up.id, "email_code", &sign_up.draft.email) {
        return refused;
    }
    sign_up.prepared = true;
    clerk.state().flows.keep_sign_up(&sign_up);
    shown(&clerk, &sign_up)
}

pub(super) async fn attempt(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(mut sign_up) = found(&clerk, &id, &headers) else { return answer::not_found() };
    if step.strategy != "email_code" {
        return super::sign_ins::strategy_unknown();
    }
    if let Err(refused) = clerk.take_code(&sign_up.id, "email_code", &sign_up.draft.email, &step.code) {
        return refused;
    }
    sign_up.verified = true;
    match clerk.finish(sign_up, browser(&headers)) {
        Ok(sign_up) => shown(&clerk, &sign_up),
        Err(refused) => refused,
    }
}
