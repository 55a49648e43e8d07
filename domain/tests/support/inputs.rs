//! The input of every operation, derived from its type: the names of the fields come from serde,
//! and the rules from `TEXT_FIELDS`. Tests of the server include this file too.

use domain::input::{TextKind, TextRule};
use domain::operation::{Declaration, Operation};
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

/// The input of one operation.
pub(crate) struct Input {
    /// The operation.
    pub(crate) declaration: &'static Declaration,
    /// The name of every field; a text field with its rule.
    pub(crate) fields: Vec<(&'static str, Option<TextRule>)>,
}

/// The input of every declared operation.
pub(crate) fn inputs() -> Vec<Input> {
    Vec::from(domain::for_every_operation!(input))
}

fn input<Op: Operation + DeserializeOwned>() -> Input {
    let rule = |field: &str| Op::TEXT_FIELDS.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule);
    let fields = field_names::<Op>().iter().map(|field| (*field, rule(field))).collect();
    Input { declaration: &Op::DECLARATION, fields }
}

impl Input {
    /// The input as a form, with these values for the text fields and zero for every other field.
    pub(crate) fn form(&self, text: impl Fn(&'static str, TextRule) -> String) -> String {
        let value = |field, rule: Option<TextRule>| rule.map_or_else(|| "0".to_owned(), |rule| text(field, rule));
        let pairs = self.fields.iter().map(|(field, rule)| (*field, value(*field, *rule)));
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    /// A valid form. Its ids name nothing that exists, and it compares nothing with what a page
    /// has shown.
    pub(crate) fn valid_form(&self) -> String {
        self.form(|field, rule| if field == "seen" { String::new() } else { text_of_length(rule, 9) })
    }

    /// A form that no text field accepts, if the operation has one.
    pub(crate) fn invalid_form(&self) -> Option<String> {
        let has_text = self.fields.iter().any(|(_, rule)| rule.is_some());
        has_text.then(|| self.form(|_, rule| text_of_length(rule, rule.max_length + 1)))
    }

    /// A form that does not have the shape of the input, if the operation has a field.
    pub(crate) fn malformed_form(&self) -> Option<String> {
        let field = |(name, rule): &(&str, Option<TextRule>)| match rule {
            Some(_) => format!("{name}[x]=1"),
            None => format!("{name}=minus%20one"),
        };
        (!self.fields.is_empty()).then(|| self.fields.iter().map(field).collect::<Vec<_>>().join("&"))
    }
}

/// A text of this length that is valid except, perhaps, for its length.
pub(crate) fn text_of_length(rule: TextRule, length: usize) -> String {
    let host = if rule.kind == TextKind::EmailAddress { "@a.bc" } else { "" };
    let text = "a".repeat(length - host.len());
    // example:begin bulk
    // A selection has ids of 40 bytes.
    let is_gap = |place: usize| rule.kind == TextKind::Identifiers && place % 41 == 40 && place + 1 < length;
    let letters = text.char_indices().map(|(place, letter)| if is_gap(place) { ' ' } else { letter });
    let text: String = letters.collect();
    // example:end bulk
    text + host
}

/// The names of the fields, as serde's derive passes them to a deserializer.
pub(crate) fn field_names<Op: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    assert!(Op::deserialize(FieldNames(&mut fields)).is_err());
    fields
}

struct FieldNames<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Error::custom("only the names were asked for"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
