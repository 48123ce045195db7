//! JSON Schemas before they are compiled: their size, and what has to be said otherwise for the compiler. Must not know
//! tokens.

use abide_generation::schema::{Unenforceable, closed, plain, reached};
use serde_json::{Map, Value, json};

use super::limits::{LISTED_MAX, SCHEMA_DEPTH_MAX, SCHEMA_POINTERS_MAX, SCHEMA_VALUES_MAX};
use super::{numbers, patterns};

/// White space between the parts of an answer: enough for any usual style, and never so much that an answer is nothing but
/// that. (The compiler's own choice is without a limit, and small models do get lost in it.)
const WHITE_SPACE: &str = r"\x20|\x0A[\x20\x09]{0,20}";

/// Checks size, depth and the lengths of pointers without recursion, before anything that recurses.
///
/// # Errors
/// Says which limit is exceeded.
pub(super) fn check_size(schema: &Value) -> Result<(), String> {
    if !matches!(schema, Value::Object(_) | Value::Bool(_)) {
        return Err("it must be an object or a boolean".to_owned());
    }
    let mut pending = vec![(schema, 1, 0)];
    let (mut values, mut pointers) = (0, 0);
    while let Some((value, depth, pointer)) = pending.pop() {
        values += 1;
        pointers += pointer;
        if values > SCHEMA_VALUES_MAX {
            return Err(format!("it has more than {SCHEMA_VALUES_MAX} values"));
        }
        if depth > SCHEMA_DEPTH_MAX {
            return Err(format!("it is nested more than {SCHEMA_DEPTH_MAX} deep"));
        }
        if pointers > SCHEMA_POINTERS_MAX {
            return Err("it has too many values in places with long names; make them shorter".to_owned());
        }
        let below = |name: usize| (depth + 1, pointer + 1 + name);
        match value {
            Value::Array(items) => {
                // Enough for any index.
                let (depth, pointer) = below(5);
                pending.extend(items.iter().map(|item| (item, depth, pointer)));
            }
            Value::Object(map) => pending.extend(map.iter().map(|(name, item)| {
                let (depth, pointer) = below(name.len());
                (item, depth, pointer)
            })),
            _ => {}
        }
    }
    Ok(())
}

/// Checks what would break answers off, or never be compiled: its size, how many objects and lists are constants, and patterns that are laid over each other.
///
/// # Errors
/// Says which limit is exceeded.
pub(super) fn check_parts(schema: &Value) -> Result<(), String> {
    check_size(schema)?;
    patterns::check(schema)?;
    let is_structured = |value: &&Value| matches!(value, Value::Object(_) | Value::Array(_));
    let listed: usize = reached(schema)
        .keys()
        .filter_map(|pointer| schema.pointer(pointer))
        .map(|part| {
            let listed = part.get("enum").and_then(Value::as_array).into_iter().flatten();
            listed.chain(part.get("const")).filter(is_structured).count()
        })
        .sum();
    if listed > LISTED_MAX {
        return Err(format!("it lists {listed} objects and lists as constants; {LISTED_MAX} are allowed"));
    }
    Ok(())
}

/// The schema as the compiler wants it, with the compiler's options in it.
///
/// # Errors
/// When it allows nothing at all, or numbers that can't be had.
pub(super) fn prepare(schema: &Value, unenforceable: Unenforceable) -> Result<Value, String> {
    if *schema == Value::Bool(false) {
        return Err("it is false, which no answer is valid under".to_owned());
    }
    // Behind that: options of which no two can hold are closed like others.
    let mut closed = closed(&plain(schema));
    check_parts(&closed)?;
    numbers::replace(&mut closed, unenforceable)?;
    let mut prepared = match closed {
        Value::Object(prepared) => prepared,
        _ => Map::new(),
    };
    let lenient = unenforceable == Unenforceable::PassedOver;
    // The compiler's own options are not for others to set: among them are some that ignore what it can't do.
    let options = json!({ "whitespace_pattern": WHITE_SPACE, "lenient": lenient, "coerce_one_of": lenient });
    prepared.insert("x-guidance".to_owned(), options);
    Ok(Value::Object(prepared))
}
