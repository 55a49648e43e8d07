//! Codes of authenticator apps (RFC 6238: HMAC-SHA1, six digits, thirty seconds), with one step of
//! drift on either side.

use crate::random::random_bytes;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

const STEP_S: i64 = 30;

/// Whether a code is valid now. `secret`: base32.
pub(crate) fn is_valid(secret: &str, code: &str, now_s: i64) -> bool {
    let Ok(secret) = BASE32_NOPAD.decode(secret.as_bytes()) else { return false };
    let counter = now_s.div_euclid(STEP_S);
    (counter - 1..=counter + 1).any(|counter| code_at(&secret, counter) == code.trim())
}

/// A secret of 160 bits in base32.
pub(crate) fn new_secret() -> String {
    BASE32_NOPAD.encode(&random_bytes::<20>())
}

/// The current code, for the sign-in page.
pub(crate) fn code(secret: &str, now_s: i64) -> Option<String> {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    Some(code_at(&secret, now_s.div_euclid(STEP_S)))
}

/// RFC 4226 section 5.3.
fn code_at(secret: &[u8], counter: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let word = bytes.get(offset..offset + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_be_bytes);
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 6238, appendix B, in six digits.
    #[test]
    fn codes_match_the_vectors_of_rfc_6238() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert!(is_valid(secret, code, second), "{second}");
            assert_eq!(super::code(secret, second).as_deref(), Some(code));
            assert!(!is_valid(secret, code, second + 120), "{second}");
        }
        assert!(!is_valid(secret, "000000", 59) && !is_valid("not base32!", "287082", 59));
    }
}
