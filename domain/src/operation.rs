//! Every operation of the application with its policy, on one screen.
//!
//! An operation is a type: its fields are the validated input, its [`Declaration`] is the policy. The server reads the declarations to
//! build the door in front of `/api` and to refuse to start when a server function has none; the browser reads the same rules to show
//! an error beside the field before anything is sent. Nothing here decides about a request: that is `access`.

mod declaration;
#[cfg(test)]
mod tests;

pub use declaration::{AssignsRole, Declaration, OnOutage, Operation, RateLimit, TargetsMember, TargetsUser, checked};

use crate::input::{
    DISPLAY_NAME, EMAIL_ADDRESS, IDENTIFIER, LAST_PAGE, ROLE, SEARCH, TextFields, cleaned_search, follows,
};
use crate::permission::Permission;
use crate::reverification::{FactorLevel, Reverification};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Every declaration. The server compares them with the server functions that are linked in and does not start when they differ.
pub static OPERATIONS: &[&Declaration] = &[
    &ShowDashboard::DECLARATION,
    &ListOrganizations::DECLARATION,
    &RenameOrganization::DECLARATION,
    &ListMembers::DECLARATION,
    &ChangeRole::DECLARATION,
    &RemoveMember::DECLARATION,
    &ListInvitations::DECLARATION,
    &InviteMember::DECLARATION,
    &RevokeInvitation::DECLARATION,
    &ListRoles::DECLARATION,
    &RevokeSession::DECLARATION,
    &SignOutEverywhere::DECLARATION,
    &ListUsers::DECLARATION,
    &BanUser::DECLARATION,
    &UnbanUser::DECLARATION,
    &LockUser::DECLARATION,
    &UnlockUser::DECLARATION,
    &ListAudit::DECLARATION,
];

/// The policy of reading: permission only. A read changes nothing and costs one query.
const fn reading(name: &'static str) -> Declaration {
    Declaration { name, permission: Permission::AdminAccess, reverification: None, rate_limit: None }
}

/// The policy of changing: a sign-in of the last five minutes (falls back to the first factor for whoever has no second), and a
/// limit for each user that refuses while it cannot be asked.
const fn changing(name: &'static str, requests: u32) -> Declaration {
    Declaration {
        name,
        permission: Permission::AdminAccess,
        reverification: Some(Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 }),
        rate_limit: Some(RateLimit { requests, window_seconds: 60, on_outage: OnOutage::Refuse }),
    }
}

/// The policy of keeping people out of the instance: as for every change, for its own permission.
const fn managing(name: &'static str) -> Declaration {
    changing(name, 30).needing(Permission::ManageUsers)
}

/// What the dashboard shows first: who is signed in, and for which organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowDashboard {}

impl Operation for ShowDashboard {
    const DECLARATION: Declaration = reading("show_dashboard");
    const TEXT_FIELDS: TextFields = &[];
}

/// Names the organizations that whoever asks belongs to, the active one among them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListOrganizations {}

impl Operation for ListOrganizations {
    const DECLARATION: Declaration = reading("list_organizations");
    const TEXT_FIELDS: TextFields = &[];
}

/// Gives the active organization another display name.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct RenameOrganization {
    /// 1 to 200 characters after trimming, at least one of them visible, no control characters, none that change the direction of text.
    #[garde(custom(follows(DISPLAY_NAME)))]
    pub name: String,
}

impl Operation for RenameOrganization {
    const DECLARATION: Declaration = changing("rename_organization", 5);
    const TEXT_FIELDS: TextFields = &[("name", DISPLAY_NAME)];

    fn cleaned(self) -> Self {
        Self { name: self.name.trim().to_owned() }
    }
}

/// Lists the members of the active organization with their running sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListMembers {
    /// Page, counted from 0.
    #[garde(range(max = LAST_PAGE))]
    pub page: u32,
    /// Part of a name, an address or an id; blank finds everybody.
    #[garde(custom(follows(SEARCH)))]
    pub query: String,
}

impl Operation for ListMembers {
    const DECLARATION: Declaration = reading("list_members");
    const TEXT_FIELDS: TextFields = &[("query", SEARCH)];

    fn cleaned(self) -> Self {
        Self { query: cleaned_search(&self.query), ..self }
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
}

impl Operation for ChangeRole {
    const DECLARATION: Declaration = changing("change_role", 30);
    const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER), ("role", ROLE)];

    fn about(&self) -> Option<&str> {
        Some(&self.user_id)
    }
}

/// Lists the invitations to the active organization that nobody has answered yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListInvitations {}

impl Operation for ListInvitations {
    const DECLARATION: Declaration = reading("list_invitations");
    const TEXT_FIELDS: TextFields = &[];
}

/// Invites somebody to the active organization by email.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct InviteMember {
    /// Their email address.
    #[garde(custom(follows(EMAIL_ADDRESS)))]
    pub email_address: String,
    /// Role without the leading `org:`.
    #[garde(custom(follows(ROLE)))]
    pub role: String,
}

impl Operation for InviteMember {
    const DECLARATION: Declaration = changing("invite_member", 10);
    const TEXT_FIELDS: TextFields = &[("email_address", EMAIL_ADDRESS), ("role", ROLE)];

    fn cleaned(self) -> Self {
        Self { email_address: self.email_address.trim().to_owned(), ..self }
    }
}

/// Takes an invitation to the active organization back.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevokeInvitation {
    /// The invitation.
    #[garde(custom(follows(IDENTIFIER)))]
    pub invitation_id: String,
}

impl Operation for RevokeInvitation {
    const DECLARATION: Declaration = changing("revoke_invitation", 30);
    const TEXT_FIELDS: TextFields = &[("invitation_id", IDENTIFIER)];
}

/// Lists the roles of the instance and what each grants.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListRoles {}

impl Operation for ListRoles {
    const DECLARATION: Declaration = reading("list_roles");
    const TEXT_FIELDS: TextFields = &[];
}

/// Ends a session of a member of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevokeSession {
    /// The session.
    #[garde(custom(follows(IDENTIFIER)))]
    pub session_id: String,
}

impl Operation for RevokeSession {
    const DECLARATION: Declaration = changing("revoke_session", 30);
    const TEXT_FIELDS: TextFields = &[("session_id", IDENTIFIER)];
}

/// Lists the people of the whole instance, as Clerk has them now.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListUsers {
    /// Page, counted from 0.
    #[garde(range(max = LAST_PAGE))]
    pub page: u32,
    /// Part of a name, an address or an id; blank finds everybody.
    #[garde(custom(follows(SEARCH)))]
    pub query: String,
}

impl Operation for ListUsers {
    // Each call asks Clerk, whose own limit all users of this application share.
    const DECLARATION: Declaration = Declaration {
        rate_limit: Some(RateLimit { requests: 30, window_seconds: 60, on_outage: OnOutage::Local }),
        ..reading("list_users").needing(Permission::ManageUsers)
    };
    const TEXT_FIELDS: TextFields = &[("query", SEARCH)];

    fn cleaned(self) -> Self {
        Self { query: cleaned_search(&self.query), ..self }
    }
}

/// Reads the audit log of the active organization, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListAudit {
    /// Page, counted from 0.
    #[garde(range(max = LAST_PAGE))]
    pub page: u32,
}

impl Operation for ListAudit {
    const DECLARATION: Declaration = reading("list_audit");
    const TEXT_FIELDS: TextFields = &[];
}

/// Operations whose input is a person and nothing else.
macro_rules! about_a_person { ($($(#[$doc:meta])* $operation:ident = $policy:expr;)*) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, Serialize, Deserialize, Validate)]
    pub struct $operation {
        /// The person.
        #[garde(custom(follows(IDENTIFIER)))]
        pub user_id: String,
    }

    impl Operation for $operation {
        const DECLARATION: Declaration = $policy;
        const TEXT_FIELDS: TextFields = &[("user_id", IDENTIFIER)];

        fn about(&self) -> Option<&str> {
            Some(&self.user_id)
        }
    }

    impl TargetsUser for $operation {
        fn user_id(&self) -> &str {
            &self.user_id
        }
    }
)* } }

about_a_person! {
    /// Takes a member out of the active organization.
    RemoveMember = changing("remove_member", 30);
    /// Ends every session of a member of the active organization.
    SignOutEverywhere = changing("sign_out_everywhere", 30);
    /// Keeps a person out of the instance and ends their sessions.
    BanUser = managing("ban_user");
    /// Lets a banned person in again.
    UnbanUser = managing("unban_user");
    /// Keeps a person from signing in; running sessions go on.
    LockUser = managing("lock_user");
    /// Lets a locked person sign in again.
    UnlockUser = managing("unlock_user");
}

impl TargetsUser for ChangeRole {
    fn user_id(&self) -> &str {
        &self.user_id
    }
}

impl TargetsMember for ChangeRole {}
impl TargetsMember for RemoveMember {}
impl TargetsMember for SignOutEverywhere {}

impl AssignsRole for ChangeRole {
    fn role(&self) -> &str {
        &self.role
    }
}

impl AssignsRole for InviteMember {
    fn role(&self) -> &str {
        &self.role
    }
}
