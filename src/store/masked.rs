//! Masks the payload of a webhook: ids, numbers and a few words of Clerk stay readable, and every
//! other text becomes dots. Clerk may add a field at any time, so the list names what is shown and
//! not what is hidden.

use serde_json::{Map, Value};

/// Keys whose texts are words of Clerk.
const WORDS: [&str; 6] = ["object", "status", "role", "type", "strategy", "key"];

/// The payload as indented JSON; `None` for an erased one.
pub(super) fn masked(payload: &str) -> Option<String> {
    let value: Value = serde_json::from_str(payload).ok()?;
    serde_json::to_string_pretty(&hidden("", value)).ok()
}

fn hidden(key: &str, value: Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
        Value::String(text) if is_shown(key, &text) => Value::String(text),
        Value::String(_) => Value::from("••••••"),
        Value::Array(items) => items.into_iter().map(|item| hidden(key, item)).collect(),
        // The application chooses the keys of metadata, so even they may say something.
        Value::Object(members) if key.ends_with("metadata") && !members.is_empty() => Value::from("••••••"),
        Value::Object(members) => {
            let members: Map<_, _> =
                members.into_iter().map(|(key, value)| (key.clone(), hidden(&key, value))).collect();
            Value::Object(members)
        }
    }
}

fn is_shown(key: &str, text: &str) -> bool {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte));
    let is_id = |text: &str| text.split_once('_').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty());
    let is_id_key = key == "id" || key.ends_with("_id");
    text.len() <= 64 && is_word(text) && (WORDS.contains(&key) || is_id_key && is_id(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_and_words_of_clerk_stay_and_every_other_text_is_hidden() {
        let payload = json!({
            "id": "user_2abc", "object": "user", "first_name": "Ada", "external_id": "ada@example.com",
            "banned": false, "created_at": 17, "phone_numbers": ["+4912345"],
            "email_addresses": [{ "id": "idn_1", "email_address": "ada@example.com", "object": "email_address" }],
            "public_metadata": { "salary_of_ada": 5 }, "private_metadata": {}, "status": "a sentence about Ada",
            "secret": "sk_live_1", "token_id": "not an id",
        });
        let shown: Value = serde_json::from_str(&masked(&payload.to_string()).unwrap()).unwrap();
        let hidden = "••••••";
        let expected = json!({
            "id": "user_2abc", "object": "user", "first_name": hidden, "external_id": hidden,
            "banned": false, "created_at": 17, "phone_numbers": [hidden],
            "email_addresses": [{ "id": "idn_1", "email_address": hidden, "object": "email_address" }],
            "public_metadata": hidden, "private_metadata": {}, "status": hidden,
            "secret": hidden, "token_id": hidden,
        });
        assert_eq!(shown, expected);
        assert_eq!(masked(""), None, "an erased payload");
    }
}
