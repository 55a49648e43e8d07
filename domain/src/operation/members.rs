//! Operations on members of the active organization.

use super::audit::AuditEntryView;
use super::declaration::Declaration;
use super::definition::Operation;
use super::target::{AnotherMember, NoUser};
use crate::closed_set::closed_set;
use crate::input::{CURSOR, IDENTIFIER, REASON, ROLE, SEARCH, TextFields, cleaned_search, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the members of the active organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListMembers {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
    /// Part of a name, an address or an id; blank matches everything.
    #[garde(custom(follows(SEARCH)))]
    pub query: String,
    /// Key of a role, without the leading `org:`; blank for every role.
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub role: String,
    /// Code of a [`MemberState`]; blank for every state.
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub state: String,
    /// The id of a former member, whose name the answer has; blank for nobody.
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub removed: String,
    /// Code of a [`MemberSort`](super::MemberSort); any other text is the order by name.
    #[serde(default)]
    #[garde(custom(follows(SEARCH)))]
    pub sort: String,
}

closed_set! {
    /// A state by which the list of members is filtered. A member may have several.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum MemberState;

    /// The code in the input.
    fn code;

    /// Neither banned nor locked.
    Active = "active",
    /// Banned from the instance.
    Banned = "banned",
    /// Locked: the member cannot sign in.
    Locked = "locked",
    /// No active session.
    SignedOut = "signed_out",
}

impl Operation for ListMembers {
    const DECLARATION: Declaration = Declaration::read("list_members");
    const TEXT_FIELDS: TextFields = &[
        ("page", CURSOR),
        ("query", SEARCH),
        ("role", SEARCH),
        ("state", SEARCH),
        ("removed", SEARCH),
        ("sort", SEARCH),
    ];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        let Self { page, query, role, state, removed, sort } = self;
        let texts = [query, role, state, removed, sort];
        let [query, role, state, removed, sort] = texts.map(|text| cleaned_search(&text));
        Self { page, query, role, state, removed, sort }
    }
}

/// Reads a member of the active organization with their sessions.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ShowMember {
    /// The member.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
}

impl Operation for ShowMember {
    const DECLARATION: Declaration = Declaration::read("show_member");
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER)];
    // Callers may look at themselves.
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Gives a member of the active organization another role.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ChangeRole {
    /// The member.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Role without the leading `org:`.
    #[garde(custom(follows(ROLE)))]
    pub role: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for ChangeRole {
    const DECLARATION: Declaration = Declaration::sensitive_change("change_role", 30);
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("role", ROLE), ("reason", REASON)];
    type Target = AnotherMember;

    fn target(&self) -> AnotherMember {
        AnotherMember::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Removes a member from the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RemoveMember {
    /// The member.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for RemoveMember {
    const DECLARATION: Declaration = Declaration::sensitive_change("remove_member", 30);
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherMember;

    fn target(&self) -> AnotherMember {
        AnotherMember::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Ends every session of a member of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct SignOutEverywhere {
    /// The member.
    #[garde(custom(follows(IDENTIFIER)))]
    pub user_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for SignOutEverywhere {
    const DECLARATION: Declaration = Declaration::sensitive_change("sign_out_everywhere", 30);
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("reason", REASON)];
    type Target = AnotherMember;

    fn target(&self) -> AnotherMember {
        AnotherMember::new(&self.user_id)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// One page of the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// The rows.
    pub rows: Vec<MemberView>,
    /// The place of the previous page, where there is one; see [`CURSOR`].
    pub previous: Option<String>,
    /// The place of the next page, where there is one.
    pub next: Option<String>,
    /// Number of members that match the filters, at most [`MAX_COUNTED_MEMBERS`] if one is set;
    /// `None` where counting would read them all.
    pub total: Option<u32>,
    /// Name of the former member in the input.
    pub removed: Option<String>,
}

/// A filtered list counts no more members.
pub const MAX_COUNTED_MEMBERS: u32 = 20_000;

/// A member, as the list shows them. JSON leaves out a flag that is false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Clerk's id of the user.
    pub user_id: String,
    /// Name; the id where Clerk has reported none.
    pub name: String,
    /// Email address, where Clerk has reported one.
    pub email: Option<String>,
    /// Role without the leading `org:`.
    pub role: String,
    /// Whether this is the caller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_you: bool,
    /// Whether the account is banned from the instance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub banned: bool,
    /// Whether the account is locked: it cannot sign in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Number of active and pending sessions, at most [`MAX_COUNTED_SESSIONS`].
    pub sessions: u32,
    /// When the membership began, Unix milliseconds; only in a list in that order, and only where
    /// Clerk has reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_at_ms: Option<i64>,
}

/// The list counts no more sessions of one member. A program with many sessions must not make the
/// list slow for everybody.
pub const MAX_COUNTED_SESSIONS: u32 = 100;

/// A member with their sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDetailsView {
    /// The member.
    pub member: MemberView,
    /// When the membership began, Unix milliseconds; `None` until Clerk reports it.
    pub joined_at_ms: Option<i64>,
    /// Active and pending sessions, the newest first.
    pub sessions: Vec<SessionView>,
    /// The newest entries of the organization's audit log by the member and about them.
    pub recent: Vec<AuditEntryView>,
}

/// An active session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Clerk's id.
    pub id: String,
    /// Browser and system, where known.
    pub client: Option<String>,
    /// Start, Unix milliseconds.
    pub since_ms: i64,
    /// Whether it is the caller's session.
    pub is_this_one: bool,
    /// Whether Clerk demands a task after the sign-in. Until then the user counts as signed out.
    pub pending: bool,
}
