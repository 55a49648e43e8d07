//! Errors in the form that Clerk's clients read.

use crate::model::refused::Refused;
use crate::random::random_id;
use serde_json::{Map, Value, json};

/// The body of a refusal.
pub(crate) fn errors(refused: &Refused) -> Value {
    let mut meta = Map::new();
    if let Some(param) = refused.param {
        meta.insert("param_name".to_owned(), param.into());
    }
    meta.extend(refused.meta.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    error(refused.code, &refused.message, &meta.into())
}

/// `message`: a sentence for people.
pub(crate) fn error(code: &str, message: &str, meta: &Value) -> Value {
    json!({
        "errors": [{ "code": code, "message": message, "long_message": message, "meta": meta }],
        "clerk_trace_id": random_id(),
    })
}
