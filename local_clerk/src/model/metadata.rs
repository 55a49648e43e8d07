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
        let pairs = [
            (&mut self.public, change.public_metadata),
            (&mut self.private, change.private_metadata),
            (&mut self.unsafe_, change.unsafe_metadata),
        ];
        for (kept, change) in pairs {
            change.into_iter().for_each(|change| merge(kept, change));
        }
    }
}

fn merge(kept: &mut Map<String, Value>, change: Map<String, Value>) {
    for (name, value) in change {
        match (kept.get_mut(&name), value) {
            (_, Value::Null) => {
                kept.remove(&name);
            }
            (Some(Value::Object(kept)), Value::Object(change)) => merge(kept, change),
            (_, Value::Object(change)) => {
                let mut new = Map::new();
                merge(&mut new, change);
                kept.insert(name, new.into());
            }
            (_, value) => {
                kept.insert(name, value);
            }
        }
    }
}
