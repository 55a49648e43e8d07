//! Tests of the input rules and of the properties that all policies share.

use super::*;
use crate::permission::Permission;
use crate::refusal::{FieldProblem, InvalidFields};

fn rename(name: &str) -> Result<String, InvalidFields> {
    validated(RenameOrganization::to(name)).map(|input| input.name)
}

#[test]
fn a_name_is_trimmed_before_it_is_measured() {
    assert_eq!(rename("  Analytical Engines\n").unwrap(), "Analytical Engines");
    assert!(rename(&format!("  {}  ", "é".repeat(200))).is_ok());
}

#[test]
fn each_problem_of_a_name_has_its_code() {
    let code = |name: &str| rename(name).unwrap_err().get("name").copied();
    assert_eq!(code(""), Some(FieldProblem::Required));
    assert_eq!(code(" \t "), Some(FieldProblem::Required));
    assert_eq!(code(&"a".repeat(201)), Some(FieldProblem::TooLong));
    assert_eq!(code("a\u{0}b"), Some(FieldProblem::ControlCharacter));
    assert_eq!(code("a\nb"), Some(FieldProblem::ControlCharacter));
}

#[test]
fn a_name_has_no_bidi_control_characters() {
    let code = |name: &str| rename(name).unwrap_err().get("name").copied();
    let controls = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    for control in controls.chars().chain("\u{85}\u{2028}\u{2029}\u{9b}".chars()) {
        let name = format!("Acme{control}gro.live");
        assert_eq!(code(&name), Some(FieldProblem::ControlCharacter), "{name:?}");
    }
}

#[test]
fn a_name_has_a_visible_character() {
    let code = |name: &str| rename(name).unwrap_err().get("name").copied();
    for name in [
        "\u{200b}",
        "\u{ad}\u{2060}",
        "\u{3164}",
        "\u{2800}",
        "\u{301}",
        "\u{fe0f}\u{200d}",
        "\u{fffc}",
        "\u{3000}\u{a0}",
    ] {
        assert_eq!(code(name), Some(FieldProblem::Required), "{name:?}");
    }
    for name in ["👨‍👩‍👧‍👦 & Söhne", "شرکت می‌خواهم", "שלום", "e\u{301}", "☃"] {
        assert_eq!(rename(name).unwrap(), name);
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = OPERATIONS.iter().map(|declaration| declaration.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), OPERATIONS.len());
}

/// Changes without reverification.
const EVERYDAY: &[&str] = &[
    // Each name here decides what a stolen session can do.
    "save_audit_view",   // example:line views
    "delete_audit_view", // example:line views
];

#[test]
fn a_change_has_a_limit_and_needs_a_fresh_sign_in_unless_it_is_an_everyday_one() {
    for declaration in OPERATIONS.iter().filter(|declaration| declaration.effect == Effect::Change) {
        let name = declaration.name;
        assert_eq!(declaration.rate_limit.map(|limit| limit.on_outage), Some(OnOutage::Refuse), "{name}");
        assert_eq!(declaration.reverification.is_none(), EVERYDAY.contains(&name), "{name}");
    }
}

/// Sensitive changes without a reason for the audit log: they end nothing and keep nobody out.
const WITHOUT_REASON: &[&str] = &[
    "rename_organization",
    "export_audit",
    "invite_member",  // example:line invitations
    "reveal_webhook", // example:line webhooks
];

#[test]
fn a_dangerous_change_takes_a_reason() {
    fn takes_reason<Op: Operation>() -> (&'static Declaration, bool) {
        (&Op::DECLARATION, Op::TEXT_FIELDS.contains(&("reason", crate::input::REASON)))
    }
    for (declaration, takes_reason) in crate::for_every_operation!(takes_reason) {
        let is_dangerous = declaration.reverification.is_some() && !WITHOUT_REASON.contains(&declaration.name);
        assert_eq!(takes_reason, is_dangerous, "{}", declaration.name);
    }
}

#[test]
fn a_reason_is_one_optional_line_of_200_characters() {
    let code = |reason: &str| {
        let input = RevokeOtherSessions { reason: reason.to_owned() };
        validated(input).err().and_then(|fields| fields.get("reason").copied())
    };
    for reason in ["", "  ", "\u{200b}", "Left the company", &format!(" {}\n", "é".repeat(200))] {
        assert_eq!(code(reason), None, "{reason:?}");
    }
    assert_eq!(code(&"a".repeat(201)), Some(FieldProblem::TooLong));
    for control in ["a\u{0}b", "a\nb", "a\u{202e}b", "a\u{2028}b"] {
        assert_eq!(code(control), Some(FieldProblem::ControlCharacter), "{control:?}");
    }
}

#[test]
fn an_operation_whose_name_says_that_it_reads_changes_nothing() {
    for declaration in OPERATIONS {
        let reads = declaration.name.starts_with("show_") || declaration.name.starts_with("list_");
        assert_eq!(declaration.effect == Effect::Read, reads, "{}", declaration.name);
    }
}

// example:begin invitations
#[test]
fn an_email_address_has_a_local_part_and_a_domain() {
    let invite = |text: &str| validated(InviteMember { email_address: text.to_owned(), role: "member".to_owned() });
    for right in [
        "ada@example.com",
        "  ada@example.com ",
        "a.b+c@mail.example.co",
        "ä@bücher.example",
        "a@1-2.example.XN--P1AI",
        "a@пример.рф",
        "a@उदाहरण.भारत",
        "a@123.museum",
    ] {
        assert_eq!(invite(right).unwrap().email_address, right.trim());
    }
    let code = |text: &str| invite(text).unwrap_err().get("email_address").copied();
    assert_eq!(code(" "), Some(FieldProblem::Required));
    assert_eq!(code(&format!("{}@example.com", "a".repeat(250))), Some(FieldProblem::TooLong));
    assert_eq!(code("a\u{0}@example.com"), Some(FieldProblem::ControlCharacter));
    assert_eq!(code("ada\u{202e}@example.com"), Some(FieldProblem::ControlCharacter));
    for hidden in [
        "ada\u{200b}@example.com",
        "ada@exa\u{ad}mple.com",
        "\u{3164}@example.com",
        "ada@\u{2800}",
        "a\u{2060}@example.com",
    ] {
        assert_eq!(code(hidden), Some(FieldProblem::Invalid), "{hidden:?}");
    }
    for wrong in [
        "ada",
        "@example.com",
        "ada@",
        "a@b@c.de",
        "a b@example.com",
        "ada@.com",
        "ada@example.",
        "a,b@example.com",
        "<a@example.com>",
        "ada@localhost",
        "ada@example",
        "ada@example..com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@example.c",
        "ada@192.0.2.1",
        "ada@example.c0m",
    ] {
        assert_eq!(code(wrong), Some(FieldProblem::Invalid), "{wrong}");
    }
}
// example:end invitations

/// Users, webhooks and jobs belong to no organization.
fn is_instance_wide(name: &str) -> bool {
    ["_user", "_webhook", "_job"].iter().any(|part| name.contains(part))
}

#[test]
fn instance_wide_operations_need_their_own_permission() {
    for declaration in OPERATIONS.iter().filter(|declaration| is_instance_wide(declaration.name)) {
        assert_eq!(declaration.permission, Permission::ManageUsers, "{}", declaration.name);
    }
}

#[test]
fn white_space_of_any_kind_is_one_space_in_a_search() {
    for (typed, searched) in [
        ("", ""),
        ("\t", ""),
        (" \r\n\u{a0}\u{3000}", ""),
        ("ada\tlovelace", "ada lovelace"),
        ("ada\u{1f}lovelace", "ada lovelace"),
        ("ada\u{2028}\u{85}lovelace\n", "ada lovelace"),
    ] {
        let members =
            validated(ListMembers { query: typed.to_owned(), ..ListMembers::default() }).map(|input| input.query);
        let actors = validated(ListAudit { actor: typed.to_owned(), ..ListAudit::default() }).map(|input| input.actor);
        assert_eq!((members, actors), (Ok(searched.to_owned()), Ok(searched.to_owned())), "{typed:?}");
    }
}

#[test]
fn each_problem_of_a_search_has_its_code() {
    let code = |query: &str| {
        let wrong = validated(ListMembers { query: query.to_owned(), ..ListMembers::default() }).err();
        wrong.and_then(|fields| fields.get("query").copied())
    };
    assert_eq!(code(&format!(" {}\n", "🛡".repeat(100))), None);
    assert_eq!(code(&"a".repeat(101)), Some(FieldProblem::TooLong));
    for control in ["a\u{0}b", "\u{1b}[2J", "\u{7f}", "\u{9b}"] {
        assert_eq!(code(control), Some(FieldProblem::ControlCharacter), "{control:?}");
    }
    assert_eq!(code("\u{fffd}"), Some(FieldProblem::Invalid), "what an address decodes to that is not UTF-8");
}

#[test]
fn the_place_of_a_page_is_a_short_word_or_nothing() {
    let code = |page: &str| {
        let wrong = validated(ListAudit { page: page.to_owned(), ..ListAudit::default() }).err();
        wrong.and_then(|fields| fields.get("page").copied())
    };
    for page in ["", "0", "4294967296", "aMDE5MmYz-_", &"a".repeat(800)] {
        assert_eq!(code(page), None, "{page}");
    }
    assert_eq!(code(&"a".repeat(801)), Some(FieldProblem::TooLong));
    for page in ["a b", "a=", "é", "\u{0}", "../x", "a+b"] {
        assert_eq!(code(page), Some(FieldProblem::Invalid), "{page:?}");
    }
}
