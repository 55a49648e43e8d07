//! The input of an operation from the fields of its form.

use serde::de::value::{Error, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// The input; `None` for fields that are not those of the operation. Other fields are ignored.
pub(crate) fn input_from_fields<S: DeserializeOwned>(fields: Vec<(String, String)>) -> Option<S> {
    let fields = fields.into_iter().map(|(name, text)| (name, Text(text)));
    S::deserialize(MapDeserializer::<_, Error>::new(fields)).ok()
}

/// The value of a field. A form has texts only, so a number is read from its text.
struct Text(String);

impl IntoDeserializer<'_> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A method that reads the text of a field as a number or a boolean.
macro_rules! parsed {
    ($($method:ident => $visit:ident),+ $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.0.parse().map_err(serde::de::Error::custom)?)
        })+
    };
}

impl<'de> Deserializer<'de> for Text {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    parsed! {
        deserialize_bool => visit_bool,
        deserialize_u8 => visit_u8,
        deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32,
        deserialize_u64 => visit_u64,
        deserialize_i8 => visit_i8,
        deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64,
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Input {
        name: String,
        count: u32,
        note: Option<String>,
    }

    fn read(fields: &[(&str, &str)]) -> Option<Input> {
        input_from_fields(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn the_input_is_read_from_its_fields_and_no_others() {
        let input = Input { name: "7".to_owned(), count: 3, note: None };
        assert_eq!(read(&[("name", "7"), ("count", "3"), ("form_page", "/admin")]), Some(input));
        let input = Input { name: String::new(), count: 0, note: Some("x".to_owned()) };
        assert_eq!(read(&[("note", "x"), ("count", "0"), ("name", "")]), Some(input));
    }

    #[test]
    fn a_form_with_other_fields_has_no_input() {
        assert_eq!(read(&[("name", "a")]), None);
        assert_eq!(read(&[("name", "a"), ("count", "-1")]), None);
        assert_eq!(read(&[("name", "a"), ("count", "many")]), None);
    }
}
