//! The operation behind the page of sessions.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, TextFields, follows};
use crate::page_view::PageView;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the running sessions of the members of the active organization, the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListSessions {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
}

impl Operation for ListSessions {
    const DECLARATION: Declaration = Declaration::read("list_sessions");
    const TEXT_FIELDS: TextFields = &[("page", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// The running sessions of the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsView {
    /// Active sessions of all members.
    pub active: u32,
    /// One page of them.
    pub page: PageView<MemberSessionView>,
}

/// A running session of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSessionView {
    /// Clerk's id of the session.
    pub id: String,
    /// Clerk's id of the member.
    pub user_id: String,
    /// Name of the member; the id where Clerk has reported none.
    pub name: String,
    /// Browser, device type and city, where known.
    pub client: Option<String>,
    /// Start, Unix milliseconds.
    pub since_ms: i64,
    /// The last request here, Unix milliseconds, to the minute; `None`: there was none yet.
    pub last_active_ms: Option<i64>,
    /// Whether it is the caller's session.
    pub is_this_one: bool,
    /// Whether it is a session of the caller.
    pub is_you: bool,
    /// Whether Clerk demands a task after the sign-in. Until then the user counts as signed out.
    pub pending: bool,
}
