//! One-time codes that go by e-mail: six digits, ten minutes, five attempts, one use. Kept in memory.

use aws_lc_rs::rand;

/// How long a code is good for.
pub(crate) const PATIENCE_MS: i64 = 10 * 60_000;
/// Wrong attempts at one code.
const ATTEMPTS: u32 = 5;

#[derive(Clone, Debug, Default)]
pub(crate) struct Codes(Vec<Code>);

#[derive(Clone, Debug)]
struct Code {
    /// Id of the sign-in, sign-up or session that it is for, and the strategy.
    purpose: (String, String),
    text: String,
    sent_at: i64,
    wrong: u32,
}

/// Why a code was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeError {
    Wrong,
    /// Too many wrong ones: another must be sent.
    Failed,
    /// Too old, used already, or never sent.
    Expired,
}

impl Codes {
    /// A new code; an earlier one for the same purpose is worth nothing from now on.
    pub(crate) fn issue(&mut self, id: &str, strategy: &str, email: &str, now_ms: i64) -> String {
        let purpose = (id.to_owned(), strategy.to_owned());
        self.0.retain(|code| code.purpose != purpose && now_ms - code.sent_at < PATIENCE_MS);
        let text = text_for(email);
        self.0.push(Code { purpose, text: text.clone(), sent_at: now_ms, wrong: 0 });
        text
    }

    /// Takes a code; the right one is used up.
    pub(crate) fn take(&mut self, id: &str, strategy: &str, text: &str, now_ms: i64) -> Result<(), CodeError> {
        let is_it =
            |code: &Code| code.purpose.0 == id && code.purpose.1 == strategy && now_ms - code.sent_at < PATIENCE_MS;
        let place = self.0.iter().position(is_it).ok_or(CodeError::Expired)?;
        let Some(code) = self.0.get_mut(place) else { return Err(CodeError::Expired) };
        if code.wrong >= ATTEMPTS {
            return Err(CodeError::Failed);
        }
        if code.text != text.trim() {
            code.wrong += 1;
            return Err(CodeError::Wrong);
        }
        self.0.swap_remove(place);
        Ok(())
    }
}

/// Addresses of tests have a code that tests know, as at Clerk.
fn text_for(email: &str) -> String {
    if email.split('@').next().is_some_and(|name| name.contains("+clerk_test")) {
        return "424242".to_owned();
    }
    let mut bytes = [0; 8];
    if rand::fill(&mut bytes).is_err() {
        tracing::error!("the system has no randomness");
    }
    format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_for_its_purpose_and_for_ten_minutes() {
        let mut codes = Codes::default();
        let code = codes.issue("sia_1", "email_code", "ada@example.com", 0);
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(codes.take("sia_1", "reset_password_email_code", &code, 1), Err(CodeError::Expired));
        assert_eq!(codes.take("sia_2", "email_code", &code, 1), Err(CodeError::Expired));
        assert_eq!(codes.take("sia_1", "email_code", &code, PATIENCE_MS), Err(CodeError::Expired));
        assert_eq!(codes.take("sia_1", "email_code", &format!(" {code}"), PATIENCE_MS - 1), Ok(()));
        assert_eq!(codes.take("sia_1", "email_code", &code, 1), Err(CodeError::Expired));
    }

    #[test]
    fn five_wrong_attempts_end_a_code_and_a_new_one_replaces_it() {
        let mut codes = Codes::default();
        let first = codes.issue("sua_1", "email_code", "new+clerk_test@example.com", 0);
        assert_eq!(first, "424242");
        for _ in 0..ATTEMPTS {
            assert_eq!(codes.take("sua_1", "email_code", "000000", 1), Err(CodeError::Wrong));
        }
        assert_eq!(codes.take("sua_1", "email_code", &first, 1), Err(CodeError::Failed));
        codes.issue("sua_1", "email_code", "new+clerk_test@example.com", 2);
        assert_eq!(codes.take("sua_1", "email_code", "424242", 3), Ok(()));
    }
}
