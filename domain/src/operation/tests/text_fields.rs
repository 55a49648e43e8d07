//! Tests that every text field of every operation has the limit of its declaration. The message
//! beside a field reads the declaration, so a rule with another limit would make the message wrong.

use crate::input::{TextKind, TextRule};
use crate::operation::*;
use crate::refusal::FieldProblem;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde_json::{Map, Value};

/// Runs a check for the type of every operation, and fails when one is missing here.
macro_rules! for_every_operation {
    ($check:ident: $($operation:ident),+ $(,)?) => {{
        let checked = [$($operation::DECLARATION.name),+];
        let declared: Vec<_> = OPERATIONS.iter().map(|declaration| declaration.name).collect();
        assert!(declared.iter().all(|name| checked.contains(name)), "not checked here: one of {declared:?}");
        $($check::<$operation>();)+
    }};
}

#[test]
fn every_text_field_has_the_limit_of_its_declaration() {
    for_every_operation!(
        check: ShowDashboard, ListOrganizations, RenameOrganization, ListMembers, ChangeRole, RemoveMember,
        ListInvitations, InviteMember, RevokeInvitation, ListRoles, RevokeSession, SignOutEverywhere, ListUsers,
        BanUser, UnbanUser, LockUser, UnlockUser, ListAudit,
    );
}

fn check<Op: Operation + DeserializeOwned>() {
    let name = Op::DECLARATION.name;
    let declared: Vec<_> = Op::TEXT_FIELDS.iter().map(|(field, _)| *field).collect();
    assert_eq!(declared, text_fields::<Op>(), "{name}: declared text fields, and those of the struct");
    for (field, rule) in Op::TEXT_FIELDS {
        let problem = |length| {
            let mut input: Map<String, Value> = sample::<Op>();
            input.insert((*field).to_owned(), text(*rule, length).into());
            let input: Op = serde_json::from_value(input.into()).unwrap();
            validated(input).err().and_then(|fields| fields.get(*field).copied())
        };
        assert_eq!(problem(rule.max_length), None, "{name}.{field} at its limit");
        assert_eq!(problem(rule.max_length + 1), Some(FieldProblem::TooLong), "{name}.{field} above its limit");
    }
}

/// A value of this length that breaks no other rule of the field.
fn text(rule: TextRule, length: usize) -> String {
    let host = if rule.kind == TextKind::EmailAddress { "@a.b" } else { "" };
    "a".repeat(length - host.len()) + host
}

/// A valid input: every text field short, every other field zero.
fn sample<Op: Operation + DeserializeOwned>() -> Map<String, Value> {
    let texts = text_fields::<Op>();
    let rule = |field| Op::TEXT_FIELDS.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule);
    let value = |field| match rule(field) {
        Some(rule) => Value::from(text(rule, 9)),
        None if texts.contains(&field) => Value::from("a"),
        None => Value::from(0),
    };
    fields::<Op>().iter().map(|field| ((*field).to_owned(), value(*field))).collect()
}

/// The fields of the struct that deserialize from a text.
fn text_fields<Op: DeserializeOwned>() -> Vec<&'static str> {
    let fields = fields::<Op>();
    let is_text = |chosen: usize, index: usize| chosen & (1 << index) != 0;
    let value = |is_text: bool| if is_text { Value::from("a") } else { Value::from(0) };
    let input = |chosen| {
        let pairs = fields.iter().enumerate();
        let pairs = pairs.map(|(index, field)| ((*field).to_owned(), value(is_text(chosen, index))));
        Value::Object(pairs.collect())
    };
    let chosen = (0..1 << fields.len()).find(|chosen| serde_json::from_value::<Op>(input(*chosen)).is_ok()).unwrap();
    fields.iter().enumerate().filter(|(index, _)| is_text(chosen, *index)).map(|(_, field)| *field).collect()
}

/// The names of the fields, as serde's derive passes them.
fn fields<Op: DeserializeOwned>() -> &'static [&'static str] {
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
