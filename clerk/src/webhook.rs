//! Webhooks from Clerk: an [`Event`] exists only behind a verified signature.
//!
//! The signature is Svix's (HMAC-SHA256 over id, timestamp and raw body) and left to its library; ours are the stricter rules around it: one value for each
//! header, a timestamp that is a number and not older or newer than five minutes, JSON only after all of that.

mod verify_error;

pub use verify_error::{HeaderFault, VerifyError};

use crate::ids::{OrganizationId, SessionId, UserId};
use crate::objects::{ClerkObject, Membership};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;
use svix::webhooks::Webhook;

/// Deliveries older or newer than this are refused, in seconds (Svix).
const TOLERANCE_S: i64 = 300;
/// More signatures than two secrets in rotation ever make.
const MAX_HEADER_BYTES: usize = 4096;
/// The id becomes a key of the inbox, and an index entry of PostgreSQL holds at most 2704 bytes; Svix's ids have about 30.
const MAX_ID_BYTES: usize = 256;
/// Unix times below this are seconds: Clerk's documentation has both units in `timestamp`. In milliseconds it is 1973.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// A verified event.
#[derive(Clone)]
pub struct Event {
    id: String,
    kind: String,
    timestamp_ms: i64,
    data: Value,
}

/// What has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// A session.
    Session(SessionId),
    /// A user, who was deleted: all of their sessions.
    User(UserId),
    /// An organization, which was deleted: no session works for it any more.
    Organization(OrganizationId),
    /// A membership: the user's sessions do not work for the organization any more, unless the user joins it again.
    Membership(UserId, OrganizationId),
}

impl From<SessionId> for Revocation {
    fn from(session: SessionId) -> Self {
        Self::Session(session)
    }
}

/// Whether a text is a signing secret: base64 of at least 16 bytes, with or without `whsec_`.
///
/// # Errors
/// It is not.
pub fn check_secret(secret: &SecretString) -> Result<(), VerifyError> {
    let long_enough = secret.expose_secret().trim_start_matches("whsec_").len() >= 24;
    if long_enough && Webhook::new(secret.expose_secret()).is_ok() { Ok(()) } else { Err(VerifyError::Signature) }
}

/// Verifies a delivery against each of the secrets (two while rotating).
///
/// # Errors
/// The first reason that applies.
pub fn verify(secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_s: i64) -> Result<Event, VerifyError> {
    // Both spellings of Standard Webhooks, but one of them for the whole delivery.
    let names = if SVIX.iter().any(|name| headers.contains_key(*name)) { SVIX } else { STANDARD };
    let [id, timestamp, signature] = names;
    let sent = whole_seconds(only(headers, timestamp)?).ok_or(VerifyError::Timestamp)?;
    let off_s = now_s.saturating_sub(sent.parse().map_err(|_| VerifyError::Timestamp)?);
    if off_s.saturating_abs() > TOLERANCE_S {
        return Err(VerifyError::Clock(off_s));
    }
    let (id_text, signature_text) = (only(headers, id)?, only(headers, signature)?);
    if id_text.len() > MAX_ID_BYTES {
        return Err(VerifyError::Header(id, HeaderFault::Unusable));
    }
    let mut clean = HeaderMap::new();
    for (name, value) in SVIX.into_iter().zip([id_text, sent, signature_text]) {
        clean.insert(name, HeaderValue::from_str(value).map_err(|_| VerifyError::Header(name, HeaderFault::Unusable))?);
    }
    let is_signed = |body: &[u8]| secrets.iter().any(|secret| signs(secret, body, &clean));
    if !is_signed(body) {
        let was_changed = verify_error::as_it_may_have_been(body).iter().any(|body| is_signed(body));
        return Err(if was_changed { VerifyError::BodyChanged } else { VerifyError::Signature });
    }
    Event::parse(id_text, body).ok_or(VerifyError::Body)
}

const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];
const STANDARD: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

fn signs(secret: &SecretString, body: &[u8], clean: &HeaderMap) -> bool {
    Webhook::new(secret.expose_secret()).is_ok_and(|webhook| webhook.verify_ignoring_timestamp(body, clean).is_ok())
}

/// The one value of a header, trimmed.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, VerifyError> {
    let fault = |fault| VerifyError::Header(name, fault);
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(fault(HeaderFault::Missing))?;
    if values.next().is_some() {
        return Err(fault(HeaderFault::Doubled));
    }
    let text = value.to_str().map(str::trim).unwrap_or_default();
    let is_usable = !text.is_empty() && text.len() <= MAX_HEADER_BYTES;
    if is_usable { Ok(text) } else { Err(fault(HeaderFault::Unusable)) }
}

/// The digits before a decimal point: senders may be more exact than a second, the signature is not.
fn whole_seconds(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then_some(whole)
}

impl Event {
    /// Any JSON that was signed is an event. A refusal would only bring it back for days, and then switch the endpoint off.
    fn parse(id: &str, body: &[u8]) -> Option<Self> {
        // The mark belongs to the signed bytes, but not to the JSON (RFC 8259, section 8.1).
        let mut event: Value = serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()?;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let time = event.get("timestamp").and_then(Value::as_i64).unwrap_or_default();
        let timestamp_ms = if time < SECONDS_BELOW { time.saturating_mul(1000) } else { time };
        let data = event.get_mut("data").map(Value::take).unwrap_or_default();
        Some(Self { id: id.to_owned(), kind, timestamp_ms, data })
    }

    /// Svix's id of the message: the same over all deliveries, so the idempotency key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The event's type, `user.created` for example.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// When it happened, Unix milliseconds; 0 where the sender does not say.
    #[must_use]
    pub fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    /// What happened.
    #[must_use]
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// What this event ends, if it ends something that tokens name.
    #[must_use]
    pub fn ended(&self) -> Option<Revocation> {
        let id = || self.data.get("id")?.as_str();
        match self.kind.as_str() {
            "session.ended" | "session.removed" | "session.revoked" => {
                SessionId::parse(id()?).ok().map(Revocation::Session)
            }
            "user.deleted" => UserId::parse(id()?).ok().map(Revocation::User),
            "organization.deleted" => OrganizationId::parse(id()?).ok().map(Revocation::Organization),
            "organizationMembership.deleted" => {
                Membership::read(&self.data).map(|left| Revocation::Membership(left.user, left.organization))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Event {
    /// The data is about people and does not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
