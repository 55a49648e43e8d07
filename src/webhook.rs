//! Webhooks from Clerk: an [`Event`] exists only behind a verified signature.
//!
//! The signature is Svix's (HMAC-SHA256 over id, timestamp and raw body) and left to its library; ours are the stricter rules around it: one value for each
//! header, a timestamp that is a number and not older or newer than five minutes, JSON only after all of that.

use crate::clerk_objects::{ClerkObject, Membership};
use crate::ended::Ended;
use crate::ids::{OrganizationId, SessionId, UserId};
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

/// Why a delivery was refused; for the log, never for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Rejected {
    #[error("a header is missing, blank, doubled or too long")]
    Header,
    #[error("the timestamp is no number or too far from now")]
    Timestamp,
    #[error("no secret makes this signature")]
    Signature,
    #[error("the body is not JSON")]
    Body,
}

/// Whether a text is a signing secret: base64 of at least 16 bytes, with or without `whsec_`.
///
/// # Errors
/// It is not.
pub fn check_secret(secret: &SecretString) -> Result<(), Rejected> {
    let long_enough = secret.expose_secret().trim_start_matches("whsec_").len() >= 24;
    if long_enough && Webhook::new(secret.expose_secret()).is_ok() { Ok(()) } else { Err(Rejected::Signature) }
}

/// Verifies a delivery against each of the secrets (two while rotating).
///
/// # Errors
/// The first reason that applies.
pub fn verify(secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_s: i64) -> Result<Event, Rejected> {
    let names = ["id", "timestamp", "signature"];
    // Both spellings of Standard Webhooks, but one of them for the whole delivery.
    let brand = if names.iter().any(|name| headers.contains_key(format!("svix-{name}"))) { "svix" } else { "webhook" };
    let mut clean = HeaderMap::new();
    for name in names {
        let mut text = only(headers, &format!("{brand}-{name}")).ok_or(Rejected::Header)?;
        if name == "timestamp" {
            text = whole_seconds(text).ok_or(Rejected::Timestamp)?;
            let sent_s: i64 = text.parse().map_err(|_| Rejected::Timestamp)?;
            if now_s.saturating_sub(sent_s).saturating_abs() > TOLERANCE_S {
                return Err(Rejected::Timestamp);
            }
        }
        let value = HeaderValue::from_str(text).map_err(|_| Rejected::Header)?;
        clean.insert(http::HeaderName::try_from(format!("svix-{name}")).map_err(|_| Rejected::Header)?, value);
    }
    let signed = |secret: &SecretString| {
        Webhook::new(secret.expose_secret())
            .is_ok_and(|webhook| webhook.verify_ignoring_timestamp(body, &clean).is_ok())
    };
    if !secrets.iter().any(signed) {
        return Err(Rejected::Signature);
    }
    let id = only(&clean, "svix-id").filter(|id| id.len() <= MAX_ID_BYTES).ok_or(Rejected::Header)?;
    Event::parse(id, body).ok_or(Rejected::Body)
}

/// The one value of a header, trimmed.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let text = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !text.is_empty() && text.len() <= MAX_HEADER_BYTES).then_some(text)
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
    pub fn ended(&self) -> Option<Ended> {
        let id = || self.data.get("id")?.as_str();
        match self.kind.as_str() {
            "session.ended" | "session.removed" | "session.revoked" => SessionId::parse(id()?).ok().map(Ended::Session),
            "user.deleted" => UserId::parse(id()?).ok().map(Ended::User),
            "organization.deleted" => OrganizationId::parse(id()?).ok().map(Ended::Organization),
            "organizationMembership.deleted" => {
                Membership::read(&self.data).map(|left| Ended::Membership(left.user, left.organization))
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
