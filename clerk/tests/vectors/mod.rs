//! Reads vectors from the folder that `GATEHOUSE_VECTORS` names, or from this one without the
//! variable.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use http::{HeaderMap, HeaderName, HeaderValue};
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

/// The texts of a list, or a text alone as a list of one.
pub fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Recorded headers. `None`: HTTP itself refuses one of them.
pub fn header_map(headers: &Value) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.as_object()? {
        map.append(HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    Some(map)
}
