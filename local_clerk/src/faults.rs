//! Faults on demand: a slow or failing API, a skewed clock, new keys, tokens without an origin,
//! webhooks in disorder. They last until they are switched off or the process ends.

use serde::{Deserialize, Serialize};

/// The faults. Absent members are off.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// The API that is slow or fails; absent is both.
    api: Option<Api>,
    /// Prefix of the paths that are slow or fail.
    path: Option<String>,
    /// Delay of every answer, in milliseconds.
    pub(crate) slow_ms: u64,
    /// Status of every answer, such as 500.
    fail: Option<u16>,
    /// `Retry-After` of a failing answer, in seconds; the default is one second for 429.
    retry_after_s: Option<u64>,
    /// Every connection closes without an answer.
    drop_connection: bool,
    /// How many requests still fail or are dropped; absent is all of them.
    fail_times: Option<u32>,
    /// How far the clock of the tokens is ahead, in seconds; negative is behind.
    pub(crate) clock_skew_s: i64,
    /// Lifetime of session tokens, in seconds; absent is a minute.
    pub(crate) token_lifetime_s: Option<i64>,
    /// Size of the custom claims in every session token, in bytes.
    pub(crate) custom_claims_bytes: usize,
    /// Every refresh token counts as expired.
    pub(crate) refresh_tokens_expired: bool,
    /// Tokens of handshakes have no `azp`, which also happens at Clerk.
    pub(crate) handshakes_without_azp: bool,
    /// Disorder in the delivery of webhooks.
    pub(crate) webhooks: Option<Disorder>,
    /// Signs with a new key from now on. The old key stays in the key set.
    #[serde(skip_serializing)]
    pub(crate) rotate_keys: bool,
    /// Removes every key except the signing key from the key set.
    #[serde(skip_serializing)]
    pub(crate) retire_keys: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Api {
    Frontend,
    Backend,
}

/// Disorder that an application must cope with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Disorder {
    /// Every message is sent twice.
    Duplicate,
    /// Messages arrive out of order.
    Shuffle,
    /// New messages are not sent until they are replayed.
    Drop,
}

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The answer has a status, and seconds for `Retry-After`.
    Status(u16, Option<u64>),
    /// The connection closes.
    Disconnect,
}

impl Faults {
    pub(crate) fn apply_to(&self, api: Api, path: &str) -> bool {
        self.api.is_none_or(|only| only == api)
            && !path.starts_with("/_local/")
            && self.path.as_ref().is_none_or(|prefix| path.starts_with(prefix.as_str()))
    }

    /// The failure of this request. It counts `fail_times` down.
    pub(crate) fn next_failure(&mut self) -> Option<Failure> {
        let status = self.fail.filter(|status| (100..1000).contains(status));
        if status.is_none() && !self.drop_connection {
            return None;
        }
        if let Some(left) = &mut self.fail_times {
            *left = left.checked_sub(1)?;
        }
        Some(match status {
            Some(status) if !self.drop_connection => {
                let default = (status == 429).then_some(1);
                Failure::Status(status, self.retry_after_s.or(default))
            }
            _ => Failure::Disconnect,
        })
    }
}
