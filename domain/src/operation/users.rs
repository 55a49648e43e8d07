//! Operations on the users of the whole instance.

use super::declaration::{Declaration, OnOutage, RateLimit};
use super::definition::Operation;
use super::target::{AnotherUser, NoUser};
use crate::input::{CURSOR, IDENTIFIER, REASON, SEARCH, TextFields, cleaned_search, follows};
use crate::permission::Permission;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the users of the whole instance from Clerk, not from the local copy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListUsers {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
    /// Part of a name, an address or an id; blank matches everything.
    #[garde(custom(follows(SEARCH)))]
    pub query: String,
}

/// The policy of reads at Clerk. Each call reaches Clerk, and all users of this application share
/// Clerk's rate limit.
const fn reading(name: &'static str) -> Declaration {
    Declaration::read(name).with_permission(Permission::ManageUsers).with_rate_limit(RateLimit {
        requests: 30,
        window_seconds: 60,
        on_outage: OnOutage::Local,
    })
}

impl Operation for ListUsers {
    const DECLARATION: Declaration = reading("list_users");
    const TEXT_FIELDS: TextFields = &[("page", CURSOR), ("query", SEARCH)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { query: cleaned_search(&self.query), ..self }
    }
}

/// Reads a user from Clerk, not from the local copy.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ShowUser {
    /// The user.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
}

impl Operation for ShowUser {
    const DECLARATION: Declaration = reading("show_user");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER)];
    // Callers may look at themselves.
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// The policy of bans and locks: a sensitive change with a permission of its own.
const fn managing(name: &'static str) -> Declaration {
    Declaration::sensitive_change(name, 30).with_permission(Permission::ManageUsers)
}

/// Bans a user from the whole instance and ends their sessions.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct BanUser {
    /// The user.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for BanUser {
    const DECLARATION: Declaration = managing("ban_user");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherUser;

    fn target(&self) -> AnotherUser {
        AnotherUser::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Lifts a ban.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct UnbanUser {
    /// The user.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for UnbanUser {
    const DECLARATION: Declaration = managing("unban_user");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherUser;

    fn target(&self) -> AnotherUser {
        AnotherUser::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Locks a user: they cannot sign in, but their running sessions continue.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct LockUser {
    /// The user.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for LockUser {
    const DECLARATION: Declaration = managing("lock_user");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherUser;

    fn target(&self) -> AnotherUser {
        AnotherUser::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Lifts a lock.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct UnlockUser {
    /// The user.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for UnlockUser {
    const DECLARATION: Declaration = managing("unlock_user");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherUser;

    fn target(&self) -> AnotherUser {
        AnotherUser::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// A user. JSON leaves out a flag that is false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Clerk's id.
    pub id: String,
    /// Name; the id where there is none.
    pub name: String,
    /// Verified email address.
    pub email: Option<String>,
    /// Whether the account is banned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub banned: bool,
    /// Whether the account is locked: it cannot sign in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Last sign-in, Unix milliseconds; `None` where there was none.
    pub last_sign_in_ms: Option<i64>,
    /// Whether this is the caller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_you: bool,
}

/// A user with their organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetailsView {
    /// The user.
    pub user: UserView,
    /// The organizations that Clerk has reported, at most 100.
    pub organizations: Vec<UserOrganizationView>,
}

/// An organization of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserOrganizationView {
    /// Its name.
    pub name: String,
    /// Role of the user without the leading `org:`.
    pub role: String,
    /// When the membership began, Unix milliseconds; `None` until Clerk reports it.
    pub joined_at_ms: Option<i64>,
}
