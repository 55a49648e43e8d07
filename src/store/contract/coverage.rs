//! The contract is whole: every function of the store that takes a grant is called in a test that
//! runs on every database. A new store module without a contract test fails here.

use std::path::Path;

/// The names of the public functions in a source file that take a grant.
fn functions_with_a_grant(source: &str) -> Vec<&str> {
    let starts = source.match_indices("pub async fn ").map(|(at, start)| &source[at + start.len()..]);
    starts
        .filter(|text| text.split_once('{').is_some_and(|(signature, _)| signature.contains("Granted<")))
        .map(|text| text.split(['(', '<']).next().unwrap_or_default())
        .collect()
}

/// The lines of a source file that are no comments.
fn code(source: &str) -> String {
    source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let named = |path: std::path::PathBuf| {
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        (module, std::fs::read_to_string(path).unwrap())
    };
    files.map(named).collect()
}

#[test]
fn every_function_with_a_grant_has_a_contract_test() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let tests: Vec<_> = rust_files(&store.join("contract")).into_iter().map(|(_, source)| code(&source)).collect();
    let mut functions = 0;
    for (module, source) in rust_files(&store).iter().filter(|(module, _)| module != "contract") {
        for function in functions_with_a_grant(source) {
            let call = format!("{module}::{function}(");
            let is_tested = tests.iter().any(|test| test.contains(&call) && test.contains("on_every_database("));
            assert!(is_tested, "{module}::{function}: add a test with on_every_database in src/store/contract");
            functions += 1;
        }
    }
    assert!(functions >= 15, "{functions}");
    assert!(functions > 15, "{functions}"); // example:line users
}

/// A file without its `mod` line is no test: the compiler never reads it.
#[test]
fn every_file_of_the_contract_is_compiled() {
    let modules = include_str!("../contract.rs");
    for (module, _) in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/contract")) {
        assert!(modules.contains(&format!("\nmod {module};")), "src/store/contract.rs lacks the line: mod {module};");
    }
}

#[test]
fn a_function_with_a_grant_is_recognized() {
    let source = "pub async fn list(\n    grant: &Granted<ListProjects>,\n) -> A {\n}\npub async fn take(a: A) {}\n\
        pub async fn find<Op>(grant: &Granted<Op>) {}\n";
    assert_eq!(functions_with_a_grant(source), ["list", "find"]);
    assert_eq!(code("a::b(c);\n  // d::e(f);\n"), "a::b(c);");
}
