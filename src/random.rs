//! Random texts: tokens that cannot be guessed, and ids for rows of tables of your own.
//!
//! All randomness of the application comes from this file, from the generator of `aws-lc-rs`. If
//! the system has no randomness, the texts are empty or not unique and never constant secrets: an
//! empty nonce matches nothing, and the primary key of a table refuses a second row with the same
//! id.

use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;

/// Crockford's base 32, in lower case. Its characters are in the order of their values, so that
/// texts sort as the numbers do.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A random token of 128 bits as 22 characters of base64url (ASVS 11.5.1). It is the nonce of a
/// content security policy, the id of a request, and part of the id of an audit entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Arc<str>);

impl Token {
    /// A new token.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        let text = rand::fill(&mut bytes).map(|()| BASE64_URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new id for a row of a table of your own: the prefix and 26 characters, for example
/// `proj_01kav9ft00e8x4v7m2c9rdq6bt` for the prefix `proj_`.
///
/// The characters are a ULID in lower case: the 48 bits of `now_ms` (Unix milliseconds), then 80
/// random bits. Ids sort by the millisecond of their creation, so `order by id` lists rows in that
/// order and new rows go to the end of the index. An id shows the time of its creation,
/// so an id is no secret: use [`Token`] for secrets.
#[must_use]
pub fn row_id(prefix: &str, now_ms: i64) -> String {
    let mut random = [0; 10];
    let random = rand::fill(&mut random).map(|()| random).unwrap_or_default();
    let low = random.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let high = u128::from(now_ms.max(0).unsigned_abs() & 0xffff_ffff_ffff);
    let number = (high << 80) | low;
    let character = |position: u32| {
        let value = usize::try_from((number >> (5 * position)) & 31).unwrap_or_default();
        char::from(ALPHABET.get(value).copied().unwrap_or_default())
    };
    prefix.chars().chain((0..26).rev().map(character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_token_is_22_characters_and_never_the_same() {
        let tokens: HashSet<_> = (0..1000).map(|_| Token::random().as_str().to_owned()).collect();
        assert_eq!(tokens.len(), 1000);
        assert!(tokens.iter().all(|token| token.len() == 22
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))));
    }

    #[test]
    fn a_row_id_is_the_prefix_and_26_characters_and_never_the_same() {
        let ids: HashSet<_> = (0..1000).map(|_| row_id("proj_", 1_764_000_000_000)).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            let text = id.strip_prefix("proj_").unwrap();
            assert!(text.len() == 26 && text.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
        }
    }

    #[test]
    fn row_ids_sort_by_the_time_of_creation() {
        let times = [0, 1, 31, 32, 1023, 1_764_000_000_000, 1_764_000_000_001, 4_102_444_800_000, (1 << 48) - 1];
        let ids: Vec<_> = times.into_iter().map(|now_ms| row_id("proj_", now_ms)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(row_id("", 1_469_918_176_385).starts_with("01aryz6s41"), "the time of the ULID specification");
        assert!(row_id("", i64::MIN).starts_with("0000000000") && row_id("", i64::MAX).len() == 26);
    }
}
