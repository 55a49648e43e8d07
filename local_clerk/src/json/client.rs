//! The client, which is the browser with its sessions, as the Frontend API shows it.

use super::organizations::membership;
use super::sessions::{factor_verification_age, session, token};
use super::sign_ins::sign_in;
use super::sign_ups::sign_up;
use super::users::{public_user, user};
use crate::model::session::Session;
use crate::model::state::State;
use serde_json::{Value, json};

/// Mints the session token of a session.
pub(crate) type Mint<'a> = &'a dyn Fn(&State, &Session) -> String;

/// A session as its own browser sees it, with its user and a token.
pub(crate) fn own_session(state: &State, own: &Session, mint: Mint<'_>) -> Value {
    let mut object = session(own);
    let Some(owner) = state.user(&own.user) else { return object };
    object["user"] = own_user(state, &own.user);
    object["public_user_data"] = public_user(owner);
    object["factor_verification_age"] = factor_verification_age(own, state.now_ms);
    object["last_active_token"] = token(&mint(state, own));
    object
}

/// A user with their memberships, as they see themselves.
pub(crate) fn own_user(state: &State, id: &str) -> Value {
    let Some(found) = state.user(id) else { return Value::Null };
    let mut object = user(found);
    let memberships = state.memberships_of(id).filter_map(|found| state.membership_details(found));
    object["organization_memberships"] = memberships.map(|found| membership(&found)).collect::<Vec<_>>().into();
    object
}

pub(crate) fn client(state: &State, client: &str, mint: Mint<'_>) -> Value {
    let active = state.active_session(client);
    let sessions: Vec<_> = state.sessions_of_client(client).map(|found| own_session(state, found, mint)).collect();
    let at = active.map_or(state.now_ms, |session| session.updated_at);
    json!({
        "object": "client", "id": if client.is_empty() { "client_nobody" } else { client },
        "sessions": sessions, "sign_in": state.sign_ins.of_client(client).map(|found| sign_in(state, found)),
        "sign_up": state.sign_ups.of_client(client).map(|found| sign_up(found, state.now_ms)),
        "last_active_session_id": active.map(|session| session.id.as_str()), "cookie_expires_at": null,
        "captcha_bypass": true, "last_authentication_strategy": null, "created_at": at, "updated_at": at,
    })
}
