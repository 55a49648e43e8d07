//! Rebuilds when a migration is added. They are compiled into the binary, and the compiler watches only the ones that were there before.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
