//! The objects of Clerk's APIs and webhooks as JSON. Pure functions of the model.

pub(crate) mod events;
pub(crate) mod organizations;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod users;

use crate::{model::Refused, random::random_id};
use serde_json::{Map, Value, json};

/// A deleted object. `kind`: of the object.
pub(crate) fn deleted(kind: &str, id: &str) -> Value {
    json!({ "object": kind, "id": id, "deleted": true })
}

/// The part of a list that was asked for, and how many objects there are in all.
pub(crate) fn part_of_list(data: &[Value], total: usize) -> Value {
    json!({ "data": data, "total_count": total })
}

/// A whole list.
pub(crate) fn list(objects: impl IntoIterator<Item = Value>) -> Value {
    let data: Vec<_> = objects.into_iter().collect();
    part_of_list(&data, data.len())
}

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
