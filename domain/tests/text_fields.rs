//! Every text field of every operation has the limit that its declaration names: the message beside
//! a field reads the declaration, so a rule with another limit would make the message wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/inputs.rs"]
#[expect(dead_code, reason = "the tests of the server use the rest")]
mod inputs;

use domain::form_result;
use domain::input::{TextRule, cleaned_fields, text_problems};
use domain::operation::{Operation, validated};
use domain::refusal::FieldProblem;
use inputs::{field_names, text_of_length};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

#[test]
fn every_text_field_has_the_limit_of_its_declaration() {
    domain::for_every_operation!(check);
}

fn check<Op: Operation + DeserializeOwned>() {
    let name = Op::DECLARATION.name;
    let declared: Vec<_> = Op::TEXT_FIELDS.iter().map(|(field, _)| *field).collect();
    assert_eq!(declared, text_fields::<Op>(), "{name}: declared text fields, and those of the struct");
    for (field, rule) in Op::TEXT_FIELDS {
        let problem = |length| {
            let mut input: Map<String, Value> = sample::<Op>();
            input.insert((*field).to_owned(), text_of_length(*rule, length).into());
            let input: Op = serde_json::from_value(input.into()).unwrap();
            validated(input).err().and_then(|fields| fields.get(*field).copied())
        };
        assert_eq!(problem(rule.max_length), None, "{name}.{field} at its limit");
        assert_eq!(problem(rule.max_length + 1), Some(FieldProblem::TooLong), "{name}.{field} above its limit");
    }
}

#[test]
fn every_field_for_a_reason_reaches_the_audit_entry() {
    domain::for_every_operation!(check_reason);
}

fn check_reason<Op: Operation + DeserializeOwned>() {
    let mut input: Map<String, Value> = sample::<Op>();
    let has_reason = input.insert("reason".to_owned(), "Left".into()).is_some();
    let input: Op = serde_json::from_value(input.into()).unwrap();
    assert_eq!(input.reason(), if has_reason { "Left" } else { "" }, "{}", Op::DECLARATION.name);
}

#[test]
fn a_call_without_a_reason_is_valid() {
    domain::for_every_operation!(check_without_reason);
}

fn check_without_reason<Op: Operation + DeserializeOwned>() {
    let mut input: Map<String, Value> = sample::<Op>();
    input.remove("reason");
    let input = serde_json::from_value::<Op>(input.into());
    assert!(input.is_ok_and(|input| validated(input).is_ok()), "{}", Op::DECLARATION.name);
}

/// The browser checks the text fields without the validation of the server.
#[test]
fn the_browser_finds_the_same_problems_as_the_server() {
    domain::for_every_operation!(compare);
}

fn compare<Op: Operation + DeserializeOwned>() {
    let name = Op::DECLARATION.name;
    for (field, rule) in Op::TEXT_FIELDS {
        let lengths = [rule.max_length, rule.max_length + 1].map(|length| text_of_length(*rule, length));
        let hostile = ["", " ", " a ", "a b", "a\nb", "a\u{0}b", "\u{202e}a", "\u{200b}", "\u{fffd}", "a@b", "@", "é"];
        for text in lengths.into_iter().chain(hostile.map(str::to_owned)) {
            let mut input: Map<String, Value> = sample::<Op>();
            input.insert((*field).to_owned(), text.clone().into());
            let input = || serde_json::from_value::<Op>(input.clone().into()).unwrap();
            let fields = cleaned_fields(Op::TEXT_FIELDS, form_result::fields(&input()));
            let mut normalized = form_result::fields(&input().normalized());
            normalized.retain(|(field, _)| Op::TEXT_FIELDS.iter().any(|(known, _)| field == known));
            assert_eq!(fields, normalized, "{name}");
            let browser = text_problems(Op::TEXT_FIELDS, &fields);
            let server = validated(input()).err().unwrap_or_default();
            assert_eq!(browser, server, "{name}.{field}: {text:?}");
        }
    }
}

/// A valid input: every text field short, every other field zero.
fn sample<Op: Operation + DeserializeOwned>() -> Map<String, Value> {
    let texts = text_fields::<Op>();
    let rule = |field| Op::TEXT_FIELDS.iter().find(|(name, _)| *name == field).map(|(_, rule): &(_, TextRule)| *rule);
    let value = |field| match rule(field) {
        Some(rule) => Value::from(text_of_length(rule, 9)),
        None if texts.contains(&field) => Value::from("a"),
        None => Value::from(0),
    };
    field_names::<Op>().iter().map(|field| ((*field).to_owned(), value(*field))).collect()
}

/// The fields of the struct that deserialize from a text.
fn text_fields<Op: DeserializeOwned>() -> Vec<&'static str> {
    let fields = field_names::<Op>();
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
