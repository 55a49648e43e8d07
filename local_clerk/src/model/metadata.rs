//! Metadata of users: three JSON objects. A change is a deep merge in which `null` removes a
//! member.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    #[serde(rename = "public_metadata")]
    pub(crate) public: Map<String, Value>,
    #[serde(rename = "private_metadata")]
    pub(crate) private: Map<String, Value>,
    #[serde(rename = "unsafe_metadata")]
    pub(crate) unsafe_: Map<String, Value>,
}

/// Changes of metadata; absent objects stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct MetadataParams {
    public_metadata: Option<Map<String, Value>>,
    private_metadata: Option<Map<String, Value>>,
    unsafe_metadata: Option<Map<String, Value>>,
}

impl Metadata {
    pub(crate) fn merge(&mut self, change: MetadataParams) {
        merge(&mut self.public, change.public_metadata.unwrap_or_default());
        merge(&mut self.private, change.private_metadata.unwrap_or_default());
        merge(&mut self.unsafe_, change.unsafe_metadata.unwrap_or_default());
    }
}

fn merge(kept: &mut Map<String, Value>, change: Map<String, Value>) {
    for (name, value) in change {
        match value {
            Value::Null => {
                kept.remove(&name);
            }
            Value::Object(change) => {
                let mut inner = kept.get(&name).and_then(Value::as_object).cloned().unwrap_or_default();
                merge(&mut inner, change);
                kept.insert(name, inner.into());
            }
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                kept.insert(name, value);
            }
        }
    }
}
