//! Random identifiers, codes and secrets.

use aws_lc_rs::rand;
use data_encoding::HEXLOWER;

pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rand::fill(&mut bytes).is_err() {
        tracing::error!("the system has no randomness");
    }
    bytes
}

/// 160 random bits in hexadecimal.
pub(crate) fn random_id() -> String {
    HEXLOWER.encode(&random_bytes::<20>())
}

/// A new id of a kind of object, such as `user_…`.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", random_id())
}
