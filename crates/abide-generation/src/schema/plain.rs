//! JSON Schemas said in the plainer words that compilers of grammars understand: nothing is valid afterwards that was not before. Must
//! not know grammars.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Most references followed one after another.
const REFERENCES_MAX: usize = 16;

/// Most places that are copied so that references with escapes can reach them.
const COPIES_MAX: usize = 64;

/// The largest number below 2⁶³ that a double holds: grammars count no further.
const BOUND: i64 = i64::MAX - 1023;

/// From here on a bound on one side alone needs one on the other, too.
const OPEN_BOUND_MAX: f64 = 1e18;

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

/// Formats that texts can be held to.
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri"];

/// What becomes of keywords that grammars can't enforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unenforceable {
    /// The schema is refused.
    Refused,
    /// They are passed over.
    PassedOver,
}

/// `schema` in plainer words:
///
/// - references with escapes (RFC 6901, RFC 3986) refer to copies under names without any;
/// - `oneOf` is `anyOf` wherever no value can be valid under two of its options;
/// - bounds of numbers that no grammar can count to are the last that it can;
/// - a `format` that is none of those known here is left out: by JSON Schema's own rule (2020-12, 7.2.3) it is an annotation.
#[must_use]
pub fn plain(schema: &Value) -> Value {
    let mut plain = schema.clone();
    unescape_references(&mut plain);
    let root = plain.clone();
    each(&mut plain, &mut |schema| {
        exclude_by_sight(schema, &root);
        bound(schema);
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| !FORMATS.contains(&format)) {
            schema.shift_remove("format");
        }
    });
    plain
}

/// The schemas right within a schema, by the steps of their JSON pointers.
#[must_use]
pub fn children(schema: &Map<String, Value>) -> Vec<(String, &Value)> {
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

/// Changes `schema` and all schemas within it, the innermost first.
fn each(schema: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(schema) = schema else { return };
    for (keyword, value) in schema.iter_mut() {
        match value {
            Value::Object(named) if HOLD_NAMED_SCHEMAS.contains(&keyword.as_str()) => {
                named.values_mut().for_each(|child| each(child, change));
            }
            Value::Array(list) if HOLD_SCHEMAS.contains(&keyword.as_str()) => {
                list.iter_mut().for_each(|child| each(child, change));
            }
            Value::Object(_) if HOLD_SCHEMAS.contains(&keyword.as_str()) => each(value, change),
            _ => {}
        }
    }
    change(schema);
}

/// Has references with escapes refer to copies of their places. Compilers take references by the letter, and a name with a slash in it
/// has none that they could take.
fn unescape_references(root: &mut Value) {
    let original = root.clone();
    let mut copied: Vec<String> = Vec::new();
    let name = |number: usize| format!("reference-{number}-without-escapes");
    each(root, &mut |schema| {
        let Some(Value::String(reference)) = schema.get_mut("$ref") else { return };
        let Some(place) = escaped_place(reference).filter(|place| original.pointer(place).is_some()) else {
            return;
        };
        let number = copied.iter().position(|known| *known == place).unwrap_or(copied.len());
        if number < COPIES_MAX {
            if number == copied.len() {
                copied.push(place);
            }
            *reference = format!("#/$defs/{}", name(number));
        }
    });
    let copies: Vec<_> = copied.iter().filter_map(|place| root.pointer(place).cloned()).collect();
    let Value::Object(root) = root else { return };
    if copies.is_empty() {
        return;
    }
    if let Value::Object(definitions) = root.entry("$defs").or_insert_with(|| json!({})) {
        definitions.extend((0..).map(name).zip(copies));
    }
}

/// The JSON pointer of a reference within the same schema that has escapes in it.
fn escaped_place(reference: &str) -> Option<String> {
    let place = reference.strip_prefix('#').filter(|place| place.contains(['~', '%']))?;
    let mut bytes = Vec::with_capacity(place.len());
    let mut rest = place.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &behind[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Writes `oneOf` as `anyOf` wherever no value can be valid under two of its options. Compilers do so themselves for options
/// that stand there, but not for references, and those are what unions are generated with.
fn exclude_by_sight(schema: &mut Map<String, Value>, root: &Value) {
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

/// Bounds beyond those that grammars can count to are those; a bound that is near them on one side alone gets the other, too.
fn bound(schema: &mut Map<String, Value>) {
    let lowest = ["minimum", "exclusiveMinimum"];
    let highest = ["maximum", "exclusiveMaximum"];
    let number = |schema: &Map<String, Value>, keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    for keyword in lowest {
        if number(schema, keyword).is_some_and(|bound| bound < -(BOUND as f64)) {
            schema.insert(keyword.to_owned(), json!(-BOUND));
        }
    }
    for keyword in highest {
        if number(schema, keyword).is_some_and(|bound| bound > BOUND as f64) {
            schema.insert(keyword.to_owned(), json!(BOUND));
        }
    }
    let has = |schema: &Map<String, Value>, keywords: [&str; 2]| {
        keywords.iter().any(|keyword| schema.contains_key(*keyword))
    };
    let far = |bound: Option<f64>| bound.is_some_and(|bound| bound.abs() >= OPEN_BOUND_MAX);
    if lowest.iter().any(|keyword| far(number(schema, keyword))) && !has(schema, highest) {
        schema.insert("maximum".to_owned(), json!(BOUND));
    }
    if highest.iter().any(|keyword| far(number(schema, keyword))) && !has(schema, lowest) {
        schema.insert("minimum".to_owned(), json!(-BOUND));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_with_escapes_reach_their_places() {
        for (name, reference) in [
            ("a/b", "#/$defs/a~1b"),
            ("a~b", "#/$defs/a~0b"),
            ("a b", "#/$defs/a%20b"),
            ("é", "#/$defs/%C3%A9"),
            ("a/~1b", "#/$defs/a%7E1~01b"),
        ] {
            let target = json!({"type": "array", "items": {"$ref": reference}});
            let schema = json!({"$defs": {name: target}, "properties": {"x": {"$ref": reference}}});
            let plain = plain(&schema);
            let reached = plain.pointer("/properties/x/$ref").and_then(Value::as_str).unwrap();
            assert!(!reached.contains(['~', '%']), "{reached}");
            let found = plain.pointer(&reached[1..]).unwrap();
            assert_eq!(found["type"], "array");
            assert_eq!(found["items"]["$ref"], reached, "what refers to itself refers to the copy");
            assert_eq!(plain["$defs"].as_object().unwrap().len(), 2, "one copy: {plain}");
        }
        // Without escapes, beyond this schema, to nowhere, or in no place for a schema: as it was.
        for schema in [
            json!({"$defs": {"a": {}}, "$ref": "#/$defs/a"}),
            json!({"$ref": "https://example.com/a%20b"}),
            json!({"$defs": {"a/b": {}}, "$ref": "#/$defs/a~1c"}),
            json!({"$defs": {"a b": {}}, "$ref": "#/$defs/a%2"}),
            json!({"$defs": {"a/b": {}}, "const": {"$ref": "#/$defs/a~1b"}}),
        ] {
            assert_eq!(plain(&schema), schema);
        }
    }

    #[test]
    fn bounds_beyond_counting_are_the_last_that_can_be_counted_to() {
        let long = json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX});
        assert_eq!(plain(&long), json!({"type": "integer", "minimum": -BOUND, "maximum": BOUND}));
        let far = json!({"type": "number", "exclusiveMinimum": -1e30, "exclusiveMaximum": 1e300});
        assert_eq!(
            plain(&far),
            json!({"type": "number", "exclusiveMinimum": -BOUND, "exclusiveMaximum": BOUND})
        );
        let open = json!({"type": "integer", "minimum": 2_000_000_000_000_000_000_i64});
        assert_eq!(plain(&open)["maximum"], json!(BOUND));
        let open = json!({"type": "integer", "exclusiveMaximum": -2e18});
        assert_eq!(plain(&open)["minimum"], json!(-BOUND));
        for kept in [
            json!({"type": "integer", "minimum": -9_007_199_254_740_992_i64, "maximum": 5}),
            json!({"type": "integer", "minimum": 0}),
            json!({"type": "number", "maximum": 1e17}),
            // Draft 4 says it so.
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            // Names of properties, and constants, are no keywords.
            json!({"type": "object", "properties": {"minimum": {"const": {"minimum": -1e30}}}}),
        ] {
            assert_eq!(plain(&kept), kept);
        }
    }

    #[test]
    fn formats_that_nothing_is_known_of_are_annotations() {
        for format in ["regex", "json-pointer", "iri", "password", "binary", "color"] {
            let schema = json!({"type": "object", "properties": {"a": {"type": "string", "format": format}}});
            assert_eq!(plain(&schema)["properties"]["a"], json!({"type": "string"}), "{format}");
        }
        for kept in [
            json!({"type": "string", "format": "date"}),
            json!({"type": "object", "properties": {"format": {"type": "string"}}}),
            json!({"const": {"format": "color"}}),
            json!({"type": "string", "format": 5}),
        ] {
            assert_eq!(plain(&kept), kept);
        }
    }

    #[test]
    fn options_that_exclude_each_other_are_any_of_them() {
        let kind = |kind: &str| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]});
        let schema = json!({"$defs": {"cat": kind("cat")}, "oneOf": [{"$ref": "#/$defs/cat"}, kind("dog")]});
        assert!(plain(&schema).get("anyOf").is_some());
        for overlapping in [
            json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
            json!({"oneOf": [kind("cat"), kind("cat")]}),
            json!({"oneOf": [{"type": "string"}, {"type": "null"}], "anyOf": [{}]}),
        ] {
            assert_eq!(plain(&overlapping), overlapping);
        }
    }
}
