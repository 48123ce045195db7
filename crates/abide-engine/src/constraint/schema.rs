//! JSON Schemas before they are compiled: their size, and what has to be said otherwise for the compiler. Must not know
//! tokens.

use std::collections::BTreeSet;

use abide_generation::schema::closed;
use serde_json::{Map, Value, json};

use super::limits::{SCHEMA_DEPTH_MAX, SCHEMA_VALUES_MAX};

/// White space between the parts of an answer: enough for any usual style, and never so much that an answer is nothing but
/// that. (The compiler's own choice is without a limit, and small models do get lost in it.)
const WHITE_SPACE: &str = r"\x20|\x0A[\x20\x09]{0,20}";

/// Most references followed one after another.
const REFERENCES_MAX: usize = 16;

/// Keywords that hold one schema, or a list of them.
const HOLD_SCHEMAS: [&str; 9] = [
    "items",
    "prefixItems",
    "additionalItems",
    "additionalProperties",
    "anyOf",
    "allOf",
    "oneOf",
    "not",
    "contains",
];

/// Keywords that hold schemas by name.
const HOLD_NAMED_SCHEMAS: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];

/// Checks size and depth without recursion, before anything that recurses.
///
/// # Errors
/// Says which limit is exceeded.
pub(super) fn check_size(schema: &Value) -> Result<(), String> {
    if !matches!(schema, Value::Object(_) | Value::Bool(_)) {
        return Err("it must be an object or a boolean".to_owned());
    }
    let mut pending = vec![(schema, 1)];
    let mut values = 0;
    while let Some((value, depth)) = pending.pop() {
        values += 1;
        if values > SCHEMA_VALUES_MAX {
            return Err(format!("it has more than {SCHEMA_VALUES_MAX} values"));
        }
        if depth > SCHEMA_DEPTH_MAX {
            return Err(format!("it is nested more than {SCHEMA_DEPTH_MAX} deep"));
        }
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(map) => pending.extend(map.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

/// The schema as the compiler wants it, with the compiler's options in it.
///
/// # Errors
/// When it allows nothing at all.
pub(super) fn prepare(schema: &Value) -> Result<Value, String> {
    let mut prepared = match schema {
        Value::Bool(false) => return Err("it is false, which no answer is valid under".to_owned()),
        Value::Object(map) => map.clone(),
        _ => Map::new(),
    };
    let root = schema;
    exclude_by_sight(&mut prepared, root);
    // Behind that: options of which no two can hold are closed like others.
    let mut prepared = match closed(&Value::Object(prepared)) {
        Value::Object(prepared) => prepared,
        _ => Map::new(),
    };
    // The compiler's own options are not for others to set: among them are some that ignore what it can't do.
    prepared.insert("x-guidance".to_owned(), json!({ "whitespace_pattern": WHITE_SPACE }));
    Ok(Value::Object(prepared))
}

/// The schemas right within a schema, by the steps of their JSON pointers.
pub(super) fn children(schema: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut children = Vec::new();
    for (keyword, value) in schema {
        match value {
            Value::Object(named) if HOLD_NAMED_SCHEMAS.contains(&keyword.as_str()) => {
                let step = |name: &str| format!("/{keyword}/{}", name.replace('~', "~0").replace('/', "~1"));
                children.extend(named.iter().map(|(name, child)| (step(name), child)));
            }
            Value::Array(list) if HOLD_SCHEMAS.contains(&keyword.as_str()) => {
                children.extend(
                    (0..).zip(list).map(|(index, child): (usize, _)| (format!("/{keyword}/{index}"), child)),
                );
            }
            Value::Object(_) if HOLD_SCHEMAS.contains(&keyword.as_str()) => {
                children.push((format!("/{keyword}"), value));
            }
            _ => {}
        }
    }
    children
}

/// Writes `oneOf` as `anyOf` wherever no value can be valid under two of its options. The compiler does so itself for options
/// that stand there, but not for references, and those are what unions are generated with.
fn exclude_by_sight(schema: &mut Map<String, Value>, root: &Value) {
    for (keyword, value) in schema.iter_mut() {
        match value {
            Value::Object(named) if HOLD_NAMED_SCHEMAS.contains(&keyword.as_str()) => {
                named
                    .values_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(|child| exclude_by_sight(child, root));
            }
            Value::Array(list) if HOLD_SCHEMAS.contains(&keyword.as_str()) => {
                list.iter_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(|child| exclude_by_sight(child, root));
            }
            Value::Object(child) if HOLD_SCHEMAS.contains(&keyword.as_str()) => exclude_by_sight(child, root),
            _ => {}
        }
    }
    let exclusive = schema.get("oneOf").and_then(Value::as_array).is_some_and(|options| {
        let pairs = |(index, one): (usize, &Value)| {
            options[index + 1..].iter().all(|other| are_exclusive(one, other, root))
        };
        options.len() <= 64 && options.iter().enumerate().all(pairs)
    });
    if exclusive && !schema.contains_key("anyOf") {
        // In the place where it stood: the order of keywords is the order of the answer's fields.
        let renamed =
            |(keyword, value)| (if keyword == "oneOf" { "anyOf".to_owned() } else { keyword }, value);
        *schema = std::mem::take(schema).into_iter().map(renamed).collect();
    }
}

/// Whether it is plain to see that no value is valid under both: their types differ, or a field that both require.
fn are_exclusive(one: &Value, other: &Value, root: &Value) -> bool {
    let (Some(one), Some(other)) = (resolve(one, root), resolve(other, root)) else { return false };
    let types = |schema: &Map<String, Value>| schema.get("type").and_then(Value::as_str).map(str::to_owned);
    match (types(one), types(other)) {
        (Some(one), Some(other)) if one != other => {
            // An integer is a number.
            return ![one.as_str(), other.as_str()].iter().all(|kind| ["integer", "number"].contains(kind));
        }
        (Some(one), Some(_)) if one == "object" => {}
        _ => return false,
    }
    let fields = required_constants(one, root);
    let others = required_constants(other, root);
    fields.iter().any(|(name, values)| {
        others.iter().any(|(other, others)| other == name && values.is_disjoint(others))
    })
}

/// Required fields that can only be certain texts, and which.
fn required_constants<'a>(
    schema: &'a Map<String, Value>,
    root: &'a Value,
) -> Vec<(&'a str, BTreeSet<&'a str>)> {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let (Some(required), Some(properties)) = (required, properties) else { return Vec::new() };
    let constants = |name: &'a Value| {
        let name = name.as_str()?;
        let field = resolve(properties.get(name)?, root)?;
        let constant = field.get("const").map(std::slice::from_ref);
        let values = constant.or_else(|| field.get("enum").and_then(Value::as_array).map(Vec::as_slice))?;
        let texts: Option<BTreeSet<_>> = values.iter().map(Value::as_str).collect();
        Some((name, texts?))
    };
    required.iter().filter_map(constants).collect()
}

/// The schema that a schema is, or refers to and nothing else.
fn resolve<'a>(schema: &'a Value, root: &'a Value) -> Option<&'a Map<String, Value>> {
    let mut schema = schema.as_object()?;
    for _ in 0..REFERENCES_MAX {
        let Some(reference) = schema.get("$ref") else { return Some(schema) };
        schema = root.pointer(reference.as_str()?.strip_prefix('#')?)?.as_object()?;
    }
    None
}
