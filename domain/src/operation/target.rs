//! The user that an operation acts on.
//!
//! Every operation names its target type, so an operation on a user cannot be declared without one.
//! An administrator who bans, locks or removes themselves could lock everybody out, so the targets
//! in this module refuse the caller.

use crate::ids::UserId;
use crate::refusal::{FieldProblem, InvalidFields};

/// The user that an operation acts on, before and after the check against the caller.
pub trait Target: Send + Sync + 'static {
    /// The target after the check.
    type Checked: Send + Sync;

    /// Refuses a target that the caller may not act on.
    ///
    /// # Errors
    /// The field with the id: [`FieldProblem::Yourself`], or [`FieldProblem::Invalid`] for a text
    /// that is no id.
    fn check(self, caller: &UserId) -> Result<Self::Checked, InvalidFields>;
}

/// The operation acts on no user.
#[derive(Clone, Copy, Debug)]
pub struct NoUser;

/// The operation acts on a user other than the caller, in any organization.
#[derive(Clone, Debug)]
pub struct AnotherUser(String);

/// The operation acts on a member of the active organization other than the caller.
#[derive(Clone, Debug)]
pub struct AnotherMember(String);

// example:begin bulk
/// The operation acts on members of the active organization, and not on the caller.
#[derive(Clone, Debug)]
pub struct OtherMembers(String);
// example:end bulk

impl AnotherUser {
    /// The target with this id, as the input has it.
    #[must_use]
    pub fn new(user_id: &str) -> Self {
        Self(user_id.to_owned())
    }
}

impl AnotherMember {
    /// The target with this id, as the input has it.
    #[must_use]
    pub fn new(user_id: &str) -> Self {
        Self(user_id.to_owned())
    }
}

// example:begin bulk
impl OtherMembers {
    /// The targets with these ids, with a blank between them, as the input has them.
    #[must_use]
    pub fn new(user_ids: &str) -> Self {
        Self(user_ids.to_owned())
    }
}
// example:end bulk

impl Target for NoUser {
    type Checked = ();

    fn check(self, _caller: &UserId) -> Result<(), InvalidFields> {
        Ok(())
    }
}

impl Target for AnotherUser {
    type Checked = UserId;

    fn check(self, caller: &UserId) -> Result<UserId, InvalidFields> {
        other_than(caller, &self.0)
    }
}

impl Target for AnotherMember {
    type Checked = UserId;

    fn check(self, caller: &UserId) -> Result<UserId, InvalidFields> {
        other_than(caller, &self.0)
    }
}

// example:begin bulk
impl Target for OtherMembers {
    /// Each of them once.
    type Checked = Vec<UserId>;

    fn check(self, caller: &UserId) -> Result<Vec<UserId>, InvalidFields> {
        let mut users = Vec::new();
        for user_id in self.0.split(' ') {
            let user = other_user(caller, user_id);
            let user = user.map_err(|problem| InvalidFields::from([("user_ids".to_owned(), problem)]))?;
            if !users.contains(&user) {
                users.push(user);
            }
        }
        Ok(users)
    }
}
// example:end bulk

fn other_than(caller: &UserId, user_id: &str) -> Result<UserId, InvalidFields> {
    other_user(caller, user_id).map_err(|problem| InvalidFields::from([("user_id".to_owned(), problem)]))
}

fn other_user(caller: &UserId, user_id: &str) -> Result<UserId, FieldProblem> {
    match UserId::parse(user_id) {
        Ok(user) if user != *caller => Ok(user),
        Ok(_) => Err(FieldProblem::Yourself),
        Err(_) => Err(FieldProblem::Invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_cannot_be_the_target() {
        let caller = UserId::parse("user_ada").unwrap();
        let problem = |fields: InvalidFields| fields.get("user_id").copied();
        assert_eq!(AnotherUser::new("user_bob").check(&caller).unwrap().as_str(), "user_bob");
        assert_eq!(AnotherUser::new("user_ada").check(&caller).map_err(problem), Err(Some(FieldProblem::Yourself)));
        assert_eq!(AnotherMember::new("user_ada").check(&caller).map_err(problem), Err(Some(FieldProblem::Yourself)));
        assert_eq!(AnotherMember::new("").check(&caller).map_err(problem), Err(Some(FieldProblem::Invalid)));
    }

    // example:begin bulk
    #[test]
    fn the_caller_cannot_be_among_the_targets() {
        let caller = UserId::parse("user_ada").unwrap();
        let check = |ids: &str| OtherMembers::new(ids).check(&caller);
        let ids = |users: Vec<UserId>| users.into_iter().map(String::from).collect::<Vec<_>>();
        assert_eq!(check("user_bob user_cy user_bob").map(ids).unwrap(), ["user_bob", "user_cy"]);
        let problem = |fields: InvalidFields| fields.get("user_ids").copied();
        assert_eq!(check("user_bob user_ada").map_err(problem), Err(Some(FieldProblem::Yourself)));
        assert_eq!(check("user_bob  user_cy").map_err(problem), Err(Some(FieldProblem::Invalid)));
    }
    // example:end bulk
}
