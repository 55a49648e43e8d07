//! Operations on several members at once. Each is the operation on one member, for every member of
//! a selection: the rules for one of them stand in that operation alone.

use super::declaration::Declaration;
use super::definition::Operation;
use super::members::{ChangeRole, RemoveMember, SignOutEverywhere};
use super::target::{AnotherMember, OtherMembers};
use crate::ids::UserId;
use crate::input::{REASON, ROLE, SELECTION, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// An operation that makes the same change for several members. The audit log has an entry for each
/// of them, under the name of this operation.
pub trait BulkOperation: Operation<Target = OtherMembers> {
    /// The operation on one of them.
    type Each: Operation<Target = AnotherMember>;

    /// The input for this member.
    fn each(&self, user: &UserId) -> Self::Each;
}

/// A call changes up to 25 members and costs one call of the limit, because a person confirms it
/// once. Three calls a minute are 75 members, where single calls could change 30: enough to clear
/// three pages or to repeat a call that failed in part, and still too few to empty an organization
/// before somebody notices.
const CALLS_PER_MINUTE: u32 = 3;

/// Gives members of the active organization another role.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ChangeRoles {
    /// The members.
    #[garde(custom(follows(SELECTION)))]
    pub user_ids: String,
    /// Role without the leading `org:`.
    #[garde(custom(follows(ROLE)))]
    pub role: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for ChangeRoles {
    const DECLARATION: Declaration = Declaration::sensitive_change("change_roles", CALLS_PER_MINUTE);
    const TEXT_FIELDS: TextFields = &[("user_ids", SELECTION), ("role", ROLE), ("reason", REASON)];
    type Target = OtherMembers;

    fn target(&self) -> OtherMembers {
        OtherMembers::new(&self.user_ids)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

impl BulkOperation for ChangeRoles {
    type Each = ChangeRole;

    fn each(&self, user: &UserId) -> ChangeRole {
        ChangeRole { user_id: user.to_string(), role: self.role.clone(), reason: self.reason.clone() }
    }
}

/// Removes members from the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RemoveMembers {
    /// The members.
    #[garde(custom(follows(SELECTION)))]
    pub user_ids: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for RemoveMembers {
    const DECLARATION: Declaration = Declaration::sensitive_change("remove_members", CALLS_PER_MINUTE);
    const TEXT_FIELDS: TextFields = &[("user_ids", SELECTION), ("reason", REASON)];
    type Target = OtherMembers;

    fn target(&self) -> OtherMembers {
        OtherMembers::new(&self.user_ids)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

impl BulkOperation for RemoveMembers {
    type Each = RemoveMember;

    fn each(&self, user: &UserId) -> RemoveMember {
        RemoveMember { user_id: user.to_string(), reason: self.reason.clone() }
    }
}

/// Ends every session of members of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct SignOutMembers {
    /// The members.
    #[garde(custom(follows(SELECTION)))]
    pub user_ids: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for SignOutMembers {
    const DECLARATION: Declaration = Declaration::sensitive_change("sign_out_members", CALLS_PER_MINUTE);
    const TEXT_FIELDS: TextFields = &[("user_ids", SELECTION), ("reason", REASON)];
    type Target = OtherMembers;

    fn target(&self) -> OtherMembers {
        OtherMembers::new(&self.user_ids)
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

impl BulkOperation for SignOutMembers {
    type Each = SignOutEverywhere;

    fn each(&self, user: &UserId) -> SignOutEverywhere {
        SignOutEverywhere { user_id: user.to_string(), reason: self.reason.clone() }
    }
}

/// The answer to an operation on several members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkView {
    /// The members that it did not change; empty when all of them are changed.
    pub not_done: Vec<NotDoneView>,
}

/// A member that an operation on several members did not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDoneView {
    /// Clerk's id of the user.
    pub user_id: String,
    /// The code of the refusal for this member.
    pub error: String,
}
