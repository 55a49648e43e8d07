//! How somebody comes in, whatever proved who they are: a new session beside those that the browser has, under a new name of the browser.
//!
//! A name that was known before is worth nothing after (session fixation), so the older sessions move to the new one.

use crate::state::{PasswordError, Session, State, Status, User};
use crate::{Clerk, identity, now_ms};
use serde_json::Value;

/// Somebody who has proved who they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrival {
    pub(crate) user: String,
    /// The browser's name until now; blank for none.
    pub(crate) client: String,
    pub(crate) browser: String,
    /// Whether a second factor was checked too.
    pub(crate) second: bool,
    /// Who comes in the user's name.
    pub(crate) actor: Option<Value>,
    /// The session's longest life, where that was asked for.
    pub(crate) lasts_s: Option<i64>,
}

impl User {
    /// Whoever is banned or locked does not come in, by no way at all.
    pub(crate) fn may_come_in(&self) -> Result<(), PasswordError> {
        match (self.banned, self.locked) {
            (true, _) => Err(PasswordError::Banned),
            (false, true) => Err(PasswordError::Locked),
            (false, false) => Ok(()),
        }
    }
}

impl State {
    /// The running sessions of a browser. Those of the seed belong to none, and neither does whoever comes without a name.
    pub(crate) fn sessions_of_client<'a>(&'a self, client: &str) -> impl Iterator<Item = &'a Session> + use<'a> {
        let (now_ms, client) = (now_ms(), client.to_owned());
        self.sessions
            .iter()
            .filter(move |session| !client.is_empty() && session.client == client && session.is_running(now_ms))
    }

    /// Signs a browser in under a new client id, so that an id known before is worth nothing after.
    pub(crate) fn sign_in(&mut self, user: &str, organization: Option<String>, browser: &str, now_ms: i64) -> Session {
        let session = Session {
            id: format!("sess_{}", identity::random_id()),
            user: user.to_owned(),
            client: format!("client_{}", identity::random_id()),
            status: self.status_with(organization.as_deref()),
            browser: browser.to_owned(),
            created_at: now_ms,
            updated_at: now_ms,
            verified_at: now_ms,
            second_verified_at: None,
            organization,
            chosen_at: now_ms,
            actor: None,
            ends_at: None,
        };
        self.sessions.push(session.clone());
        session
    }

    fn arrive(&mut self, arrival: &Arrival, now_ms: i64) -> Session {
        let newest = self.session_of_client(&arrival.client).map_or(0, |session| session.chosen_at);
        let organization = self.organization_at_sign_in(&arrival.user);
        let mut session = self.sign_in(&arrival.user, organization, &arrival.browser, now_ms);
        session.chosen_at = now_ms.max(newest + 1);
        session.second_verified_at = arrival.second.then_some(now_ms);
        session.actor.clone_from(&arrival.actor);
        session.ends_at = arrival.lasts_s.map(|seconds| now_ms + seconds * 1000);
        for other in self.sessions.iter_mut().filter(|_| !arrival.client.is_empty()) {
            if other.client == arrival.client {
                other.client.clone_from(&session.client);
            }
        }
        if let Some(kept) = self.session_mut(&session.id) {
            *kept = session.clone();
        }
        session
    }
}

impl Clerk {
    /// Lets somebody in. Their older session in the same browser ends: one account, one session.
    pub(crate) fn arrive(&self, arrival: &Arrival) -> Result<Session, PasswordError> {
        let (session, replaced) = {
            let mut state = self.state();
            state.user(&arrival.user).ok_or(PasswordError::Wrong)?.may_come_in()?;
            let same = |session: &&Session| session.user == arrival.user && session.actor == arrival.actor;
            let replaced: Vec<_> =
                state.sessions_of_client(&arrival.client).filter(same).map(|session| session.id.clone()).collect();
            (state.arrive(arrival, now_ms()), replaced)
        };
        for id in replaced {
            self.end_session(&id, Status::Ended);
        }
        self.save();
        self.webhooks.session(&session);
        Ok(session)
    }

    /// Makes a session the active one of its browser.
    pub(crate) fn choose(&self, session: &Session) {
        let newest = self.state().session_of_client(&session.client).map_or(0, |active| active.chosen_at);
        self.change_session(&session.id, |session, now_ms| session.chosen_at = now_ms.max(newest + 1));
    }
}
