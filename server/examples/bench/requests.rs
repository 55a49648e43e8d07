//! Requests as bytes, ready to be sent.

use crate::caller::{Caller, ORIGIN, caller_with, now_s};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use svix::webhooks::Webhook;

pub(crate) const WEBHOOK_SECRET: &str = "whsec_YmVuY2htYXJrcy1vZi10aGUtc2VydmVyLWFsb25l";
pub(crate) const ORGANIZATION: &str = "org_engines";

type Request = Arc<[u8]>;

/// The requests of a round.
pub(crate) struct Many {
    pub(crate) requests: Vec<Request>,
    /// Whether the round begins again after the last one.
    pub(crate) repeats: bool,
}

impl Many {
    pub(crate) fn same(request: Request) -> Self {
        Self { requests: vec![request], repeats: true }
    }

    pub(crate) fn once(requests: Vec<Request>) -> Self {
        Self { requests, repeats: false }
    }
}

fn request(line: &str, caller: Option<&Caller>, headers: &str, body: &str) -> Request {
    let host = ORIGIN.trim_start_matches("http://");
    let mut text = format!("{line} HTTP/1.1\r\nhost: {host}\r\n{headers}");
    let token = caller.map(Caller::token).filter(|token| !token.is_empty());
    // Writing to a string cannot fail.
    let _ = match token {
        Some(token) => {
            write!(text, "cookie: __session={token}; __client_uat=1; __clerk_db_jwt=dvb_bench\r\n")
        }
        None if caller.is_some() => write!(text, "cookie: __clerk_db_jwt=dvb_bench\r\n"),
        None => Ok(()),
    };
    let _ = match body {
        "" if line.starts_with("GET") => write!(text, "\r\n"),
        body => write!(text, "content-length: {}\r\n\r\n{body}", body.len()),
    };
    text.into_bytes().into()
}

/// A document as a browser asks for it.
pub(crate) fn get(path: &str, caller: Option<&Caller>) -> Request {
    request(&format!("GET {path}"), caller, "accept: text/html\r\nsec-fetch-dest: document\r\n", "")
}

/// An operation as a program calls it.
pub(crate) fn operation(caller: &Caller, name: &str, body: &str) -> Request {
    let headers =
        format!("accept: application/json\r\norigin: {ORIGIN}\r\ncontent-type: application/x-www-form-urlencoded\r\n");
    request(&format!("POST /api/{name}"), Some(caller), &headers, body)
}

/// An administrator with a session of their own.
pub(crate) fn administrator(number: usize) -> Caller {
    caller_with(|claims| {
        claims["sub"] = format!("user_bench_{number}").into();
        claims["sid"] = format!("sess_bench_{number}").into();
    })
}

/// A signed delivery of an event.
pub(crate) fn webhook(id: &str, event: &Value) -> Result<Request, Box<dyn Error>> {
    let (timestamp, body) = (now_s(), event.to_string());
    let signature = Webhook::new(WEBHOOK_SECRET)?.sign(id, timestamp, body.as_bytes())?;
    let headers = format!(
        "content-type: application/json\r\nsvix-id: {id}\r\nsvix-timestamp: {timestamp}\r\nsvix-signature: {signature}\r\n"
    );
    Ok(request("POST /api/webhooks/clerk", None, &headers, &body))
}

fn event(kind: &str, data: &Value) -> Value {
    json!({ "type": kind, "object": "event", "timestamp": 10, "instance_id": "ins_1", "data": data })
}

pub(crate) fn organization_event() -> Value {
    event(
        "organization.created",
        &json!({ "id": ORGANIZATION, "object": "organization", "name": "Engines", "slug": "engines",
            "created_at": 1, "updated_at": 2 }),
    )
}

/// A tenth of the members begins with each of these names.
const FIRST: [&str; 10] = ["Ada", "Boris", "Chloé", "Dmitri", "Emma", "Farid", "Grace", "Hiro", "Iris", "Zoe"];
const LAST: [&str; 10] =
    ["Adler", "Brandt", "Costa", "Dubois", "Eriksson", "Fischer", "Garcia", "Haas", "Ivanov", "Young"];

pub(crate) fn user_event(number: usize) -> Value {
    let (first, last) = (FIRST.get(number % 10), LAST.get(number / 10 % 10));
    let email = json!({ "id": "idn_1", "email_address": format!("person{number}@example.com"),
        "verification": { "status": "verified" } });
    event(
        "user.created",
        &json!({ "id": format!("user_{number}"), "object": "user", "first_name": first, "last_name": last,
            "email_addresses": [email], "primary_email_address_id": "idn_1",
            "created_at": 1, "updated_at": 2 }),
    )
}

pub(crate) fn membership_event(number: usize) -> Value {
    event(
        "organizationMembership.created",
        &json!({ "id": format!("orgmem_{number}"), "object": "organization_membership", "role": "org:member",
            "organization": { "id": ORGANIZATION }, "created_at": 1, "updated_at": 2,
            "public_user_data": { "user_id": format!("user_{number}") } }),
    )
}

pub(crate) fn session_event(id: &str, user: &str) -> Value {
    event(
        "session.created",
        &json!({ "id": id, "object": "session", "user_id": user, "status": "active",
            "created_at": now_s() * 1000, "updated_at": now_s() * 1000, "expire_at": (now_s() + 86_400) * 1000 }),
    )
}
