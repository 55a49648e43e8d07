//! Rebuilds when a migration is added: they are compiled into the binary, and the compiler watches
//! only the ones that were there before. Two migrations of one number do not compile.

use std::collections::BTreeMap;

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    let mut numbered: BTreeMap<u64, String> = BTreeMap::new();
    for entry in std::fs::read_dir("migrations").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(number) = name.split('_').next().and_then(|number| number.parse().ok()) else { continue };
        if let Some(other) = numbered.insert(number, name.clone()) {
            println!(
                "cargo::error=migrations/{other} and migrations/{name} have the same number: give one of them the next free number"
            );
        }
    }
}
