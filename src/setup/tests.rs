use super::*;

fn permission(permission: Permission) -> ClerkPermission {
    let key = permission.key().to_owned();
    ClerkPermission { id: format!("perm_{key}"), name: key.clone(), key, updated_at: 1 }
}

fn role(key: &str, granted: &[Permission]) -> Role {
    let permissions = granted.iter().map(|permission| permission.key().to_owned()).collect();
    Role { id: format!("role_{key}"), key: key.to_owned(), name: key.to_owned(), permissions, updated_at: 1 }
}

#[test]
fn a_new_instance_lacks_everything_and_a_complete_one_nothing() {
    let new = Instance { roles: vec![role("admin", &[]), role("member", &[])], ..Instance::default() };
    let mut texts: Vec<_> = missing_steps(&new).iter().map(Step::to_string).collect();
    assert_eq!(texts.pop().unwrap(), "add org:users:manage to the role org:operator");
    assert_eq!(texts[0], "create the permission org:admin:access");
    let complete = Instance {
        permissions: Permission::ALL.into_iter().map(permission).collect(),
        roles: vec![role("admin", &[Permission::AdminAccess]), role("operator", &Permission::ALL)],
        role_sets: None,
    };
    assert_eq!(missing_steps(&complete), []);
    for (role_sets, expected) in [
        (vec![], vec![Step::CreateRoleSet]),
        (vec![RoleSet { key: "role_set:default".to_owned() }], vec![Step::CreateRoleSet]),
        (vec![RoleSet { key: ROLE_SET.to_owned() }], vec![]),
    ] {
        let instance = Instance { role_sets: Some(role_sets), ..complete.clone() };
        assert_eq!(missing_steps(&instance), expected);
    }
}

#[test]
fn administrators_get_no_permission_beyond_their_organization() {
    for step in missing_steps(&Instance::default()) {
        if let Step::Grant(ADMIN, permission) = step {
            assert!(!permission.is_instance_wide(), "{step}");
        }
    }
}

#[test]
fn a_role_that_grants_more_stays_as_it_is() {
    let instance = Instance {
        permissions: Permission::ALL.into_iter().map(permission).collect(),
        roles: vec![role("admin", &Permission::ALL), role("operator", &Permission::ALL)],
        role_sets: None,
    };
    assert_eq!(missing_steps(&instance), []);
}
