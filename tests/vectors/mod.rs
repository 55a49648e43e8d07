//! The folder with the vectors: `GATEHOUSE_VECTORS`, or this one.
#![allow(unreachable_pub, reason = "each test file uses it")]

use serde_json::Value;
use std::path::PathBuf;

pub fn vectors(path: &str) -> Value {
    #[expect(clippy::disallowed_methods, reason = "the folder of the vectors")]
    let folder = std::env::var("GATEHOUSE_VECTORS")
        .map_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors").into(), PathBuf::from);
    let file = folder.join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

pub fn cases<'a>(file: &'a Value, name: &str) -> &'a [Value] {
    file[name].as_array().filter(|cases| !cases.is_empty()).unwrap()
}
