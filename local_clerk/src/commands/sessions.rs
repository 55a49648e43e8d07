//! Sessions: create without a browser, change, end; the active organization and the status.

use crate::json::{events::session_event, sessions::session as session_json};
use crate::model::{Browser, Refused, Result, Session, State, Status, ensure};
use crate::random::new_id;
use serde::Deserialize;
use serde_json::Value;

/// The parameters of a session that no browser has.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewSessionParams {
    user_id: String,
    active_organization_id: Option<String>,
}

/// Adds a session with a new client id and without an event.
pub(super) fn add_session(state: &mut State, user: &str, organization: Option<String>, name: &'static str) -> Session {
    let (client, status) = (new_id("client"), state.running_status(organization.as_deref()));
    let session = Session::new(&new_id("sess"), user, &Browser { client, name }, organization, state.now_ms);
    let session = Session { status, ..session };
    state.sessions.push(session.clone());
    session
}

/// Creates a session for the tests of an application, which take tokens from it.
pub(crate) fn create_session(state: &mut State, params: NewSessionParams) -> Result<Value> {
    let user = state.user(&params.user_id).ok_or_else(Refused::not_found)?.id.clone();
    let wanted = params.active_organization_id.filter(|organization| !organization.is_empty());
    let is_member = |organization: &String| state.membership(organization, &user).is_some();
    let text = "The user is not a member of the organization.";
    ensure(wanted.as_ref().is_none_or(is_member), Refused::invalid_value("active_organization_id", text))?;
    let organization = wanted.or_else(|| state.organization_at_sign_in(&user));
    let session = add_session(state, &user, organization, "Backend API");
    state.events.extend(session_event(&session));
    Ok(session_json(&session))
}

pub(crate) fn update_session(state: &mut State, id: &str, change: impl FnOnce(&mut Session, i64)) -> Result<Session> {
    let now_ms = state.now_ms;
    let session = state.session_mut(id)?;
    change(session, now_ms);
    Ok(session.clone())
}

/// Ends a session. An ended session keeps its status.
pub(crate) fn end_session(state: &mut State, id: &str, status: Status) -> Result<Session> {
    let now_ms = state.now_ms;
    let session = state.session_mut(id)?;
    let was_running = session.is_running(now_ms);
    if was_running {
        session.set_status(status, now_ms);
    }
    let session = session.clone();
    if was_running {
        state.events.extend(session_event(&session));
    }
    Ok(session)
}

/// Ends the running sessions of a user, except one.
pub(crate) fn end_sessions_of(state: &mut State, user: &str, except: Option<&str>, status: Status) -> Result<()> {
    let is_ended = |session: &&Session| session.user == user && Some(session.id.as_str()) != except;
    let ids: Vec<_> = state.sessions.iter().filter(is_ended).map(|session| session.id.clone()).collect();
    ids.iter().try_for_each(|id| end_session(state, id, status).map(|_| ()))
}

/// Ends every session of a browser.
pub(crate) fn end_sessions_of_client(state: &mut State, client: &str) -> Result<()> {
    let ids: Vec<_> = state.sessions_of_client(client).map(|session| session.id.clone()).collect();
    ids.iter().try_for_each(|id| end_session(state, id, Status::Ended).map(|_| ()))
}

/// Makes a session the active one of its browser.
pub(crate) fn select_session(state: &mut State, id: &str) -> Result<Session> {
    let client = state.session(id).ok_or_else(Refused::not_found)?.client.clone();
    let newest = state.active_session(&client).map_or(0, |active| active.chosen_at);
    update_session(state, id, |session, now_ms| session.chosen_at = now_ms.max(newest + 1))
}

/// Selects a session, and changes its active organization where one is given.
pub(crate) fn touch_session(state: &mut State, id: &str, organization: Option<&str>) -> Result<Session> {
    if let Some(organization) = organization {
        activate_organization(state, id, organization)?;
    }
    update_session(state, id, |session, now_ms| session.updated_at = now_ms.max(session.updated_at))?;
    select_session(state, id)
}

/// Makes an organization, named by its id or slug, the active one of a session. The user returns to
/// it at the next sign-in. An empty name is the personal account, which nobody has where membership
/// is required: the session then stays as it is (Clerk behaviour).
pub(crate) fn activate_organization(state: &mut State, session: &str, organization: &str) -> Result<()> {
    if organization.is_empty() && state.settings.membership_required {
        return Ok(());
    }
    let user = state.session(session).ok_or_else(Refused::not_found)?.user.clone();
    let found = state.organization(organization).map(|found| found.id.clone());
    let found = found.filter(|id| state.membership(id, &user).is_some());
    let text = "You are not a member of the organization.";
    let refused = Refused::new(404, "organization_not_found_or_unauthorized", text);
    ensure(found.is_some() || organization.is_empty(), refused)?;
    state.user_mut(&user)?.last_organization.clone_from(&found);
    update_session(state, session, |session, now_ms| {
        (session.organization, session.updated_at) = (found, now_ms.max(session.updated_at + 1));
    })?;
    Ok(())
}

/// Accepts a refresh token of a running session, and issues the next one.
pub(crate) fn refresh_session(state: &mut State, id: &str, refresh_token: &str) -> Result<(Session, String)> {
    let ended = || Refused::new(401, "session_refresh_session_ineligible", "The session has ended.");
    let session = state.running_session(id).cloned().ok_or_else(ended)?;
    let next = state.refresh_tokens.rotate(refresh_token, id, state.now_ms)?;
    Ok((session, next))
}

/// Makes the verification of a session so many minutes old.
pub(crate) fn age_verification(state: &mut State, id: &str, minutes: i64) -> Result<Session> {
    update_session(state, id, |session, now_ms| {
        session.verified_at = now_ms - minutes * 60_000;
        session.second_verified_at = session.second_verified_at.map(|_| session.verified_at);
    })
}

/// Sets the status of every running session: expired, pending or active. A session loses an active
/// organization that its user has left. Runs at the end of every command.
pub(crate) fn update_session_statuses(state: &mut State) {
    let now_ms = state.now_ms;
    let mut sessions = std::mem::take(&mut state.sessions);
    for session in sessions.iter_mut().filter(|session| session.status.is_running()) {
        if !session.is_running(now_ms) {
            session.set_status(Status::Expired, now_ms);
            continue;
        }
        session.organization.take_if(|organization| state.membership(organization, &session.user).is_none());
        let status = state.running_status(session.organization.as_deref());
        if session.status != status {
            session.set_status(status, now_ms);
            state.events.extend(session_event(session));
        }
    }
    state.sessions = sessions;
}
