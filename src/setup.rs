//! Creates in a Clerk instance what this application needs: its permissions, roles that grant them,
//! and a role set with the role of the operators.
//!
//! [`missing_steps`] compares an instance with the declared permissions, so a new permission is
//! part of the setup without a line here. [`apply`] makes one step; the caller compares again after
//! it, so an interrupted setup is repeated and ends the same. Nothing is changed or removed.

#[cfg(test)]
mod tests;

use clerk::backend_api::{BackendApi, BackendApiError, CommandRecord, NewRoleSet, RoleSet};
use clerk::objects::{Permission as ClerkPermission, Role};
use domain::permission::Permission;
use std::fmt;

/// The role that Clerk gives to the creator of an organization.
const ADMIN: &str = "admin";

/// The role of the people who run the instance. It grants every permission.
const OPERATOR: &str = "operator";

/// The role set for the organization of the operators. Other organizations keep theirs, so nobody
/// there can assign the role of the operators.
const ROLE_SET: &str = "role_set:operators";

/// The roles, permissions and role sets of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    permissions: Vec<ClerkPermission>,
    roles: Vec<Role>,
    /// `None`: the instance has no role sets.
    role_sets: Option<Vec<RoleSet>>,
}

impl Instance {
    /// Reads the instance.
    ///
    /// # Errors
    /// Organizations are not enabled ([`BackendApiError::NotFound`]), Clerk rejects the secret key,
    /// or cannot be reached.
    pub async fn read(api: &BackendApi) -> Result<Self, BackendApiError> {
        let role_sets = match api.all_role_sets().await {
            Ok(found) => Some(found),
            Err(BackendApiError::NotFound) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { permissions: api.all_permissions().await?, roles: api.all_roles().await?, role_sets })
    }

    /// Whether the instance has role sets. In one without, every organization has every role.
    #[must_use]
    pub fn has_role_sets(&self) -> bool {
        self.role_sets.is_some()
    }

    fn permission(&self, permission: Permission) -> Option<&ClerkPermission> {
        self.permissions.iter().find(|found| found.key == permission.key())
    }

    fn role(&self, key: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.key == key)
    }
}

/// One change of the setup. Its text says what the change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Creates a permission.
    CreatePermission(Permission),
    /// Creates a role, named by its key.
    CreateRole(&'static str),
    /// Adds a permission to a role.
    Grant(&'static str, Permission),
    /// Creates the role set of the operators.
    CreateRoleSet,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreatePermission(permission) => write!(f, "create the permission {}", permission.key()),
            Self::CreateRole(role) => write!(f, "create the role org:{role}"),
            Self::Grant(role, permission) => write!(f, "add {} to the role org:{role}", permission.key()),
            Self::CreateRoleSet => write!(f, "create the role set {ROLE_SET} with the role org:{OPERATOR}"),
        }
    }
}

/// The changes that an instance still needs, in the order in which they are made.
#[must_use]
pub fn missing_steps(instance: &Instance) -> Vec<Step> {
    let is_missing = |permission: &Permission| instance.permission(*permission).is_none();
    let permissions = Permission::ALL.into_iter().filter(is_missing).map(Step::CreatePermission);
    let roles = [ADMIN, OPERATOR].into_iter().filter(|role| instance.role(role).is_none()).map(Step::CreateRole);
    let role_set = instance.role_sets.as_ref().filter(|sets| sets.iter().all(|set| set.key != ROLE_SET));
    let role_set = role_set.map(|_| Step::CreateRoleSet);
    permissions.chain(roles).chain(missing_grants(instance)).chain(role_set).collect()
}

/// The role of administrators gets what concerns their own organization, that of operators all.
fn missing_grants(instance: &Instance) -> impl Iterator<Item = Step> {
    let wanted = [ADMIN, OPERATOR].into_iter().flat_map(|role| {
        let is_granted = move |permission: &Permission| role == OPERATOR || !permission.is_instance_wide();
        Permission::ALL.into_iter().filter(is_granted).map(move |permission| (role, permission))
    });
    wanted.filter_map(|(role, permission)| {
        let granted = instance.role(role).map(|role| role.permissions.as_slice()).unwrap_or_default();
        (!granted.iter().any(|key| key == permission.key())).then_some(Step::Grant(role, permission))
    })
}

/// A setup that is repeated until nothing is missing needs no other record of its commands.
struct RepeatedUntilComplete;

impl CommandRecord for RepeatedUntilComplete {}

/// Makes one change of [`missing_steps`]. `instance`: as it is now.
///
/// # Errors
/// Clerk rejects the change, because the plan does not allow it for example, or cannot be reached.
/// [`BackendApiError::NotFound`]: the step needs one that comes before it.
pub async fn apply(api: &BackendApi, instance: &Instance, step: Step) -> Result<(), BackendApiError> {
    let commands = api.commands(&RepeatedUntilComplete);
    match step {
        Step::CreatePermission(permission) => {
            let key = permission.key();
            commands.create_permission(key, &label(key), permission.purpose()).await.map(drop)
        }
        Step::CreateRole(role) => {
            let description = if role == OPERATOR { "Runs the whole instance." } else { "Manages the organization." };
            commands.create_role(role, &label(role), description).await.map(drop)
        }
        Step::Grant(role, permission) => {
            let role = instance.role(role).ok_or(BackendApiError::NotFound)?;
            let permission = instance.permission(permission).ok_or(BackendApiError::NotFound)?;
            commands.grant_permission(&role.id, &permission.id).await.map(drop)
        }
        Step::CreateRoleSet => {
            // Clerk gives new instances the roles `admin` and `member`; a person may have deleted
            // the second.
            let roles: Vec<_> =
                [ADMIN, "member", OPERATOR].into_iter().filter(|role| instance.role(role).is_some()).collect();
            let default_role = if roles.contains(&"member") { "member" } else { ADMIN };
            let (name, description) = ("Operators", "The roles of the organization that runs this instance.");
            let new = NewRoleSet { key: ROLE_SET, name, description, roles: &roles, default_role, creator_role: ADMIN };
            commands.create_role_set(new).await.map(drop)
        }
    }
}

/// A display name made of a key: `org:users:manage` is "Users manage".
fn label(key: &str) -> String {
    let words = key.trim_start_matches("org:").replace([':', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
