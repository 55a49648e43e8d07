//! Webhooks from Clerk: an [`Event`] exists only behind a verified signature.
//!
//! The `svix` crate checks the signature (HMAC-SHA256 over id, timestamp and raw body). This crate
//! adds stricter rules: each header has exactly one value, the timestamp is a number within five
//! minutes of the clock, and the JSON is parsed only after all of that.

mod altered_body;
mod event;
mod payload;
mod revocation;
#[cfg(test)]
mod tests;
mod verify_error;

pub use event::Event;
pub use payload::Payload;
pub use revocation::Revocation;
pub use verify_error::{HeaderFault, VerifyError};

use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use svix::webhooks::Webhook;

/// Deliveries that are older or newer than this are refused, in seconds (the rule of Svix).
const TOLERANCE_S: i64 = 300;
/// The longest header. It has room for more signatures than two secrets in rotation make.
const MAX_HEADER_BYTES: usize = 4096;
/// The longest id. Applications use it as a database key, and an index entry of PostgreSQL holds
/// 2704 bytes. Svix's ids have about 30.
const MAX_ID_BYTES: usize = 256;

/// Checks a signing secret: base64 of at least 16 bytes, with or without `whsec_` in front.
///
/// # Errors
/// [`VerifyError::Signature`]: no delivery could ever verify with this text.
pub fn check_secret(secret: &SecretString) -> Result<(), VerifyError> {
    let long_enough = secret.expose_secret().trim_start_matches("whsec_").len() >= 24;
    if long_enough && Webhook::new(secret.expose_secret()).is_ok() { Ok(()) } else { Err(VerifyError::Signature) }
}

/// Verifies a delivery and reads its event. While a secret is being rotated, pass both secrets: the
/// signature of one is enough. `now_s` is the clock, in Unix seconds.
///
/// # Errors
/// The first reason that applies. Answer all of them alike, and write the reason to the log.
pub fn verify(secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_s: i64) -> Result<Event, VerifyError> {
    // Standard Webhooks has two spellings of the headers. One delivery uses only one of them.
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
        let was_changed = altered_body::candidates(body).iter().any(|body| is_signed(body));
        return Err(if was_changed { VerifyError::BodyChanged } else { VerifyError::Signature });
    }
    Event::parse(id_text, body).ok_or(VerifyError::Body)
}

const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];
const STANDARD: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

fn signs(secret: &SecretString, body: &[u8], clean: &HeaderMap) -> bool {
    Webhook::new(secret.expose_secret()).is_ok_and(|webhook| webhook.verify_ignoring_timestamp(body, clean).is_ok())
}

/// The only value of a header, trimmed.
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

/// The digits before a decimal point. The sender may add a fraction of a second, but signs without
/// it.
fn whole_seconds(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then_some(whole)
}
