//! The state of the instance, and lookups in it. The serialized fields are the saved file.

use super::organization::{Membership, Organization};
use super::refused::{Refused, Result};
use super::session::{Session, Status};
use super::transient::{HandshakeNonces, Throttle, TotpEnrolments};
use super::{
    attempt::Attempts, attempt::SignInDetails, attempt::SignUpDetails, codes::Codes, dev_browser::DevBrowsers,
    invitation::Invitation, mail::Mail, refresh_token::RefreshTokens, role::Roles, ticket::Ticket, user::User,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// An event, as webhooks send it: Clerk's type, and the object as it is at that moment.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) object: Value,
}

impl Event {
    pub(crate) fn new(kind: &str, object: Value) -> Self {
        Self { kind: kind.to_owned(), object }
    }
}

/// Settings of the instance that the state depends on. They come from the options of this start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) application: String,
    pub(crate) membership_required: bool,
    pub(crate) public_origin: String,
}

/// How long an ended session is still listed.
const ENDED_SESSIONS_MS: i64 = 7 * 86_400_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) organizations: Vec<Organization>,
    pub(crate) users: Vec<User>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) sessions: Vec<Session>,
    #[serde(default)]
    pub(crate) roles: Roles,
    #[serde(default)]
    pub(crate) refresh_tokens: RefreshTokens,
    #[serde(default)]
    pub(crate) dev_browsers: DevBrowsers,
    #[serde(default)]
    pub(crate) invitations: Vec<Invitation>,
    #[serde(default)]
    pub(crate) tickets: Vec<Ticket>,
    /// The mailbox, oldest first.
    #[serde(default)]
    pub(crate) mails: Vec<Mail>,
    #[serde(skip)]
    pub(crate) settings: Settings,
    /// Unix time in milliseconds at which the state was locked.
    #[serde(skip)]
    pub(crate) now_ms: i64,
    /// Counts the commands, so that an older state never replaces a newer one in the file.
    #[serde(skip)]
    pub(crate) version: u64,
    /// Events of the command that runs.
    #[serde(skip)]
    pub(crate) events: Vec<Event>,
    #[serde(skip)]
    pub(crate) sign_ins: Attempts<SignInDetails>,
    #[serde(skip)]
    pub(crate) sign_ups: Attempts<SignUpDetails>,
    #[serde(skip)]
    pub(crate) codes: Codes,
    #[serde(skip)]
    pub(crate) nonces: HandshakeNonces,
    #[serde(skip)]
    pub(crate) totp_enrolments: TotpEnrolments,
    /// Levels of the reverifications in progress, by session.
    #[serde(skip)]
    pub(crate) reverifications: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) throttle: Throttle,
}

impl State {
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user, or 404.
    pub(crate) fn user_mut(&mut self, id: &str) -> Result<&mut User> {
        self.users.iter_mut().find(|user| user.id == id).ok_or_else(Refused::not_found)
    }

    /// `email`: in small letters.
    pub(crate) fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users.iter().find(|user| user.email == email)
    }

    /// Finds an organization by id or slug.
    pub(crate) fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.id == name || organization.slug == name)
    }

    pub(crate) fn membership(&self, organization: &str, user: &str) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.is_of(organization, user))
    }

    pub(crate) fn memberships_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Membership> {
        self.memberships.iter().filter(move |membership| membership.user == user)
    }

    /// An invitation to an organization, or without one to the application.
    pub(crate) fn invitation(&self, organization: Option<&str>, id: &str) -> Option<&Invitation> {
        self.invitations.iter().find(|found| found.id == id && found.organization.as_deref() == organization)
    }

    pub(crate) fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// The session, or 404.
    pub(crate) fn session_mut(&mut self, id: &str) -> Result<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id).ok_or_else(Refused::not_found)
    }

    pub(crate) fn running_session(&self, id: &str) -> Option<&Session> {
        self.session(id).filter(|session| session.is_running(self.now_ms))
    }

    /// The running sessions of a browser. An empty client has none.
    pub(crate) fn sessions_of_client<'a>(&'a self, client: &str) -> impl Iterator<Item = &'a Session> + use<'a> {
        let client = client.to_owned();
        self.sessions
            .iter()
            .filter(move |found| !client.is_empty() && found.client == client && found.is_running(self.now_ms))
    }

    /// The active session of a browser: the one that it selected last.
    pub(crate) fn active_session(&self, client: &str) -> Option<&Session> {
        self.sessions_of_client(client).max_by_key(|session| session.chosen_at)
    }

    /// The status of a running session with this active organization.
    pub(crate) fn running_status(&self, organization: Option<&str>) -> Status {
        if self.settings.membership_required && organization.is_none() { Status::Pending } else { Status::Active }
    }

    /// The active organization of a new session: the one that the user chose or joined last (Clerk
    /// behaviour). Otherwise it is the user's first organization, unless the user must choose one.
    pub(crate) fn organization_at_sign_in(&self, user: &str) -> Option<String> {
        let last = self.user(user)?.last_organization.as_ref();
        let last = last.filter(|organization| self.membership(organization, user).is_some()).cloned();
        let mut own = self.memberships_of(user).map(|membership| membership.organization.clone());
        last.or_else(|| if self.settings.membership_required { None } else { own.next() })
    }

    /// Records an event, and returns its object.
    pub(crate) fn record(&mut self, kind: &str, object: Value) -> Value {
        self.events.push(Event::new(kind, object.clone()));
        object
    }

    /// Runs a check that guesses could pass. A subject has a limited number of failures a minute.
    pub(crate) fn limited<T>(&mut self, subject: &str, check: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let now_ms = self.now_ms;
        self.throttle.check(subject)?;
        check(self).inspect_err(|_| self.throttle.count(subject, now_ms))
    }

    /// Sets the time, and removes what has expired since.
    pub(crate) fn set_time(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.sign_ins.prune(now_ms);
        self.sign_ups.prune(now_ms);
        self.codes.prune(now_ms);
        self.nonces.prune(now_ms);
        self.totp_enrolments.prune(now_ms);
        self.throttle.prune(now_ms);
    }

    /// Removes sessions that ended long ago, and what belonged to them.
    pub(crate) fn prune_sessions(&mut self) {
        let now_ms = self.now_ms;
        self.sessions.retain(|session| session.status.is_running() || now_ms - session.updated_at < ENDED_SESSIONS_MS);
        let sessions = &self.sessions;
        self.reverifications
            .retain(|id, _| sessions.iter().any(|session| session.id == *id && session.status.is_running()));
        self.refresh_tokens.prune(now_ms);
    }
}
