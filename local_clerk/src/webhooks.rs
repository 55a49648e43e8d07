//! Webhooks: what changes is told to the application, signed as Svix signs, in order, and again until it is taken.
//!
//! At each start everything is told once more under the same message ids: an application with a new database catches up, and one that knows
//! it all sees duplicates.

use crate::identity::Identity;
use crate::state::{Session, State, Status, User};
use crate::tokens::session_object;
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

impl Queue {
    fn push(&self, kind: &str, data: &Value, changed_at: i64) {
        let id = format!("msg_{}_{}_{changed_at}", kind.replace('.', "_"), data["id"].as_str().unwrap_or_default());
        let body = json!({ "object": "event", "type": kind, "timestamp": changed_at, "instance_id": "ins_local", "data": data });
        // The receiver lives as long as the process.
        let _ = self.0.send(Message { id, body: body.to_string() });
    }

    pub(crate) fn tell_everything(&self, state: &State) {
        self.push("organization.created", &organization_object(state), state.organization.updated_at);
        for user in &state.users {
            self.push("user.created", &user_object(user), user.created_at);
            self.membership(state, user);
        }
        state.sessions.iter().for_each(|session| self.session(state, session));
    }

    pub(crate) fn organization(&self, state: &State) {
        self.push("organization.updated", &organization_object(state), state.organization.updated_at);
    }

    pub(crate) fn membership(&self, state: &State, user: &User) {
        let kind = if user.role_updated_at == user.created_at {
            "organizationMembership.created"
        } else {
            "organizationMembership.updated"
        };
        self.push(kind, &membership_object(state, user), user.role_updated_at);
    }

    pub(crate) fn session(&self, state: &State, session: &Session) {
        let kind = match session.status {
            Status::Active => "session.created",
            Status::Ended => "session.ended",
            Status::Revoked => "session.revoked",
        };
        self.push(kind, &session_object(state, session), session.updated_at);
    }
}

pub(crate) fn organization_object(state: &State) -> Value {
    let organization = &state.organization;
    json!({
        "object": "organization", "id": organization.id, "name": organization.name, "slug": organization.slug,
        "members_count": state.users.len(), "public_metadata": {}, "created_at": organization.created_at, "updated_at": organization.updated_at,
    })
}

pub(crate) fn user_object(user: &User) -> Value {
    let email_id = format!("idn_{}", user.id.trim_start_matches("user_"));
    json!({
        "object": "user", "id": user.id, "first_name": user.first_name, "last_name": user.last_name, "username": null,
        "primary_email_address_id": email_id, "password_enabled": true, "two_factor_enabled": false, "banned": false, "locked": false,
        "email_addresses": [{ "object": "email_address", "id": email_id, "email_address": user.email, "verification": { "status": "verified" } }],
        "public_metadata": {}, "created_at": user.created_at, "updated_at": user.created_at,
    })
}

pub(crate) fn membership_object(state: &State, user: &User) -> Value {
    json!({
        "object": "organization_membership", "id": format!("orgmem_{}", user.id.trim_start_matches("user_")), "role": format!("org:{}", user.role),
        "permissions": if user.role == "admin" { json!(["org:admin:access"]) } else { json!([]) },
        "organization": organization_object(state),
        "public_user_data": { "user_id": user.id, "first_name": user.first_name, "last_name": user.last_name, "identifier": user.email },
        "created_at": user.created_at, "updated_at": user.role_updated_at,
    })
}
