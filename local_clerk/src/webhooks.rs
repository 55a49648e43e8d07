//! Webhooks: what changes is told to the application, signed as Svix signs, and again until it is taken or given up.
//!
//! At each start everything is told once more under the same message ids: an application with a new database catches up, and one that knows
//! it all sees duplicates.

pub(crate) mod delivery;
pub(crate) mod journal;

use crate::invitations::{Invitation, InvitationStatus};
use crate::objects;
use crate::roles::{Permission, Role, Roles};
use crate::state::{Organization, Session, State, Status, User};
use journal::{Journal, Message, Outcome};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

#[derive(Clone)]
pub(crate) struct Queue {
    entrance: mpsc::UnboundedSender<Message>,
    journal: Arc<Mutex<Journal>>,
}

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Updated,
    Deleted,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl Queue {
    fn push(&self, kind: &str, data: &Value) {
        let changed_at = data["updated_at"].as_i64().filter(|_| !kind.ends_with(".deleted"));
        let changed_at = changed_at.unwrap_or_else(crate::now_ms);
        let id = format!("msg_{}_{}_{changed_at}", kind.replace('.', "_"), data["id"].as_str().unwrap_or_default());
        let body = json!({ "object": "event", "type": kind, "timestamp": changed_at, "instance_id": "ins_local", "data": data });
        self.send(Message { id, kind: kind.to_owned(), body: body.to_string(), is_replay: false });
    }

    /// Sends a message, or sends it again.
    pub(crate) fn send(&self, message: Message) {
        // Before its turn comes, so that a journal without pending messages means that the application was told everything.
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).begin(&message, Outcome::Pending);
        // The receiver lives as long as the process.
        let _ = self.entrance.send(message);
    }

    pub(crate) fn tell_everything(&self, state: &State) {
        let change =
            |created_at: i64, updated_at: i64| if created_at == updated_at { Change::Created } else { Change::Updated };
        for permission in &state.roles.permissions {
            self.permission(permission, change(permission.created_at, permission.updated_at));
        }
        for role in &state.roles.roles {
            self.role(&state.roles, role, change(role.created_at, role.updated_at));
        }
        for organization in &state.organizations {
            self.organization(state, organization, Change::Created);
        }
        for user in &state.users {
            self.user(user, change(user.created_at, user.updated_at));
        }
        for membership in &state.memberships {
            if let Some(object) = objects::membership(state, membership) {
                self.membership(&object, change(membership.created_at, membership.updated_at));
            }
        }
        state.invitations.iter().for_each(|invitation| self.invitation(state, invitation));
        state.sessions.iter().for_each(|session| self.session(session));
    }

    pub(crate) fn organization(&self, state: &State, organization: &Organization, change: Change) {
        self.push(&format!("organization.{}", change.word()), &objects::organization(state, organization));
    }

    pub(crate) fn user(&self, user: &User, change: Change) {
        self.push(&format!("user.{}", change.word()), &objects::user(user));
    }

    /// A membership as the APIs show it.
    pub(crate) fn membership(&self, object: &Value, change: Change) {
        self.push(&format!("organizationMembership.{}", change.word()), object);
    }

    pub(crate) fn role(&self, roles: &Roles, role: &Role, change: Change) {
        self.push(&format!("role.{}", change.word()), &objects::role(roles, role));
    }

    pub(crate) fn permission(&self, permission: &Permission, change: Change) {
        self.push(&format!("permission.{}", change.word()), &objects::permission(permission));
    }

    /// Of a thing that is gone, what [`objects::deleted`] leaves. `kind`: `user`, `organization`, `role` or `permission`.
    pub(crate) fn gone(&self, kind: &str, object: &Value) {
        self.push(&format!("{kind}.{}", Change::Deleted.word()), object);
    }

    /// Those into the application alone have no event at Clerk.
    pub(crate) fn invitation(&self, state: &State, invitation: &Invitation) {
        let word = match invitation.status {
            InvitationStatus::Pending => "created",
            InvitationStatus::Accepted => "accepted",
            InvitationStatus::Revoked => "revoked",
            InvitationStatus::Expired => return,
        };
        if invitation.organization.is_some() {
            self.push(&format!("organizationInvitation.{word}"), &invitation.object(state));
        }
    }

    pub(crate) fn email(&self, mail: &Value) {
        self.push("email.created", mail);
    }

    pub(crate) fn session(&self, session: &Session) {
        let kind = match session.status {
            Status::Active => "session.created",
            Status::Pending => "session.pending",
            Status::Ended => "session.ended",
            Status::Revoked => "session.revoked",
            Status::Expired => return,
        };
        self.push(kind, &objects::session(session));
    }
}
