//! Passwords: Clerk's length rule, and how they are stored.

use super::refused::Refused;
use aws_lc_rs::pbkdf2;
use std::num::NonZeroU32;

/// Few rounds, because the demo passwords are on the sign-in page.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// Refuses a new password that is shorter than 8 or longer than 72 characters (Clerk's default).
pub(crate) fn check_length(password: &str, param: &'static str) -> Result<(), Refused> {
    match password.chars().count() {
        0..8 => Err(Refused::param(
            "form_password_length_too_short",
            param,
            "Passwords must be at least 8 characters long.",
        )),
        73.. => {
            Err(Refused::param("form_password_length_too_long", param, "Passwords must be at most 72 characters long."))
        }
        _ => Ok(()),
    }
}

/// `salt`: the user's id.
pub(crate) fn hash(salt: &str, password: &str) -> Vec<u8> {
    let mut hash = vec![0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt.as_bytes(), password.as_bytes(), &mut hash);
    hash
}

pub(crate) fn is_match(salt: &str, password: &str, hash: &[u8]) -> bool {
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt.as_bytes(), password.as_bytes(), hash).is_ok()
}
