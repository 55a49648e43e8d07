//! `.env.example` and `docs/clerk.md` agree with the configuration that the server reads.

use super::*;
use std::cell::RefCell;

/// Every variable that is asked for, whichever way the configuration goes.
fn variables_read() -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    for given in [&[] as &[(&str, &str)], &instance(&[])] {
        let source = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            given.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned())
        };
        Config::read(&source, true).unwrap();
    }
    asked.into_inner()
}

#[test]
fn the_example_file_explains_exactly_the_existing_variables() {
    let example = include_str!("../../../.env.example").lines();
    let explained = example.filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0));
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let explained: BTreeSet<_> = explained.filter(is_name).map(str::to_owned).collect();
    assert_eq!(explained, variables_read());
}

/// Messages of `clerk.rs` are the texts that begin with one of these verbs.
const VERBS: [&str; 2] = ["is ", "holds "];

fn string_literals(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').skip(1).step_by(2)
}

#[test]
fn the_troubleshooting_page_explains_every_problem_with_clerk() {
    let source =
        concat!(include_str!("../clerk.rs"), include_str!("../local_clerk.rs"), include_str!("../operators.rs"));
    let page = include_str!("../../../docs/clerk.md");
    let messages: Vec<_> =
        string_literals(source).filter(|text| VERBS.iter().any(|verb| text.starts_with(verb))).collect();
    assert_eq!(
        messages.len(),
        source.matches("problems.add(").count(),
        "a message begins with another verb: {messages:?}"
    );
    let unexplained: Vec<_> = messages.iter().filter(|message| !page.contains(&format!(" {message}`"))).collect();
    assert!(unexplained.is_empty(), "docs/clerk.md does not explain {unexplained:?}");
}

#[test]
fn quoted_messages_exist_in_the_code() {
    let page = include_str!("../../../docs/clerk.md");
    let (_, table) = page.split_once("## What a start-up error means").unwrap();
    let (table, rest) = table.split_once("## When something is wrong").unwrap();
    let code = [
        include_str!("../clerk.rs"),
        include_str!("../local_clerk.rs"),
        include_str!("../operators.rs"),
        include_str!("../../gate.rs"),
        include_str!("../../../clerk/src/authenticate/handshake_return.rs"),
        include_str!("../../../server/src/start.rs"),
        include_str!("../../../server/src/start/local.rs"),
        include_str!("../../../app/src/texts/statuses.rs"),
        include_str!("../../../app/src/pages/sign_out.rs"),
        include_str!("../../../app/src/shell.rs"),
        include_str!("../../../app/src/shell/sign_in.rs"),
        include_str!("../../../app/src/texts/refusals.rs"),
        include_str!("../../../app/src/components/admin_frame.rs"),
    ]
    .concat();
    let rows: Vec<_> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let (variable, what) = row.split_once(' ').unwrap();
        assert!(code.contains(what) && code.contains(variable) || variable == "PUBLIC_ORIGIN", "{row} is said no more");
    }
    for quoted in string_literals(rest) {
        let quoted = quoted.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code.contains(&quoted), "{quoted} is said no more");
    }
}
