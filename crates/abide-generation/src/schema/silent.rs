//! Keywords of JSON Schemas that say nothing where they stand, and those that say what a plainer one says: generators of schemas write
//! them by the dozen, and compilers of grammars know only that they don't know them. Must not know grammars.

use serde_json::{Map, Value};

use super::{is_annotation, is_layered};

/// Keywords that concern lists alone, and that compilers of grammars don't know.
const OF_ARRAYS: [&str; 5] = ["uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"];
/// The same of objects.
const OF_OBJECTS: [&str; 5] =
    ["propertyNames", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties"];

/// Leaves out what says nothing, and says in plainer words what can be.
pub(super) fn remove(schema: &mut Map<String, Value>) {
    let silent: Vec<String> = schema
        .iter()
        .filter(|(keyword, value)| is_silent(schema, keyword, value))
        .map(|(k, _)| k.clone())
        .collect();
    for keyword in silent {
        schema.shift_remove(&keyword);
    }
    // What no schema beside it has looked at is all that is left over.
    if !is_layered(schema) {
        rename(schema, "unevaluatedProperties", "additionalProperties");
        if !schema.contains_key("contains") && !schema.get("items").is_some_and(Value::is_array) {
            rename(schema, "unevaluatedItems", "items");
        }
    }
}

/// Gives a keyword the name of another one that is not there; if it is, nothing is left over for the first.
fn rename(schema: &mut Map<String, Value>, from: &str, to: &str) {
    if schema.contains_key(to) {
        schema.shift_remove(from);
        return;
    }
    if schema.contains_key(from) {
        let renamed = |(keyword, value)| (if keyword == from { to.to_owned() } else { keyword }, value);
        *schema = std::mem::take(schema).into_iter().map(renamed).collect();
    }
}

fn is_silent(schema: &Map<String, Value>, keyword: &str, value: &Value) -> bool {
    let has = |keyword: &str| schema.contains_key(keyword);
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    if (OF_ARRAYS.contains(&keyword) && !may_be(schema, "array"))
        || (OF_OBJECTS.contains(&keyword) && !may_be(schema, "object"))
    {
        return true;
    }
    match keyword {
        "uniqueItems" => *value == Value::Bool(false) || number("maxItems").is_some_and(|most| most <= 1.0),
        "not" => allows_nothing(value),
        "contains" => number("minContains") == Some(0.0) && !has("maxContains"),
        "minContains" => !has("contains") || (number(keyword) == Some(0.0) && !has("maxContains")),
        "maxContains" => !has("contains"),
        "if" => !["then", "else"].iter().any(|branch| schema.get(*branch).is_some_and(|s| !allows_all(s))),
        "then" | "else" => !has("if") || allows_all(value),
        "dependentRequired" | "dependentSchemas" | "dependencies" => {
            let says_nothing =
                |value: &Value| value.as_array().is_some_and(Vec::is_empty) || allows_all(value);
            value.as_object().is_some_and(|named| named.values().all(says_nothing))
        }
        "propertyNames" => allows_all_texts(value),
        "unevaluatedProperties" | "unevaluatedItems" => allows_all(value),
        "allOf" => value.as_array().is_some_and(|all| all.iter().all(allows_all)),
        "minProperties" | "minItems" | "minLength" => number(keyword) == Some(0.0),
        _ => false,
    }
}

/// Whether a value of this type may be valid.
fn may_be(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => true,
    }
}

/// Whether it is plain to see that every value is valid.
fn allows_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(all) => *all,
        Value::Object(map) => map.keys().all(|keyword| is_annotation(keyword)),
        _ => false,
    }
}

/// Whether it is plain to see that no value is.
fn allows_nothing(schema: &Value) -> bool {
    match schema {
        Value::Bool(all) => !all,
        Value::Object(map) => map.get("not").is_some_and(allows_all),
        _ => false,
    }
}

/// Whether it is plain to see that every text is valid.
fn allows_all_texts(schema: &Value) -> bool {
    let Value::Object(map) = schema else { return allows_all(schema) };
    map.iter().all(|(keyword, value)| {
        is_annotation(keyword)
            || (keyword == "type" && may_be(map, "string"))
            || (keyword == "minLength" && value.as_f64() == Some(0.0))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::plain;

    #[test]
    fn what_says_nothing_is_left_out() {
        for silent in [
            json!({"uniqueItems": false}),
            json!({"type": "array", "uniqueItems": true, "maxItems": 1}),
            json!({"type": "string", "uniqueItems": true, "contains": {"const": 1}, "propertyNames": {"maxLength": 3}}),
            json!({"not": false}),
            json!({"not": {"not": {}}}),
            json!({"dependentRequired": {}}),
            json!({"dependentRequired": {"a": []}, "dependentSchemas": {"a": true}, "dependencies": {"b": {}}}),
            json!({"type": ["array", "null"], "dependentRequired": {"a": ["b"]}}),
            json!({"propertyNames": {"type": "string"}}),
            json!({"propertyNames": true}),
            json!({"contains": {"type": "string"}, "minContains": 0}),
            json!({"minContains": 2, "maxContains": 3}),
            json!({"if": {"const": 1}}),
            json!({"if": {"const": 1}, "then": true, "else": {}}),
            json!({"then": {"const": 1}, "else": {"const": 2}}),
            json!({"unevaluatedProperties": {}, "unevaluatedItems": true}),
            json!({"allOf": []}),
            json!({"allOf": [true, {"description": "All."}]}),
            json!({"minItems": 0, "minLength": 0, "minProperties": 0}),
        ] {
            let mut kept = silent.as_object().unwrap().clone();
            kept.retain(|keyword, _| ["type", "maxItems"].contains(&keyword.as_str()));
            let within = json!({"type": "object", "properties": {"not": silent}});
            assert_eq!(plain(&within)["properties"]["not"], Value::Object(kept), "{silent}");
        }
    }

    #[test]
    fn what_says_something_stays() {
        for kept in [
            json!({"uniqueItems": true}),
            json!({"type": ["array", "null"], "uniqueItems": true, "maxItems": 2}),
            json!({"not": {}}),
            json!({"not": {"const": 1}}),
            json!({"dependentRequired": {"a": ["b"]}}),
            json!({"propertyNames": {"type": "string", "minLength": 1}}),
            json!({"propertyNames": {"type": "integer"}}),
            json!({"contains": {"type": "string"}}),
            json!({"contains": {"type": "string"}, "minContains": 0, "maxContains": 1}),
            json!({"if": {"const": 1}, "then": false}),
            json!({"allOf": [{"const": 1}]}),
            json!({"anyOf": [{"const": 1}], "unevaluatedProperties": false}),
            // Names of properties, and constants, are no keywords.
            json!({"const": {"uniqueItems": false}}),
        ] {
            assert_eq!(plain(&kept), kept);
        }
    }

    #[test]
    fn what_is_left_over_is_said_plainly() {
        let object = json!({"properties": {"a": {}}, "unevaluatedProperties": false});
        assert_eq!(plain(&object), json!({"properties": {"a": {}}, "additionalProperties": false}));
        let list = json!({"prefixItems": [{}], "unevaluatedItems": {"type": "null"}});
        assert_eq!(plain(&list), json!({"prefixItems": [{}], "items": {"type": "null"}}));
        let said = json!({"additionalProperties": {"type": "null"}, "unevaluatedProperties": false});
        assert_eq!(plain(&said), json!({"additionalProperties": {"type": "null"}}));
    }
}
