//! Every operation of the application with its policy, on one screen.
//!
//! An operation is a type: its fields are the validated input, its [`Declaration`] is the policy. The server reads the declarations to
//! build the door in front of `/api` and to refuse to start when a server function has none; the browser reads the same rules to show
//! an error beside the field before anything is sent. Nothing here decides about a request: that is `access`.

use crate::input;
use crate::permission::Permission;
use crate::refusal::{FieldProblem, InvalidFields};
use crate::reverification::{FactorLevel, Reverification};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// What must hold before an operation runs, in the order in which it is asked: signed in, permission, reverification, input, rate limit.
#[derive(Debug)]
pub struct Declaration {
    /// Name in snake case, as in the audit log; the endpoint is `/api/<name>`.
    pub name: &'static str,
    /// What the session's active organization must grant.
    pub permission: Permission,
    /// How recently the person must have proven who they are; `None` for reading.
    pub reverification: Option<Reverification>,
    /// How often one user may do it; `None` where each call is cheap and changes nothing.
    pub rate_limit: Option<RateLimit>,
}

/// A sliding window for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls within the window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
    /// What happens while the limiter cannot be asked.
    pub on_outage: OnOutage,
}

/// What a limit does while its store is down: a decision for each operation, never a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutage {
    /// Answer 503: better not done than done without a limit.
    Refuse,
    /// Let the call pass, without rate-limit headers.
    Allow,
}

/// One operation: input and policy in one type. `access::Granted<Self>` is the proof that both were checked.
pub trait Operation: Validate<Context = ()> + Serialize + Send + Sync + 'static {
    /// The policy.
    const DECLARATION: Declaration;

    /// The input as it is stored: trimmed, for example. Runs before validation.
    #[must_use]
    fn cleaned(self) -> Self
    where
        Self: Sized,
    {
        self
    }
}

/// Cleans and validates an input. The browser and the server run this same function.
///
/// # Errors
/// The fields that are wrong, each with a code of the closed set [`FieldProblem`].
pub fn checked<Op: Operation>(input: Op) -> Result<Op, InvalidFields> {
    let input = input.cleaned();
    match input.validate() {
        Ok(()) => Ok(input),
        Err(report) => Err(report
            .iter()
            .map(|(path, error)| (path.to_string(), FieldProblem::from_code(error.message())))
            .collect()),
    }
}

/// Every declaration. The server compares them with the server functions that are linked in and does not start when they differ.
pub static OPERATIONS: &[&Declaration] = &[
    &ShowDashboard::DECLARATION,
    &RenameOrganization::DECLARATION,
    &ListMembers::DECLARATION,
    &ChangeRole::DECLARATION,
    &RemoveMember::DECLARATION,
    &RevokeSession::DECLARATION,
    &SignOutEverywhere::DECLARATION,
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

/// What the dashboard shows first: who is signed in, and for which organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowDashboard {}

impl Operation for ShowDashboard {
    const DECLARATION: Declaration = reading("show_dashboard");
}

/// Gives the active organization another display name.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct RenameOrganization {
    /// 1 to 200 characters after trimming, no control characters.
    #[garde(custom(input::display_name))]
    pub name: String,
}

impl Operation for RenameOrganization {
    const DECLARATION: Declaration = changing("rename_organization", 5);

    fn cleaned(self) -> Self {
        Self { name: self.name.trim().to_owned() }
    }
}

/// Lists the members of the active organization with their running sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListMembers {
    /// Page, counted from 0.
    #[garde(range(max = input::LAST_PAGE))]
    pub page: u32,
    /// Part of a name, an address or an id; blank finds everybody.
    #[garde(custom(input::search))]
    pub query: String,
}

impl Operation for ListMembers {
    const DECLARATION: Declaration = reading("list_members");

    fn cleaned(self) -> Self {
        Self { query: self.query.trim().to_owned(), ..self }
    }
}

/// Gives a member of the active organization another role.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ChangeRole {
    /// The member.
    #[garde(custom(input::identifier))]
    pub user_id: String,
    /// Role without the leading `org:`.
    #[garde(custom(input::identifier))]
    pub role: String,
}

impl Operation for ChangeRole {
    const DECLARATION: Declaration = changing("change_role", 30);
}

/// Takes a member out of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RemoveMember {
    /// The member.
    #[garde(custom(input::identifier))]
    pub user_id: String,
}

impl Operation for RemoveMember {
    const DECLARATION: Declaration = changing("remove_member", 30);
}

/// Ends a session of a member of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevokeSession {
    /// The session.
    #[garde(custom(input::identifier))]
    pub session_id: String,
}

impl Operation for RevokeSession {
    const DECLARATION: Declaration = changing("revoke_session", 30);
}

/// Ends every session of a member of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct SignOutEverywhere {
    /// The member.
    #[garde(custom(input::identifier))]
    pub user_id: String,
}

impl Operation for SignOutEverywhere {
    const DECLARATION: Declaration = changing("sign_out_everywhere", 30);
}

/// An operation on another member. The store asks first whether they are one, and whether they are not the person who asks.
pub trait OnMember: Operation {
    /// Clerk's id of the member.
    fn user_id(&self) -> &str;
}

impl OnMember for ChangeRole {
    fn user_id(&self) -> &str {
        &self.user_id
    }
}

impl OnMember for RemoveMember {
    fn user_id(&self) -> &str {
        &self.user_id
    }
}

impl OnMember for SignOutEverywhere {
    fn user_id(&self) -> &str {
        &self.user_id
    }
}

/// Reads the audit log of the active organization, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListAudit {
    /// Page, counted from 0.
    #[garde(range(max = input::LAST_PAGE))]
    pub page: u32,
}

impl Operation for ListAudit {
    const DECLARATION: Declaration = reading("list_audit");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(name: &str) -> Result<String, InvalidFields> {
        checked(RenameOrganization { name: name.to_owned() }).map(|input| input.name)
    }

    #[test]
    fn a_name_is_trimmed_before_it_is_measured() {
        assert_eq!(rename("  Analytical Engines\n").unwrap(), "Analytical Engines");
        assert!(rename(&format!("  {}  ", "é".repeat(200))).is_ok());
    }

    #[test]
    fn each_fault_of_a_name_has_its_code() {
        let code = |name: &str| rename(name).unwrap_err().get("name").copied();
        assert_eq!(code(""), Some(FieldProblem::Required));
        assert_eq!(code(" \t "), Some(FieldProblem::Required));
        assert_eq!(code(&"a".repeat(201)), Some(FieldProblem::TooLong));
        assert_eq!(code("a\u{0}b"), Some(FieldProblem::ControlCharacter));
        assert_eq!(code("a\nb"), Some(FieldProblem::ControlCharacter));
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = OPERATIONS.iter().map(|declaration| declaration.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OPERATIONS.len());
    }

    #[test]
    fn whatever_changes_something_needs_a_fresh_sign_in_and_a_limit() {
        for declaration in OPERATIONS.iter().filter(|declaration| !is_reading(declaration.name)) {
            assert!(declaration.reverification.is_some(), "{}", declaration.name);
            assert_eq!(
                declaration.rate_limit.map(|limit| limit.on_outage),
                Some(OnOutage::Refuse),
                "{}",
                declaration.name
            );
        }
    }

    fn is_reading(name: &str) -> bool {
        name.starts_with("show_") || name.starts_with("list_")
    }
}
