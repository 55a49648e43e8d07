//! One-time codes that are sent by email: six digits, ten minutes, five attempts, one use. Not
//! saved.

use super::refused::{Refused, Result, ensure};
use super::transient::Expiring;
use crate::random::random_bytes;

pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;
const ATTEMPTS: u32 = 5;

/// Codes by their purpose: the id of the sign-in, sign-up or session, and the strategy.
pub(crate) type Codes = Expiring<Code, LIFETIME_MS>;

#[derive(Clone, Debug)]
pub(crate) struct Code {
    text: String,
    wrong: u32,
}

impl Codes {
    /// A new code. It replaces an earlier one for the same purpose.
    pub(crate) fn issue(&mut self, id: &str, strategy: &str, email: &str, now_ms: i64) -> String {
        let text = text_for(email);
        self.insert(&format!("{id} {strategy}"), Code { text: text.clone(), wrong: 0 }, now_ms);
        text
    }

    /// Uses up the right code.
    pub(crate) fn redeem(&mut self, id: &str, strategy: &str, text: &str) -> Result<()> {
        let purpose = format!("{id} {strategy}");
        let expired = || Refused::new(400, "verification_expired", "This code has expired. Request a new code.");
        let code = self.get_mut(&purpose).ok_or_else(expired)?;
        let failed = Refused::new(400, "verification_failed", "Too many failed attempts. Request a new code.");
        ensure(code.wrong < ATTEMPTS, failed)?;
        if code.text != text.trim() {
            code.wrong += 1;
            return Err(Refused::incorrect_code());
        }
        self.remove(&purpose);
        Ok(())
    }
}

/// Test addresses have a fixed code (Clerk behaviour).
fn text_for(email: &str) -> String {
    if email.split('@').next().is_some_and(|name| name.contains("+clerk_test")) {
        return "424242".to_owned();
    }
    format!("{:06}", u64::from_be_bytes(random_bytes()) % 1_000_000)
}
