//! The page of a link that signs a user in. Opening it shows whose link it is; only the button uses
//! it, so that no preview does.

use super::page::form_page;
use super::redirect::{PageForm, redirect_signed_in};
use crate::commands::tickets::{Resolved, resolve_ticket, sign_in_with_ticket};
use crate::model::{Browser, Refused, Result, State};
use crate::{http::extract::with_client_id, server::Clerk};
use axum::{Form, response::IntoResponse, response::Redirect, response::Response};
use serde_json::{Value, json};

/// The offer of a link. `None`: the invited person has no account yet.
fn offer(state: &State, token: &str) -> Result<Option<Value>> {
    let name_of = |id: &str| state.user(id).map_or_else(|| id.to_owned(), |user| user.name());
    Ok(match resolve_ticket(state, token)? {
        Resolved::Ticket(ticket) => {
            let actor = ticket.actor.as_ref().and_then(|actor| actor["sub"].as_str());
            let note = actor.map(|actor| format!("{} will impersonate this user.", name_of(actor)));
            let title = if note.is_some() { "Impersonate" } else { "Sign in" };
            Some(json!({ "title": title, "name": name_of(&ticket.user), "note": note, "asks_code": false }))
        }
        Resolved::Invitation(invitation) => state.user_by_email(&invitation.email).map(|user| {
            let organization = invitation.organization.as_deref().and_then(|id| state.organization(id));
            let note = organization.map(|organization| format!("You are invited to {}.", organization.name));
            let title = "Accept invitation";
            json!({ "title": title, "name": user.name(), "note": note, "asks_code": user.totp.is_some() })
        }),
    })
}

pub(super) fn show(clerk: &Clerk, redirect_url: &str, token: &str) -> Response {
    match offer(&clerk.state(), token) {
        Err(refused) => form_page("ticket_refused", json!({}), Some(&refused)),
        Ok(Some(offer)) => offer_page(offer, redirect_url, token, None),
        Ok(None) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            let query = query.append_pair("redirect_url", redirect_url).append_pair("__clerk_ticket", token).finish();
            // Proxies add their prefix to a path.
            Redirect::to(&format!("{}/__clerk/hosted/sign-up?{query}", clerk.options.public_origin)).into_response()
        }
    }
}

fn offer_page(mut offer: Value, redirect_url: &str, token: &str, refused: Option<&Refused>) -> Response {
    offer["redirect_url"] = redirect_url.into();
    offer["ticket"] = token.into();
    form_page("ticket", offer, refused)
}

pub(super) async fn submit(clerk: Clerk, browser: Browser, Form(form): Form<PageForm>) -> Response {
    let browser = with_client_id(browser);
    match clerk.commit(|state| sign_in_with_ticket(state, &browser, &form.ticket, &form.code)).await {
        Ok(Some(session)) => redirect_signed_in(&clerk, &session, &form.redirect_url),
        Ok(None) => show(&clerk, &form.redirect_url, &form.ticket),
        Err(refused) => match offer(&clerk.state(), &form.ticket) {
            Ok(Some(offer)) if refused.param == Some("code") => {
                offer_page(offer, &form.redirect_url, &form.ticket, Some(&refused))
            }
            _ => form_page("ticket_refused", json!({}), Some(&refused)),
        },
    }
}
