//! JSON Schemas said in the plainer words that compilers of grammars understand: nothing is valid afterwards that was not before. Must
//! not know grammars.

use std::cell::Cell;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::validity::follow;
use super::{identity, is_valid, silent};

/// Most references followed one after another.
const REFERENCES_MAX: usize = 16;

/// Most objects within each other whose fields are compared.
const FIELDS_DEPTH_MAX: usize = 3;

/// Most that is looked at to tell options from each other, in schemas: all of one, and what a pair of them takes.
const COMPARED_MAX: usize = 4_000_000;
const COMPARED_EACH: usize = 10;

/// Most places that are copied so that references with escapes can reach them, and their bytes together, as JSON.
const COPIES_MAX: usize = 64;
const COPIES_BYTES_MAX: usize = 256 << 10;

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

/// Those of them whose digits never end, and characters that are enough for any of them: fractions of seconds to the nanosecond.
const FORMATS_WITH_DIGITS: [(&str, usize); 3] = [("date-time", 35), ("time", 24), ("duration", 32)];

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
/// - keywords that say nothing as they stand (`uniqueItems: false`) are left out, and those that say what a plainer one says are that one;
/// - texts of a `format` with digits without end have an end;
/// - a `format` that is none of those known here is left out: by JSON Schema's own rule (2020-12, 7.2.3) it is an annotation.
#[must_use]
pub fn plain(schema: &Value) -> Value {
    let mut plain = schema.clone();
    unescape_references(&mut plain);
    let root = plain.clone();
    let left = Cell::new(COMPARED_MAX);
    each(&mut plain, &mut |schema| {
        exclude_by_sight(schema, Options { root: &root, left: &left });
        silent::remove(schema);
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| !FORMATS.contains(&format)) {
            schema.shift_remove("format");
        }
        end_digits(schema);
    });
    plain
}

/// Has texts of formats whose digits never end come to an end.
fn end_digits(schema: &mut Map<String, Value>) {
    let format = schema.get("format").and_then(Value::as_str);
    let most = FORMATS_WITH_DIGITS.iter().find(|(known, _)| Some(*known) == format).map(|(_, most)| *most);
    // Who wants longer ones gets them so long.
    let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0) as usize;
    let most = most.map(|most| most.max(least));
    let said =
        schema.get("maxLength").map_or(Some(usize::MAX), |said| said.as_u64().map(|said| said as usize));
    if let (Some(most), Some(said)) = (most, said)
        && most < said
    {
        schema.insert("maxLength".to_owned(), json!(most));
    }
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
    let mut left = COPIES_BYTES_MAX;
    let name = |number: usize| format!("reference-{number}-without-escapes");
    each(root, &mut |schema| {
        let Some(Value::String(reference)) = schema.get_mut("$ref") else { return };
        let Some(place) = escaped_place(reference) else { return };
        let known = copied.iter().position(|known| *known == place);
        let number = known.or_else(|| {
            let bytes = original.pointer(&place).filter(|_| left > 0)?.to_string().len();
            left = left.saturating_sub(bytes);
            (left > 0 && copied.len() < COPIES_MAX).then(|| {
                copied.push(place);
                copied.len() - 1
            })
        });
        if let Some(number) = number {
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
fn exclude_by_sight(schema: &mut Map<String, Value>, options: Options<'_>) {
    let one_of = schema.get("oneOf").and_then(Value::as_array);
    let exclusive = one_of.is_some_and(|all| options.are_all_exclusive(all));
    if exclusive && !schema.contains_key("anyOf") {
        // In the place where it stood: the order of keywords is the order of the answer's fields.
        let renamed =
            |(keyword, value)| (if keyword == "oneOf" { "anyOf".to_owned() } else { keyword }, value);
        *schema = std::mem::take(schema).into_iter().map(renamed).collect();
    }
}

/// Tells whether options exclude each other.
#[derive(Clone, Copy)]
struct Options<'a> {
    root: &'a Value,
    /// What may still be looked at.
    left: &'a Cell<usize>,
}

impl<'a> Options<'a> {
    /// Whether it is plain to see that no value is valid under two of these. Options that list their values are compared only where they list the
    /// same one: there may be thousands of them.
    fn are_all_exclusive(self, options: &'a [Value]) -> bool {
        let compare = |one, other| self.are_exclusive(one, other, FIELDS_DEPTH_MAX);
        let mut listing: HashMap<String, Vec<usize>> = HashMap::new();
        let mut open = Vec::new();
        for (index, option) in options.iter().enumerate() {
            let Some(values) = self.resolve(option).and_then(listed) else {
                open.push(index);
                continue;
            };
            for value in values {
                let others = listing.entry(identity(value)).or_default();
                if others.iter().any(|other| *other != index && !compare(&options[*other], option)) {
                    return false;
                }
                others.push(index);
            }
        }
        let others = |index: usize| options.iter().enumerate().filter(move |(other, _)| *other != index);
        open.into_iter().all(|index| others(index).all(|(_, other)| compare(&options[index], other)))
    }

    /// Whether it is plain to see that no value is valid under both: their types differ, the values that one of them lists are invalid under
    /// the other, or all that is so of a field that one of them requires. Objects are looked into `depth` deep.
    fn are_exclusive(self, one: &'a Value, other: &'a Value, depth: usize) -> bool {
        if !self.spend(COMPARED_EACH) {
            return false;
        }
        let (Some(map), Some(other_map)) = (self.resolve(one), self.resolve(other)) else { return false };
        let (kinds, others) = (kinds(map), kinds(other_map));
        if !kinds.iter().any(|kind| others.contains(kind)) {
            return true;
        }
        let is_invalid =
            |value: &Value, schema: &Value| is_valid(value, schema, self.root, self.left) == Ok(false);
        let are_invalid = |values: Option<&[Value]>, schema: &Value| {
            values.is_some_and(|values| values.iter().all(|value| is_invalid(value, schema)))
        };
        if are_invalid(listed(map), other) || are_invalid(listed(other_map), one) {
            return true;
        }
        if kinds != [Kind::Object] || others != [Kind::Object] || depth == 0 {
            return false;
        }
        required(map).chain(required(other_map)).any(|name| {
            let fields = field(map, name).zip(field(other_map, name)).filter(|_| self.spend(1));
            fields.is_some_and(|(one, other)| self.are_exclusive(one, other, depth - 1))
        })
    }

    /// The schema that a schema is, or refers to and nothing else.
    fn resolve(self, schema: &'a Value) -> Option<&'a Map<String, Value>> {
        let mut schema = schema.as_object()?;
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = schema.get("$ref") else { return Some(schema) };
            schema = follow(reference, self.root, self.left)?.as_object()?;
        }
        None
    }

    /// Whether so much may still be looked at, which is taken then.
    fn spend(self, amount: usize) -> bool {
        let left = self.left.get().checked_sub(amount);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// The names of fields that a schema requires.
fn required(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// What a schema says of the field of a name.
fn field<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}

/// The values that a schema lists.
fn listed(schema: &Map<String, Value>) -> Option<&[Value]> {
    let constant = schema.get("const").map(std::slice::from_ref);
    constant.or_else(|| schema.get("enum").and_then(Value::as_array).map(Vec::as_slice))
}

/// What values are told apart by at sight. An integer is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

const KINDS: [Kind; 6] = [Kind::Null, Kind::Boolean, Kind::Number, Kind::Text, Kind::Array, Kind::Object];

/// The kinds of the values that may be valid under a schema, by its type and its constants.
fn kinds(schema: &Map<String, Value>) -> Vec<Kind> {
    let named = |name: &Value| match name.as_str()? {
        "null" => Some(Kind::Null),
        "boolean" => Some(Kind::Boolean),
        "integer" | "number" => Some(Kind::Number),
        "string" => Some(Kind::Text),
        "array" => Some(Kind::Array),
        "object" => Some(Kind::Object),
        _ => None,
    };
    let of = |value: &Value| match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::Text,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    };
    let types: Option<Vec<_>> = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().map(named).collect(),
        Some(name) => named(name).map(|kind| vec![kind]),
        None => None,
    };
    let constants = listed(schema).map(|values| values.iter().map(of).collect());
    let allowed = |kinds: &Option<Vec<Kind>>, kind| kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    KINDS.into_iter().filter(|kind| allowed(&types, *kind) && allowed(&constants, *kind)).collect()
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
    fn copies_for_references_are_bounded() {
        let names: Vec<_> = (0..40).map(|number| format!("/a~1b{number}")).collect();
        let references: Vec<_> = names.iter().map(|name| json!({"$ref": format!("#/$defs{name}")})).collect();
        let definitions: Map<String, Value> =
            (0..40).map(|number| (format!("a/b{number}"), json!({"const": "x".repeat(10_000)}))).collect();
        let schema = json!({"$defs": definitions, "anyOf": references});
        let plain = plain(&schema);
        let copies = plain["$defs"].as_object().unwrap().len() - 40;
        assert!((20..30).contains(&copies), "{copies}");
        assert!(plain.to_string().len() < schema.to_string().len() + 2 * COPIES_BYTES_MAX);
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
    fn formats_with_digits_come_to_an_end() {
        for (schema, most) in [
            (json!({"type": "string", "format": "duration"}), json!(32)),
            (json!({"format": "time", "maxLength": 5000}), json!(24)),
            (json!({"type": "string", "format": "date-time", "maxLength": 20}), json!(20)),
            (json!({"format": "time", "minLength": 30}), json!(30)),
            (json!({"format": "duration", "minLength": 40, "maxLength": 50}), json!(40)),
            (json!({"type": "string", "format": "uuid"}), Value::Null),
        ] {
            assert_eq!(plain(&schema)["maxLength"], most, "{schema}");
        }
    }

    #[test]
    fn what_is_compared_is_counted() {
        // Each with each, along references that take long to follow, before the field that tells them apart.
        let name = "n".repeat(40_000);
        let option = |kind: usize| json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/r"}, "kind": {"const": kind}}, "required": ["a", "kind"]});
        let schema = |options: usize, name: &str| {
            let definitions = json!({name: {"type": "string"}, "r": {"$ref": format!("#/$defs/{name}")}});
            json!({"$defs": definitions, "oneOf": (0..options).map(option).collect::<Vec<_>>()})
        };
        let spent = |schema: &Value| {
            let left = Cell::new(COMPARED_MAX);
            let options = Options { root: schema, left: &left };
            (options.are_all_exclusive(schema["oneOf"].as_array().unwrap()), COMPARED_MAX - left.get())
        };
        let (exclusive, few) = spent(&schema(100, "n"));
        assert!(exclusive && few < 500_000, "{few}");
        assert!(spent(&schema(20, &name)).0);
        assert!(!spent(&schema(100, &name)).0);
    }

    #[test]
    fn options_that_exclude_each_other_are_any_of_them() {
        let kind = |kind: &str| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]});
        let schema = json!({"$defs": {"cat": kind("cat")}, "oneOf": [{"$ref": "#/$defs/cat"}, kind("dog")]});
        assert!(plain(&schema).get("anyOf").is_some());
        let kinds = json!({"oneOf": [{"type": ["integer", "null"]}, {"const": "a"}, {"enum": [[1], true]}]});
        assert!(plain(&kinds).get("anyOf").is_some());
        let number = |number: i64| json!({"const": number, "title": format!("The number {number}")});
        let field = |kind: i64| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]});
        let open = json!({"type": "object", "properties": {"kind": {"type": "integer", "minimum": 3}}});
        for exclusive in [
            json!({"oneOf": [number(9_007_199_254_740_993), number(9_007_199_254_740_994), {"enum": [1, 1.5]}]}),
            json!({"oneOf": [{"const": 5}, {"type": "integer", "minimum": 6}]}),
            json!({"oneOf": [{"const": 5}, {"enum": [5, 6], "minimum": 6}, {"enum": [7, 7]}]}),
            json!({"oneOf": [{"const": [1, {"a": 2}]}, {"const": [1, {"a": 3}]}]}),
            json!({"oneOf": [field(1), field(2), open]}),
            json!({"oneOf": [{"const": "a", "description": "A"}, {"enum": ["b", "c"]}]}),
        ] {
            assert!(plain(&exclusive).get("anyOf").is_some(), "{exclusive}");
        }
        let many = |from: i64| (from..from + 5000).map(number);
        let exclusive = json!({"oneOf": many(0).chain([json!({"type": "null"})]).collect::<Vec<_>>()});
        assert!(plain(&exclusive).get("anyOf").is_some());
        let overlapping = json!({"oneOf": many(0).chain([json!({"const": 4999.0})]).collect::<Vec<_>>()});
        assert!(plain(&overlapping).get("anyOf").is_none());
        for overlapping in [
            json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
            json!({"oneOf": [{"enum": [{"a": 1, "b": 2}]}, {"enum": [3, {"b": 2.0, "a": 1}]}]}),
            json!({"oneOf": [{"type": ["integer", "null"]}, {"enum": ["a", null]}]}),
            json!({"oneOf": [{}, {"const": "a"}]}),
            json!({"oneOf": [number(1), {"const": 1.0}]}),
            json!({"oneOf": [{"const": "a"}, {"pattern": "b"}]}),
            json!({"oneOf": [field(1), {"type": "object", "properties": {"kind": {"const": 2}}}, {"type": "object"}]}),
            json!({"oneOf": [kind("cat"), kind("cat")]}),
            json!({"oneOf": [{"type": "string"}, {"type": "null"}], "anyOf": [{}]}),
        ] {
            assert_eq!(plain(&overlapping), overlapping);
        }
    }
}
