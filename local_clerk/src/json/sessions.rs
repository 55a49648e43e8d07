//! Sessions, their reverification, and the client: the browser with its sessions, as the Frontend
//! API shows it.

use super::organizations::membership;
use super::sign_ins::{code_sent, first_factors, second_factors, sign_in, sign_up, verified};
use super::users::{public_user, user};
use crate::model::{Reverification, Session, State, Status, Ticket};
use serde_json::{Value, json};

const ABANDONED_AFTER_MS: i64 = 30 * 86_400_000;

/// A session as the Backend API and webhooks show it.
pub(crate) fn session(session: &Session) -> Value {
    json!({
        "object": "session", "id": session.id, "client_id": session.client, "user_id": session.user,
        "status": session.status, "last_active_organization_id": session.organization,
        "last_active_at": session.updated_at, "created_at": session.created_at, "updated_at": session.updated_at,
        "expire_at": session.expires_at(), "abandon_at": session.created_at + ABANDONED_AFTER_MS,
        "actor": session.actor, "tasks": tasks(session.status),
        "latest_activity": {
            "object": "session_activity", "id": "", "browser_name": session.browser, "device_type": "Linux",
            "is_mobile": false,
        },
    })
}

/// The tasks that keep the session from being active.
fn tasks(status: Status) -> Value {
    match status {
        Status::Pending => json!([{ "key": "choose-organization" }]),
        Status::Active => Value::Null,
        Status::Ended | Status::Revoked | Status::Expired => json!([]),
    }
}

/// Claim `fva`: minutes since each factor was verified, -1 for never.
pub(crate) fn factor_verification_age(session: &Session, now_ms: i64) -> Value {
    let second = session.second_verified_at.map_or(-1, |at| (now_ms - at) / 60_000);
    json!([(now_ms - session.verified_at) / 60_000, second])
}

pub(crate) fn token(jwt: &str) -> Value {
    json!({ "object": "token", "jwt": jwt })
}

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
    object["organization_memberships"] = state.memberships_of(id).map(|found| membership(state, found)).collect();
    object
}

pub(crate) fn client(state: &State, client: &str, mint: Mint<'_>) -> Value {
    let active = state.active_session(client);
    let sessions: Vec<_> = state.sessions_of_client(client).map(|found| own_session(state, found, mint)).collect();
    let at = active.map_or(state.now_ms, |session| session.updated_at);
    json!({
        "object": "client", "id": if client.is_empty() { "client_nobody" } else { client }, "sessions": sessions,
        "sign_in": state.sign_ins.get(client).map(|found| sign_in(state, found)),
        "sign_up": state.sign_ups.get(client).map(|found| sign_up(state, found)),
        "last_active_session_id": active.map(|session| session.id.as_str()), "cookie_expires_at": null,
        "captcha_bypass": true, "last_authentication_strategy": null, "created_at": at, "updated_at": at,
    })
}

pub(crate) fn reverification(state: &State, current: &Reverification, mint: Mint<'_>) -> Value {
    let user = state.user(&current.session.user);
    let has_second = user.is_some_and(|user| user.totp.is_some());
    let first = match (current.status, &current.code_sent) {
        (_, Some(strategy)) => code_sent(strategy, state.now_ms),
        ("needs_first_factor", None) => Value::Null,
        (_, None) => verified("password"),
    };
    json!({
        "object": "session_reverification", "status": current.status, "level": current.level,
        "session": own_session(state, &current.session, mint),
        "supported_first_factors": user.map(|user| first_factors(user, false)).unwrap_or_default(),
        "supported_second_factors": if has_second { second_factors() } else { Value::Null },
        "first_factor_verification": first, "second_factor_verification": null,
    })
}

/// A sign-in token or an actor token. Only the answer that creates it shows its token.
pub(crate) fn ticket(ticket: &Ticket) -> Value {
    let kind = if ticket.actor.is_some() { "actor_token" } else { "sign_in_token" };
    json!({
        "object": kind, "id": ticket.id, "status": ticket.status, "user_id": ticket.user, "actor": ticket.actor,
        "token": null, "url": null, "created_at": ticket.created_at, "updated_at": ticket.updated_at,
    })
}
