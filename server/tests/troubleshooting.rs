//! `docs/troubleshooting.md` is true: every entry is complete, its tests exist, and the source
//! contains the messages that it quotes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../docs/troubleshooting.md");
const PARTS: [&str; 4] = ["- Symptom: ", "- Cause: ", "- Remedy: ", "- Test: "];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The entries with their headings. Wrapped lines are joined.
fn entries() -> Vec<(&'static str, Vec<String>)> {
    let entry = |text: &'static str| {
        let (heading, rest) = text.split_once('\n').unwrap();
        let rest = rest.replace("\n  ", " ");
        (heading, rest.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    };
    PAGE.split("\n## ").skip(1).map(entry).collect()
}

/// The texts between pairs of this mark.
fn between(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).skip(1).step_by(2)
}

/// Whether a file defines a test of this name: a function in Rust, a title in Playwright.
fn defines(source: &str, file: &str, name: &str) -> bool {
    if file.ends_with(".rs") {
        let function = format!("fn {name}(");
        return source.match_indices(&function).map(|(at, _)| &source[..at]).any(|before| {
            let line = before.rsplit("\n\n").next().unwrap_or_default();
            line.contains("#[test]") || line.contains("#[tokio::test]")
        });
    }
    ['"', '`'].iter().any(|mark| source.contains(&format!("test({mark}{name}{mark}")))
}

#[test]
fn every_entry_has_symptom_cause_remedy_and_tests_that_exist() {
    let entries = entries();
    assert!(entries.len() > 15, "{}", entries.len());
    for (heading, lines) in entries {
        for part in PARTS {
            assert!(lines.iter().any(|line| line.starts_with(part)), "{heading}: no line begins with {part:?}");
        }
        assert!(lines.iter().all(|line| PARTS.iter().any(|part| line.starts_with(part))), "{heading}: {lines:?}");
        for line in lines.iter().filter_map(|line| line.strip_prefix("- Test: ")) {
            let mut names = between(line, '`');
            let file = names.next().unwrap_or_else(|| panic!("{heading}: {line}"));
            let source =
                std::fs::read_to_string(root().join(file)).unwrap_or_else(|_| panic!("{heading}: {file} is not there"));
            let names: Vec<_> = names.collect();
            assert!(!names.is_empty(), "{heading}: {file} without the name of a test");
            for name in names {
                assert!(defines(&source, file, name), "{heading}: {file} has no test {name}");
            }
        }
    }
}

#[test]
fn only_functions_with_a_test_attribute_count_as_tests() {
    assert!(defines("#[test]\nfn a() {\n", "x.rs", "a") && !defines("#[test]\nfn a() {\n", "x.rs", "b"));
    assert!(!defines("#[test]\nfn b() {}\n\nfn a() {\n", "x.rs", "a"));
    assert!(defines("  test(`${a} b`, async", "x.spec.ts", "${a} b") && !defines("// test a b", "x.spec.ts", "a b"));
}

/// The source of the server and of its pages, as one text.
fn said(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            said(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn quoted_messages_exist_in_the_source() {
    let mut text = String::new();
    ["src", "clerk/src", "server/src", "app/src"].iter().for_each(|folder| said(&root().join(folder), &mut text));
    let text: String = text.split("\\\n").map(str::trim_start).collect();
    let mut quotes = 0;
    for (heading, lines) in entries() {
        for quoted in lines.iter().filter(|line| line.starts_with(PARTS[0])).flat_map(|line| between(line, '"')) {
            assert!(text.contains(quoted), "{heading}: {quoted:?} is said no more");
            quotes += 1;
        }
    }
    assert!(quotes > 15, "{quotes}");
}

#[test]
fn other_pages_link_to_it() {
    for page in ["README.md", "docs/clerk.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        assert!(text.contains("troubleshooting.md"), "{page} does not lead to it");
    }
}
