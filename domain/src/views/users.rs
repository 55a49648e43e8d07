//! Users of the whole instance.

use serde::{Deserialize, Serialize};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Clerk's id.
    pub id: String,
    /// Name; the id where there is none.
    pub name: String,
    /// Verified email address.
    pub email: Option<String>,
    /// Whether the account is banned.
    pub banned: bool,
    /// Whether the account is locked: it cannot sign in.
    pub locked: bool,
    /// Last sign-in, Unix milliseconds; `None` where there was none.
    pub last_sign_in_ms: Option<i64>,
    /// Whether this is the caller.
    pub is_you: bool,
}
