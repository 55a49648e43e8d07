//! A verified event. Only [`verify`](super::verify) makes one.

use super::payload::Payload;
use super::revocation::Revocation;
use serde_json::Value;
use std::fmt;

/// Unix times below this are seconds, because Clerk's documentation has both units in `timestamp`.
/// As milliseconds, this is the year 1973.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// A verified event.
#[derive(Clone)]
pub struct Event {
    id: String,
    kind: String,
    timestamp_ms: i64,
    data: Value,
    payload: Payload,
}

impl Event {
    /// Reads the body of a verified delivery. Every signed JSON is an event: a refusal would only
    /// make Svix repeat it for days, and then disable the endpoint. `None`: the body is not JSON.
    pub(super) fn parse(id: &str, body: &[u8]) -> Option<Self> {
        // A byte order mark belongs to the signed bytes, but not to the JSON (RFC 8259 section
        // 8.1).
        let mut event: Value = serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()?;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let time = event.get("timestamp").and_then(Value::as_i64).unwrap_or_default();
        let timestamp_ms = if time < SECONDS_BELOW { time.saturating_mul(1000) } else { time };
        let data = event.get_mut("data").map(Value::take).unwrap_or_default();
        let payload = Payload::parse(&kind, &data);
        Some(Self { id: id.to_owned(), kind, timestamp_ms, data, payload })
    }

    /// Svix's id of the message. It is the same over all deliveries, so it is the idempotency key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type of the event, `user.created` for example.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// When it happened, in Unix milliseconds. 0 if the sender does not say.
    #[must_use]
    pub fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    /// The content of the event, as objects and ids of this crate.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The content of the event, as Clerk wrote it. An inbox stores it.
    #[must_use]
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// The revocation that this event causes, if tokens may still name it.
    #[must_use]
    pub fn revocation(&self) -> Option<Revocation> {
        self.payload.revocation()
    }
}

impl fmt::Debug for Event {
    /// The data is about people and does not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}
