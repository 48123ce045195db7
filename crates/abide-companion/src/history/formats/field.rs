//! Members of JSON objects, read leniently: a number as a text counts as a number. Must not know formats.

use serde_json::Value;

use crate::history::stamp::{Clock, Stamp};

/// A text at a path of keys.
pub(in super::super) fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    get(value, path)?.as_str()
}

/// A text at a path of keys that isn't empty.
pub(in super::super) fn name(value: &Value, path: &[&str]) -> Option<String> {
    text(value, path).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// A text or a number at a path of keys, as a text.
pub(in super::super) fn id(value: &Value, path: &[&str]) -> Option<String> {
    match get(value, path)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number at a path of keys.
pub(in super::super) fn number(value: &Value, path: &[&str]) -> Option<f64> {
    match get(value, path)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether there is a `true` at a path of keys.
pub(in super::super) fn flag(value: &Value, path: &[&str]) -> bool {
    match get(value, path) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        _ => false,
    }
}

/// A list at a path of keys; empty if there is none.
pub(in super::super) fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    get(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The first time at one of these keys.
pub(in super::super) fn time(value: &Value, keys: &[&str], clock: &Clock) -> Option<Stamp> {
    keys.iter().find_map(|key| clock.value(value.get(*key)?))
}

/// What is at a path of keys.
pub(in super::super) fn get<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(*key))
}
