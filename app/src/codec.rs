//! JSON for the values that a page, its URL or a token holds.

use crate::value::Mismatch;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// JSON. In a browser the browser's own parser reads it, so that the wasm contains none.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = Mismatch;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Mismatch> {
        // The error of serde_json would bring its texts into the wasm.
        serde_json::to_string(value).map_err(|_| Mismatch)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = Mismatch;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Mismatch> {
        parsed::value(text)?.read()
    }
}

/// The browser's parser.
#[cfg(feature = "hydrate")]
mod parsed {
    use crate::value::{Mismatch, Value};
    use js_sys::{Array, JSON, Object};
    use leptos::wasm_bindgen::{JsCast, JsValue};

    pub(super) fn value(json: &str) -> Result<Value, Mismatch> {
        JSON::parse(json).map(of).map_err(|_| Mismatch)
    }

    fn of(value: JsValue) -> Value {
        if let Some(text) = value.as_string() {
            return Value::Text(text);
        }
        if let Some(number) = value.as_f64() {
            return Value::Number(number);
        }
        if let Some(flag) = value.as_bool() {
            return Value::Flag(flag);
        }
        if Array::is_array(&value) {
            return Value::List(Array::from(&value).iter().map(of).collect());
        }
        match value.dyn_ref::<Object>() {
            Some(fields) => Value::Fields(Object::entries(fields).iter().map(field).collect()),
            None => Value::Null,
        }
    }

    /// A name and its value.
    fn field(entry: JsValue) -> (String, Value) {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap_or_default(), of(entry.get(1)))
    }
}

/// The server's parser.
#[cfg(not(feature = "hydrate"))]
mod parsed {
    use crate::value::{Mismatch, Value};
    use serde_json::Value as Parsed;

    pub(super) fn value(json: &str) -> Result<Value, Mismatch> {
        serde_json::from_str(json).map(of).map_err(|_| Mismatch)
    }

    fn of(value: Parsed) -> Value {
        match value {
            Parsed::Null => Value::Null,
            Parsed::Bool(flag) => Value::Flag(flag),
            Parsed::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
            Parsed::String(text) => Value::Text(text),
            Parsed::Array(values) => Value::List(values.into_iter().map(of).collect()),
            Parsed::Object(fields) => {
                Value::Fields(fields.into_iter().map(|(name, value)| (name, of(value))).collect())
            }
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::current_user::{CurrentUser, SignInState};
    use domain::permission::Permission;
    use domain::refusal::Refusal;
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
        let json = Json::encode(&value).ok();
        assert_eq!(json.as_deref().map(Json::decode), Some(Ok(value)), "{json:?}");
    }

    #[test]
    fn every_kind_of_json_comes_back_as_the_same_value() {
        comes_back(());
        comes_back(vec![Some(true), None]);
        comes_back(BTreeMap::from([("a".to_owned(), Some("b".to_owned())), (String::new(), None)]));
        comes_back((1_i64 << 53) - 1);
        comes_back(-1.5);
        for refusal in [Refusal::NOBODY, Refusal::Forbidden, Refusal::RateLimited { retry_after: 7 }] {
            comes_back(refusal);
        }
        let permissions = Permission::ALL.to_vec();
        comes_back(CurrentUser { state: SignInState::SignedIn, permissions, ..CurrentUser::default() });
    }

    #[test]
    fn json_of_another_form_is_refused() {
        assert_eq!(read::<String>("\"1\""), Ok("1".to_owned()));
        for refused in [
            read::<()>("[null]").err(),
            read::<u32>("\"1\"").err(),
            read::<bool>("\"true\"").err(),
            read::<u32>("1.5").err(),
            read::<u32>("-1").err(),
            read::<String>("1").err(),
            read::<SignInState>("\"Ended\"").err(),
            read::<CurrentUser>("[\"a\",\"b\"]").err(),
            read::<()>("").err(),
        ] {
            assert_eq!(refused, Some(Mismatch));
        }
    }

    fn read<T: DeserializeOwned>(json: &str) -> Result<T, Mismatch> {
        Json::decode(json)
    }
}
