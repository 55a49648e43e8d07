//! Which browser asks, and what changes with a session.

use crate::state::{PasswordError, Session, Status, User};
use crate::webhooks::Change;
use crate::{Clerk, now_ms, objects};
use axum::http::{HeaderMap, header};
use serde_json::Value;

/// Value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    // Any other application on the host may have written bytes outside of ASCII beside it.
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut pairs = pairs.filter(|pair| pair.is_ascii()).filter_map(|pair| {
        let text = str::from_utf8(pair).ok()?;
        text.trim_ascii().split_once('=')
    });
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The client id of the browser; blank for none, which belongs to no running session.
pub(crate) fn client(headers: &HeaderMap) -> &str {
    cookie(headers, "__client").filter(|client| client.starts_with("client_")).unwrap_or_default()
}

/// How long a session lives where nothing else was asked for (Clerk's default): seven days.
const LIFETIME_MS: i64 = 7 * 86_400_000;

impl Status {
    /// Pending sessions run too: their browser is signed in.
    pub(crate) fn runs(self) -> bool {
        matches!(self, Self::Active | Self::Pending)
    }
}

impl Session {
    /// When it ends by itself, Unix milliseconds.
    pub(crate) fn expires_at(&self) -> i64 {
        self.ends_at.unwrap_or(self.created_at + LIFETIME_MS)
    }

    pub(crate) fn is_running(&self, now_ms: i64) -> bool {
        self.status.runs() && now_ms < self.expires_at()
    }
}

impl Clerk {
    /// The running session of the browser that asks.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.state().session_of_client(client(headers)).cloned()
    }

    /// A running session of the browser that asks: the one that is named, if it is the browser's.
    pub(crate) fn session_named(&self, headers: &HeaderMap, id: &str) -> Option<Session> {
        self.state().sessions_of_client(client(headers)).find(|session| session.id == id).cloned()
    }

    /// Changes a session of the state, writes it down, and gives back how it is now.
    pub(crate) fn change_session(&self, id: &str, change: impl FnOnce(&mut Session, i64)) -> Option<Session> {
        change(self.state().session_mut(id)?, now_ms());
        self.save();
        self.state().session_mut(id).cloned()
    }

    /// Changes a user, tells the application, and gives back how they are now.
    pub(crate) fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) -> Option<Value> {
        let object = {
            let mut state = self.state();
            let user = state.user_mut(id)?;
            change(user);
            user.updated_at = now_ms();
            self.webhooks.user(user, Change::Updated);
            objects::user(user)
        };
        self.save();
        Some(object)
    }

    /// Checks the password of the session's user again; then its first factor is fresh.
    pub(crate) fn verify_again(&self, session: &str, password: &str) -> Result<Session, PasswordError> {
        {
            let mut state = self.state();
            let user = state.session_mut(session).map(|session| session.user.clone()).ok_or(PasswordError::Wrong)?;
            let email = state.user(&user).map(|user| user.email.clone()).ok_or(PasswordError::Wrong)?;
            state.check_password(&email, password, now_ms())?;
        }
        self.change_session(session, |session, now_ms| session.verified_at = now_ms).ok_or(PasswordError::Wrong)
    }

    /// Ends the running sessions of somebody, all but one where one is named.
    pub(crate) fn end_sessions_of(&self, user: &str, but: Option<&str>, status: Status) {
        let running =
            |session: &&Session| session.user == user && session.status.runs() && Some(session.id.as_str()) != but;
        let ids: Vec<_> = self.state().sessions.iter().filter(running).map(|session| session.id.clone()).collect();
        for id in ids {
            self.end_session(&id, status);
        }
    }

    /// Ends a session and tells the application. One that has ended already stays as it is.
    pub(crate) fn end_session(&self, id: &str, status: Status) -> Option<Session> {
        let mut ended = false;
        let session = self.change_session(id, |session, now_ms| {
            ended = session.is_running(now_ms);
            if ended {
                (session.status, session.updated_at) = (status, now_ms.max(session.updated_at + 1));
            }
        })?;
        if ended {
            self.webhooks.session(&session);
        }
        Some(session)
    }
}
