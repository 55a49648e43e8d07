//! Rebuilds when a migration is added. They are compiled into the binary, and the compiler watches only the ones that were there before.

#[expect(clippy::print_stdout, reason = "the way to talk to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
