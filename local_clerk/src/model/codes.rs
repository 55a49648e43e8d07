//! One-time codes that are sent by email: six digits, ten minutes, five attempts, one use. Not
//! saved.

use super::refused::{Refused, Result};
use crate::random::random_bytes;

/// How long a code is valid.
pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;
/// Wrong attempts at one code.
const ATTEMPTS: u32 = 5;

#[derive(Clone, Debug, Default)]
pub(crate) struct Codes(Vec<Code>);

#[derive(Clone, Debug)]
struct Code {
    /// Id of the sign-in, sign-up or session, and the strategy.
    purpose: (String, String),
    text: String,
    sent_at: i64,
    wrong: u32,
}

impl Codes {
    /// A new code. It replaces an earlier one for the same purpose.
    pub(crate) fn issue(&mut self, id: &str, strategy: &str, email: &str, now_ms: i64) -> String {
        let purpose = (id.to_owned(), strategy.to_owned());
        self.0.retain(|code| code.purpose != purpose);
        let text = text_for(email);
        self.0.push(Code { purpose, text: text.clone(), sent_at: now_ms, wrong: 0 });
        text
    }

    /// Uses up the right code.
    pub(crate) fn redeem(&mut self, id: &str, strategy: &str, text: &str, now_ms: i64) -> Result<()> {
        let expired = || Refused::new(400, "verification_expired", "This code has expired. Request a new code.");
        let is_it =
            |code: &Code| code.purpose.0 == id && code.purpose.1 == strategy && now_ms - code.sent_at < LIFETIME_MS;
        let place = self.0.iter().position(is_it).ok_or_else(expired)?;
        let code = self.0.get_mut(place).ok_or_else(expired)?;
        if code.wrong >= ATTEMPTS {
            let text = "Too many failed attempts. Request a new code.";
            return Err(Refused::new(400, "verification_failed", text));
        }
        if code.text != text.trim() {
            code.wrong += 1;
            return Err(Refused::param("form_code_incorrect", "code", "Incorrect code."));
        }
        self.0.swap_remove(place);
        Ok(())
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|code| now_ms - code.sent_at < LIFETIME_MS);
    }
}

/// Test addresses have a fixed code (Clerk behaviour).
fn text_for(email: &str) -> String {
    if email.split('@').next().is_some_and(|name| name.contains("+clerk_test")) {
        return "424242".to_owned();
    }
    format!("{:06}", u64::from_be_bytes(random_bytes()) % 1_000_000)
}
