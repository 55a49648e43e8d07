//! The rules of inputs, and what every policy has in common.

use super::*;
use crate::refusal::{FieldProblem, InvalidFields};

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
        assert_eq!(declaration.rate_limit.map(|limit| limit.on_outage), Some(OnOutage::Refuse), "{}", declaration.name);
    }
}

fn is_reading(name: &str) -> bool {
    name.starts_with("show_") || name.starts_with("list_")
}

#[test]
fn an_address_has_a_name_and_a_place_and_nothing_odd() {
    let invite = |text: &str| checked(InviteMember { email_address: text.to_owned(), role: "member".to_owned() });
    for right in ["ada@example.com", "  ada@example.com ", "a.b+c@mail.example.co", "ä@bücher.example", "a@localhost"]
    {
        assert_eq!(invite(right).unwrap().email_address, right.trim());
    }
    let code = |text: &str| invite(text).unwrap_err().get("email_address").copied();
    assert_eq!(code(" "), Some(FieldProblem::Required));
    assert_eq!(code(&format!("{}@example.com", "a".repeat(250))), Some(FieldProblem::TooLong));
    assert_eq!(code("a\u{0}@example.com"), Some(FieldProblem::ControlCharacter));
    for wrong in
        ["ada", "@example.com", "ada@", "a@b@c", "a b@example.com", "ada@.com", "ada@example.", "a,b@c.d", "<a@b.c>"]
    {
        assert_eq!(code(wrong), Some(FieldProblem::Invalid), "{wrong}");
    }
}

#[test]
fn what_reaches_beyond_the_organization_needs_its_own_permission() {
    for declaration in OPERATIONS.iter().filter(|declaration| declaration.name.contains("_user")) {
        assert_eq!(declaration.permission, Permission::ManageUsers, "{}", declaration.name);
    }
}
