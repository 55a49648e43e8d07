//! Translates commands from JSON to Redis, and results back.

use crate::state::Upstash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redis::{Cmd, RedisError, Script};
use serde_json::Value;

/// Upstash's first line of a script, which stock Redis rejects.
const FLAGS: &str = "#!lua flags=allow-key-locking";

/// The name of the command in upper case.
pub(crate) fn name(arguments: &[Value]) -> String {
    arguments.first().map(text).unwrap_or_default().to_ascii_uppercase()
}

/// Reads an argument as Upstash does: a value that is not a string becomes its JSON text.
fn text(argument: &Value) -> String {
    argument.as_str().map_or_else(|| argument.to_string(), str::to_owned)
}

/// Runs a command, and returns its result or the text of its error.
pub(crate) async fn run(upstash: &Upstash, arguments: &[Value], base64: bool) -> Result<Value, String> {
    let mut arguments: Vec<_> = arguments.iter().map(text).collect();
    let name = arguments.first().map(|name| name.to_ascii_uppercase()).ok_or("ERR empty command")?;
    match (name.as_str(), arguments.get_mut(1)) {
        ("EVAL", Some(script)) if script.starts_with(FLAGS) => {
            // The line stays as an empty one, so the line numbers in errors are right.
            let stripped = script.split_off(FLAGS.len());
            let hash_with_flags = Script::new(&format!("{FLAGS}{stripped}")).get_hash().to_owned();
            upstash.stripped().insert(hash_with_flags, Script::new(&stripped).get_hash().to_owned());
            *script = stripped;
        }
        ("EVALSHA", Some(hash)) => {
            if let Some(stripped) = upstash.stripped().get(hash.as_str()) {
                hash.clone_from(stripped);
            }
        }
        _ => {}
    }
    let mut command = Cmd::new();
    command.arg(arguments);
    let mut redis = upstash.0.redis.clone();
    let result = command.query_async::<redis::Value>(&mut redis).await.map_err(|error| error_text(&error))?;
    json(result, base64).map_err(|error| error_text(&error))
}

/// The text of the error with its prefix, as Redis sends it.
fn error_text(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), detail) => format!("{code} {}", detail.unwrap_or_default()),
        (None, _) => format!("ERR {error}"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds come with RESP3 alone, which is not asked for")]
fn json(value: redis::Value, base64: bool) -> Result<Value, RedisError> {
    let string = |bytes: Vec<u8>| {
        Value::from(if base64 { STANDARD.encode(&bytes) } else { String::from_utf8_lossy(&bytes).into_owned() })
    };
    Ok(match value.extract_error()? {
        redis::Value::Nil => Value::Null,
        redis::Value::Int(number) => number.into(),
        redis::Value::Okay => "OK".into(),
        redis::Value::SimpleString(text) => string(text.into_bytes()),
        redis::Value::BulkString(bytes) => string(bytes),
        redis::Value::Array(values) => {
            values.into_iter().map(|value| json(value, base64)).collect::<Result<Vec<_>, _>>()?.into()
        }
        other => format!("{other:?}").into(),
    })
}
