//! The session that a sign-in starts, whatever proved who the user is.
//!
//! The browser gets a new client id, so that an id that was known before is worthless afterwards
//! (session fixation). Its other sessions move to the new id.

use super::{sessions::add_session, sessions::end_session, users::wrong_credentials};
use crate::json::events::session_event;
use crate::model::{Browser, Result, Session, State, Status};
use serde_json::Value;

/// A user who has proved who they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewSession {
    pub(crate) user: String,
    pub(crate) browser: Browser,
    /// Whether a second factor was verified too.
    pub(crate) second_factor: bool,
    /// The impersonator.
    pub(crate) actor: Option<Value>,
    /// Longest life of the session, where it differs from the default.
    pub(crate) lifetime_s: Option<i64>,
}

/// Starts a session. An older session of the same user in the same browser ends.
pub(crate) fn start_session(state: &mut State, new: &NewSession) -> Result<Session> {
    state.user(&new.user).ok_or_else(wrong_credentials)?.may_sign_in()?;
    let client = &new.browser.client;
    let is_replaced = |session: &&Session| session.user == new.user && session.actor == new.actor;
    let replaced: Vec<_> =
        state.sessions_of_client(client).filter(is_replaced).map(|session| session.id.clone()).collect();
    let newest = state.active_session(client).map_or(0, |session| session.chosen_at);
    let organization = state.organization_at_sign_in(&new.user);
    let added = add_session(state, &new.user, organization, new.browser.name);
    for other in state.sessions.iter_mut().filter(|other| !client.is_empty() && other.client == *client) {
        other.client.clone_from(&added.client);
    }
    let now_ms = state.now_ms;
    let session = state.session_mut(&added.id)?;
    session.chosen_at = now_ms.max(newest + 1);
    session.second_verified_at = new.second_factor.then_some(now_ms);
    session.actor.clone_from(&new.actor);
    session.ends_at = new.lifetime_s.map(|seconds| now_ms + seconds * 1000);
    let session = session.clone();
    for id in replaced {
        let _ = end_session(state, &id, Status::Ended);
    }
    state.events.extend(session_event(&session));
    Ok(session)
}
