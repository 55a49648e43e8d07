//! What is left to do after a sign-in: where membership is required, a session without an organization is pending until one is chosen.
//!
//! The status of a running session follows from its organization, so it is set in one place, at the end of every change.

use crate::state::{Session, State, Status};
use crate::{Clerk, now_ms};
use serde_json::{Value, json};

impl Status {
    /// As the APIs and webhooks tell them.
    pub(crate) fn tasks(self) -> Value {
        match self {
            Self::Pending => json!([{ "key": "choose-organization" }]),
            Self::Active => Value::Null,
            Self::Ended | Self::Revoked | Self::Expired => json!([]),
        }
    }
}

impl State {
    /// The status of a running session that works for an organization, or for none.
    pub(crate) fn status_with(&self, organization: Option<&str>) -> Status {
        if self.membership_required && organization.is_none() { Status::Pending } else { Status::Active }
    }

    /// What a new session works for: the organization that its user chose or joined last (Clerk behaviour). Whoever did neither, or chose the
    /// personal account, gets their first one, unless that is for them to choose.
    pub(crate) fn organization_at_sign_in(&self, user: &str) -> Option<String> {
        let last = self.user(user)?.last_organization.as_ref();
        let last = last.filter(|organization| self.membership(organization, user).is_some()).cloned();
        let mut own = self.memberships_of(user).map(|membership| membership.organization.clone());
        last.or_else(|| if self.membership_required { None } else { own.next() })
    }

    /// Gives every running session the status that it has now; those for which that is news come back. Nobody works for an organization that
    /// they have left.
    pub(crate) fn settle(&mut self, now_ms: i64) -> Vec<Session> {
        let mut running = std::mem::take(&mut self.sessions);
        let mut news = Vec::new();
        for session in running.iter_mut().filter(|session| session.status.runs()) {
            if !session.is_running(now_ms) {
                (session.status, session.updated_at) = (Status::Expired, now_ms.max(session.updated_at + 1));
                continue;
            }
            session.organization.take_if(|organization| self.membership(organization, &session.user).is_none());
            let status = self.status_with(session.organization.as_deref());
            if session.status != status {
                (session.status, session.updated_at) = (status, now_ms.max(session.updated_at + 1));
                news.push(session.clone());
            }
        }
        self.sessions = running;
        news
    }
}

impl Clerk {
    /// Makes an organization, named by its id or slug, the active one of a session; its user comes back to it at the next sign-in. Blank is the
    /// personal account, which nobody has where membership is required: then all stays as it was (Clerk behaviour).
    ///
    /// `false`: they do not belong to it.
    pub(crate) fn turn_to(&self, session: &Session, organization: &str) -> bool {
        {
            let mut state = self.state();
            if organization.is_empty() && state.membership_required {
                return true;
            }
            let found = state.organization(organization).map(|found| found.id.clone());
            let found = found.filter(|id| state.membership(id, &session.user).is_some());
            if found.is_none() && !organization.is_empty() {
                return false;
            }
            if let Some(user) = state.user_mut(&session.user) {
                user.last_organization.clone_from(&found);
            }
            if let Some(session) = state.session_mut(&session.id) {
                (session.organization, session.updated_at) = (found, now_ms().max(session.updated_at + 1));
            }
        }
        self.save();
        true
    }
}
