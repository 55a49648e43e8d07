//! Webhooks: what changes is told to the application, signed as Svix signs, in order, and again until it is taken.
//!
//! At each start everything is told once more under the same message ids: an application with a new database catches up, and one that knows
//! it all sees duplicates.

use crate::identity::Identity;
use crate::invitations::{Invitation, InvitationStatus};
use crate::objects;
use crate::state::{Organization, Session, State, Status, User};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use svix::webhooks::Webhook;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pauses between attempts, in milliseconds: Svix's schedule, shortened to what a developer waits for.
const PAUSES_MS: [u64; 8] = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000];

#[derive(Clone)]
pub(crate) struct Queue(mpsc::UnboundedSender<Message>);

struct Message {
    id: String,
    body: String,
}

/// Starts the delivery.
pub(crate) fn start(url: &str, identity: &Arc<Identity>) -> (Queue, JoinHandle<()>) {
    let (entrance, exit) = mpsc::unbounded_channel();
    let task = tokio::spawn(deliver(url.to_owned(), Arc::clone(identity), exit));
    (Queue(entrance), task)
}

async fn deliver(url: String, identity: Arc<Identity>, mut exit: mpsc::UnboundedReceiver<Message>) {
    let client =
        reqwest::Client::builder().timeout(Duration::from_secs(15)).redirect(reqwest::redirect::Policy::none()).build();
    let (Ok(client), Ok(signer)) = (client, Webhook::new(&identity.webhook_secret)) else {
        return tracing::error!("webhooks cannot be sent");
    };
    while let Some(message) = exit.recv().await {
        for pause_ms in PAUSES_MS {
            let timestamp = crate::now_ms() / 1000;
            let Ok(signature) = signer.sign(&message.id, timestamp, message.body.as_bytes()) else { break };
            let request = client.post(&url).header("content-type", "application/json").header("svix-id", &message.id);
            let request = request.header("svix-timestamp", timestamp.to_string()).header("svix-signature", signature);
            if request.body(message.body.clone()).send().await.is_ok_and(|response| response.status().is_success()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
    }
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
        let changed_at = data["updated_at"].as_i64().unwrap_or_default();
        let id = format!("msg_{}_{}_{changed_at}", kind.replace('.', "_"), data["id"].as_str().unwrap_or_default());
        let body = json!({ "object": "event", "type": kind, "timestamp": changed_at, "instance_id": "ins_local", "data": data });
        // The receiver lives as long as the process.
        let _ = self.0.send(Message { id, body: body.to_string() });
    }

    pub(crate) fn tell_everything(&self, state: &State) {
        for organization in &state.organizations {
            self.organization(state, organization, Change::Created);
        }
        for user in &state.users {
            self.user(user, if user.updated_at == user.created_at { Change::Created } else { Change::Updated });
        }
        for membership in &state.memberships {
            let kind = if membership.updated_at == membership.created_at { Change::Created } else { Change::Updated };
            if let Some(object) = objects::membership(state, membership) {
                self.membership(&object, kind);
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
            Status::Ended => "session.ended",
            Status::Revoked => "session.revoked",
        };
        self.push(kind, &objects::session(session));
    }
}
