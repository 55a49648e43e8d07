//! A value without a type, which the browser has parsed from JSON, and the deserializer that gives
//! it one.
//!
//! `serde_json` would bring its own parser, tables for numbers and texts for errors into the wasm,
//! once more for each type. Every browser has a parser, and nothing here reads the cause of an
//! error.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// A value without a type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// JSON `null`.
    Null,
    /// A boolean.
    Flag(bool),
    /// A number. JavaScript has no others, so an integer above 2^53 is not exact.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Names with their values.
    Fields(Vec<(String, Value)>),
}

impl Value {
    /// The value as a type.
    ///
    /// # Errors
    /// The type has another form.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Mismatch> {
        T::deserialize(self)
    }

    fn integer(self) -> Result<i64, Mismatch> {
        match self {
            Self::Number(number) if number.fract() == 0.0 => Ok(number as i64),
            Self::Null | Self::Flag(_) | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Fields(_) => {
                Err(Mismatch)
            }
        }
    }

    fn text(self) -> Result<String, Mismatch> {
        if let Self::Text(text) = self { Ok(text) } else { Err(Mismatch) }
    }

    fn flag(self) -> Result<bool, Mismatch> {
        match self {
            Self::Flag(flag) => Ok(flag),
            Self::Null | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Fields(_) => Err(Mismatch),
        }
    }
}

/// A value does not have the form of its type. The error has no details, because their texts would
/// be a tenth of the wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not have the form of its type")
    }
}

impl std::error::Error for Mismatch {}

impl serde::de::Error for Mismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl IntoDeserializer<'_, Mismatch> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The methods for types that are read from an integer.
macro_rules! integers {
    ($($method:ident),+ $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            visitor.visit_i64(self.integer()?)
        })+
    };
}

// A method calls only the visitor's function for the form that its type has, so the functions for
// other forms are not compiled.
impl<'de> Deserializer<'de> for Value {
    type Error = Mismatch;

    /// Every type that a page reads names its form.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self == Self::Null { visitor.visit_unit() } else { Err(Mismatch) }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_bool(self.flag()?)
    }

    integers! {
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64,
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if let Self::Number(number) = self { visitor.visit_f64(number) } else { Err(Mismatch) }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if matches!(self, Self::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Self::List(values) = self else { return Err(Mismatch) };
        visitor.visit_seq(SeqDeserializer::new(values.into_iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Self::Fields(fields) = self else { return Err(Mismatch) };
        visitor.visit_map(MapDeserializer::new(fields.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    /// A name of a value without content, as in every enum that a page reads.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 f32 char bytes byte_buf unit_struct tuple tuple_struct identifier
    }
}
