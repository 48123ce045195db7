//! JSON Schemas as they are asked for: which of their objects have no other keys than those that are listed. Must not know grammars.
//!
//! A schema that says nothing of further keys allows any, and a small model that may go on after the last listed key does: it makes
//! keys up until its tokens are spent. What is valid under a schema with such an object closed is valid under the schema as it
//! stands, too, so nothing is lost but what nobody asked for. Two things have to be seen to: that some answer is left, and that
//! nothing becomes valid which was not. Where schemas are laid over each other (`allOf`, a reference with neighbours), one closed part
//! would forbid what another requires; in `not` or `oneOf`, less would become more. So an object is closed only where it alone says
//! what the value is, however it is reached.

mod decimal;
mod names;
mod plain;
mod silent;
mod validity;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ptr;

pub use decimal::Decimal;
pub use plain::{Unenforceable, children, plain};
use serde_json::{Map, Value};
pub use validity::{Verdict, identity, is_same, is_valid};

/// Keywords that lay further schemas over the same value.
const LAID_OVER: [&str; 11] = [
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
];
/// Keywords that say something of an object's further keys, of how many there are, or of the value as a whole.
const SAY_MORE: [&str; 7] = [
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "minProperties",
    "const",
    "enum",
];
/// Keywords that lay schemas over parts of the value that have another one already, or compare the parts. (Patterns do where a name matches
/// one that has another schema.)
const SHARE_PARTS: [&str; 4] = ["contains", "unevaluatedProperties", "unevaluatedItems", "uniqueItems"];
/// Keywords with schemas for parts of the value: one, a list, or several by name.
const PARTS: [&str; 6] =
    ["additionalProperties", "additionalItems", "items", "unevaluatedItems", "contains", "prefixItems"];
const NAMED_PARTS: [&str; 2] = ["properties", "patternProperties"];
/// Patterns of names that are told apart: each is compared with each, and with each name that is listed.
const PATTERNS_TOLD_APART: usize = 100;
/// Keywords with schemas by name that apply to the same value under conditions.
const NAMED_CONDITIONS: [&str; 2] = ["dependentSchemas", "dependencies"];
/// Keywords that values are held to beside those that lay schemas over them. All others are annotations.
const HELD_TO: [&str; 34] = [
    "type",
    "const",
    "enum",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "required",
    "minProperties",
    "maxProperties",
    "$dynamicRef",
    "$recursiveRef",
    "$dynamicAnchor",
    "$recursiveAnchor",
];
/// Keywords that make references mean something else than a place in this schema.
const NAMES_OF_PLACES: [&str; 5] =
    ["$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef"];

/// `schema` with `additionalProperties: false` in each object that lists its keys and says nothing of others, where that leaves some
/// answer, and lets no answer in that is not valid under `schema`.
#[must_use]
pub fn closed(schema: &Value) -> Value {
    let mut closed = schema.clone();
    let closable = Walk::new(schema, Beside::Parts).closable().unwrap_or_default();
    close(&mut closed, schema, &closable);
    closed
}

/// Closes the objects in `copy` whose originals are `closable`.
fn close(copy: &mut Value, original: &Value, closable: &HashSet<*const Value>) {
    match (&mut *copy, original) {
        (Value::Object(copies), Value::Object(originals)) => {
            copies
                .values_mut()
                .zip(originals.values())
                .for_each(|(copy, value)| close(copy, value, closable));
        }
        (Value::Array(copies), Value::Array(originals)) => {
            copies.iter_mut().zip(originals).for_each(|(copy, value)| close(copy, value, closable));
        }
        _ => return,
    }
    if let Value::Object(object) = copy
        && closable.contains(&ptr::from_ref(original))
    {
        object.insert("additionalProperties".to_owned(), false.into());
    }
}

/// Whether no value is held to a keyword.
#[must_use]
pub fn is_annotation(keyword: &str) -> bool {
    !HELD_TO.contains(&keyword) && !LAID_OVER.contains(&keyword)
}

/// Whether a schema lays others over the same value.
#[must_use]
pub fn is_layered(schema: &Map<String, Value>) -> bool {
    LAID_OVER.iter().any(|keyword| schema.contains_key(*keyword))
}

/// The schemas that answers are held to, by their JSON pointers, and how each is reached. A schema stands alone here only if nothing at
/// all is said beside it, not even a type, unless it is an object's or a list's that it names again. Where it is not plain what the
/// references mean, none does.
#[must_use]
pub fn reached(schema: &Value) -> BTreeMap<String, Reach> {
    let mut reached = BTreeMap::new();
    let walked = Walk::new(schema, Beside::Anything).walked();
    let found = walked.map_or_else(|| all_shared(schema), |walk| walk.reached);
    name(schema, &mut String::new(), &mut |pointer, value| {
        reached.extend(found.get(&ptr::from_ref(value)).map(|(_, reach)| (pointer.to_owned(), *reach)));
    });
    reached
}

/// All schemas within `schema`, as they are where it is not plain how they are reached.
fn all_shared(schema: &Value) -> HashMap<*const Value, (&Value, Reach)> {
    let mut shared = HashMap::new();
    let mut pending = vec![schema];
    while let Some(schema) = pending.pop() {
        let Value::Object(map) = schema else { continue };
        pending.extend(children(map).into_iter().map(|(_, child)| child));
        shared.insert(ptr::from_ref(schema), (schema, Reach::Shared));
    }
    shared
}

/// Tells each value within `value`, which is at `pointer`, by its own pointer.
fn name(value: &Value, pointer: &mut String, tell: &mut dyn FnMut(&str, &Value)) {
    tell(pointer, value);
    let length = pointer.len();
    let mut name_child = |step: &str, child: &Value| {
        pointer.push('/');
        pointer.push_str(step);
        name(child, pointer, tell);
        pointer.truncate(length);
    };
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, child)| name_child(&key.replace('~', "~0").replace('/', "~1"), child));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, child)| name_child(&index.to_string(), child));
        }
        _ => {}
    }
}

/// How a schema is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It alone says what the value is.
    Alone,
    /// From somewhere it is laid over others.
    Shared,
}

/// What a keyword that lays a schema over a value may not have beside it if that schema is to stand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// Keywords that concern keys, items or constants.
    Parts,
    /// Any keyword but those that nothing is held to.
    Anything,
}

/// A walk over all schemas that answers are held to. They are known by where they lie in memory: pointers may be long, and many.
struct Walk<'a> {
    root: &'a Value,
    beside: Beside,
    reached: HashMap<*const Value, (&'a Value, Reach)>,
    pending: Vec<(&'a Value, Reach)>,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Value, beside: Beside) -> Self {
        let mut walk = Self { root, beside, reached: HashMap::new(), pending: Vec::new() };
        walk.reach(root, Reach::Alone);
        walk
    }

    /// The walk at its end; `None` if it is not plain what the references mean.
    fn walked(mut self) -> Option<Self> {
        while let Some((part, reach)) = self.pending.pop() {
            if let Value::Object(schema) = part {
                self.visit(schema, ptr::eq(part, self.root), reach)?;
            }
        }
        Some(self)
    }

    /// The objects that can be closed; `None` if it is not plain what the references mean.
    fn closable(self) -> Option<HashSet<*const Value>> {
        let alone = self.walked()?.reached.into_values().filter(|(_, reach)| *reach == Reach::Alone);
        let closable = alone.filter(|(part, _)| part.as_object().is_some_and(is_closable));
        Some(closable.map(|(part, _)| ptr::from_ref(part)).collect())
    }

    /// Once for each way of reaching it at most.
    fn reach(&mut self, part: &'a Value, reach: Reach) {
        if self.reached.get(&ptr::from_ref(part)).is_none_or(|(_, known)| *known < reach) {
            self.reached.insert(ptr::from_ref(part), (part, reach));
            self.pending.push((part, reach));
        }
    }

    fn visit(&mut self, schema: &'a Map<String, Value>, is_root: bool, reach: Reach) -> Option<()> {
        let has = |keyword: &&str| schema.contains_key(*keyword);
        if NAMES_OF_PLACES.iter().any(has) || (schema.contains_key("$id") && !is_root) {
            return None;
        }
        let laid_over = LAID_OVER.iter().filter(|keyword| has(keyword)).count();
        let alone_if = |alone: bool| if alone { reach } else { Reach::Shared };
        let parts = alone_if(laid_over == 0 && !SHARE_PARTS.iter().any(has));
        let own = ["required", "maxProperties", "minItems", "maxItems"];
        let own = match self.beside {
            Beside::Parts => {
                own.iter().chain(&SAY_MORE).chain(&SHARE_PARTS).chain(&PARTS).chain(&NAMED_PARTS).any(has)
            }
            Beside::Anything => schema.keys().any(|keyword| {
                let is_own = !is_annotation(keyword) && !LAID_OVER.contains(&keyword.as_str());
                is_own && !(keyword == "type" && self.is_said_again(schema))
            }),
        };
        let whole = alone_if(laid_over == 1 && !own);
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    let target = reference.strip_prefix('#').filter(|target| !target.contains('%'))?;
                    self.reach(self.root.pointer(target)?, whole);
                }
                ("anyOf", Value::Array(options)) => self.reach_each(options, whole),
                ("allOf", Value::Array(all)) if all.len() == 1 => self.reach_each(all, whole),
                ("allOf" | "oneOf", Value::Array(options)) => self.reach_each(options, Reach::Shared),
                ("not" | "if" | "then" | "else", Value::Object(_)) => self.reach(value, Reach::Shared),
                (name, Value::Object(_)) if PARTS.contains(&name) => self.reach(value, parts),
                (name, Value::Array(list)) if PARTS.contains(&name) => self.reach_each(list, parts),
                (name, Value::Object(named)) if NAMED_PARTS.contains(&name) => {
                    let is_pattern = name == "patternProperties";
                    for (name, part) in named {
                        let is_shared = has_other_schema(schema, name, is_pattern);
                        self.reach(part, if is_shared { Reach::Shared } else { parts });
                    }
                }
                (name, Value::Object(named)) if NAMED_CONDITIONS.contains(&name) => {
                    self.reach_each(named.values(), Reach::Shared);
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Whether a schema's type, if it is an object's or a list's, is that of all schemas that it lays over the value.
    fn is_said_again(&self, schema: &Map<String, Value>) -> bool {
        let kind = schema.get("type").filter(|kind| **kind == "object" || **kind == "array");
        let layers =
            ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array());
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        let target = target.and_then(|target| self.root.pointer(target));
        kind.is_some() && layers.flatten().chain(target).all(|layer| layer.get("type") == kind)
    }

    fn reach_each(&mut self, parts: impl IntoIterator<Item = &'a Value>, reach: Reach) {
        parts.into_iter().for_each(|part| self.reach(part, reach));
    }
}

/// Whether a property that is listed, or whose name matches a pattern, may have another schema as well. Many patterns are not told apart.
fn has_other_schema(schema: &Map<String, Value>, name: &str, is_pattern: bool) -> bool {
    let keys = |keyword: &str| schema.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys);
    if keys("patternProperties").count() > PATTERNS_TOLD_APART {
        return true;
    }
    let mut patterns = keys("patternProperties");
    if is_pattern {
        patterns.any(|other| other != name && names::may_share(name, other))
            || keys("properties").any(|listed| names::may_match(name, listed))
    } else {
        patterns.any(|pattern| names::may_match(pattern, name))
    }
}

/// Whether an object under this schema needs no other keys than those that are listed.
fn is_closable(schema: &Map<String, Value>) -> bool {
    let Some(Value::Object(listed)) = schema.get("properties") else { return false };
    let is_listed = |name: &Value| name.as_str().is_some_and(|name| listed.contains_key(name));
    let required = match schema.get("required") {
        None => true,
        Some(Value::Array(required)) => required.iter().all(is_listed),
        Some(_) => false,
    };
    required && !is_layered(schema) && !SAY_MORE.iter().any(|keyword| schema.contains_key(*keyword))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The places of the objects that are closed, and were not.
    fn places(schema: &Value) -> Vec<String> {
        let closed = closed(schema);
        let mut pending = vec![(String::new(), &closed)];
        let mut places = Vec::new();
        while let Some((place, value)) = pending.pop() {
            if value.get("additionalProperties") == Some(&json!(false))
                && schema.pointer(&place).is_some_and(|was| was.get("additionalProperties").is_none())
            {
                places.push(place.clone());
            }
            match value {
                Value::Object(map) => {
                    pending.extend(map.iter().map(|(name, child)| (format!("{place}/{name}"), child)));
                }
                Value::Array(list) => {
                    pending
                        .extend(list.iter().enumerate().map(|(at, child)| (format!("{place}/{at}"), child)));
                }
                _ => {}
            }
        }
        places.sort();
        places
    }

    fn object() -> Value {
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})
    }

    #[test]
    fn objects_are_closed_where_they_stand_alone() {
        assert_eq!(places(&object()), [""]);
        let country = json!({
            "title": "Country", "type": "object", "required": ["capital"],
            "properties": {"capital": object(), "languages": {"type": "array", "items": object()}}
        });
        assert_eq!(places(&country), ["", "/properties/capital", "/properties/languages/items"]);
        let generated = json!({
            "$id": "https://example.com/a", "$defs": {"A": object(), "unused": object()}, "description": "A or none.",
            "anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}, object()]
        });
        assert_eq!(places(&generated), ["/$defs/A", "/anyOf/2"]);
        let wrapped =
            json!({"type": "object", "properties": {"a": {"description": "An A.", "allOf": [object()]}}});
        assert_eq!(places(&wrapped), ["", "/properties/a/allOf/0"]);
        let recursive = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        assert_eq!(places(&recursive), [""]);
        let mapping = json!({"type": "object", "additionalProperties": object()});
        assert_eq!(places(&mapping), ["/additionalProperties"]);
        let patterns =
            json!({"properties": {"x": object()}, "patternProperties": {"^a-": object(), "^b-": object()}});
        assert_eq!(
            places(&patterns),
            ["/patternProperties/^a-", "/patternProperties/^b-", "/properties/x"],
            "no name has two schemas"
        );
        assert_eq!(
            places(&json!({"prefixItems": [object()], "items": object()})),
            ["/items", "/prefixItems/0"]
        );
    }

    #[test]
    fn what_stands_alone_has_nothing_beside_it() {
        let alone = |schema: &Value, place: &str| reached(schema)[place] == Reach::Alone;
        for schema in [
            json!({"title": "One", "anyOf": [object()]}),
            json!({"type": "object", "anyOf": [object(), object()]}),
            json!({"type": "object", "allOf": [object()]}),
        ] {
            let place = if schema.get("anyOf").is_some() { "/anyOf/0" } else { "/allOf/0" };
            assert!(alone(&schema, place), "{schema}");
        }
        for schema in [
            json!({"type": "object", "anyOf": [object(), {"minProperties": 1}]}),
            json!({"type": "integer", "anyOf": [{"type": "integer"}]}),
            json!({"type": "object", "required": ["a"], "anyOf": [object()]}),
            json!({"anyOf": [object()], "not": {"const": {}}}),
        ] {
            assert!(!alone(&schema, "/anyOf/0"), "{schema}");
        }
    }

    #[test]
    fn many_patterns_of_names_are_walked_soon() {
        let names: Map<String, Value> =
            (0..9_000).map(|number| (format!("^x{number}_"), json!({}))).collect();
        let schema = json!({"type": "object", "patternProperties": names});
        let begun = std::time::Instant::now();
        assert_eq!(closed(&plain(&schema)), plain(&schema));
        assert_eq!(reached(&schema).len(), 9_001);
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    #[test]
    fn objects_that_need_more_keys_stay_open() {
        for more in [
            json!({"additionalProperties": true}),
            json!({"additionalProperties": {"type": "string"}}),
            json!({"patternProperties": {"^x": {}}}),
            json!({"unevaluatedProperties": {"type": "string"}}),
            json!({"propertyNames": {"maxLength": 3}}),
            json!({"minProperties": 2}),
            json!({"required": ["a", "b"]}),
            json!({"enum": [{"a": "1", "b": 2}]}),
            json!({"allOf": [{"properties": {"b": {}}, "required": ["b"]}]}),
            json!({"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}),
            json!({"$ref": "#/$defs/B", "$defs": {"B": {"properties": {"b": {}}, "required": ["b"]}}}),
            json!({"if": {"properties": {"a": {"const": "x"}}}, "then": {"required": ["b"]}}),
            json!({"dependentRequired": {"a": ["b"]}}),
        ] {
            let mut schema = object();
            schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(places(&schema), [] as [&str; 0], "{schema}");
        }
        for open in [json!({"type": "object"}), json!(true), json!({}), json!({"type": "array"})] {
            assert_eq!(closed(&open), open);
        }
    }

    #[test]
    fn parts_that_are_laid_over_each_other_stay_open() {
        let other = json!({"properties": {"b": {"type": "string"}}, "required": ["b"]});
        for schema in [
            json!({"allOf": [object(), other.clone()]}),
            json!({"anyOf": [object()], "required": ["b"]}),
            json!({"anyOf": [object()], "allOf": [other.clone()]}),
            json!({"oneOf": [object(), other.clone()]}),
            json!({"not": object()}),
            json!({"anyOf": [{"not": {"anyOf": [object()]}}]}),
            json!({"allOf": [{"anyOf": [object(), {"type": "null"}]}, other.clone()]}),
            // The same part of a value has two schemas.
            json!({"properties": {"x": object()}, "patternProperties": {"^x": other.clone()}}),
            json!({"items": object(), "contains": other.clone()}),
            json!({"patternProperties": {"^x": object(), "y": other.clone()}}),
            // What is left of them might be the same.
            json!({"items": object(), "uniqueItems": true, "minItems": 2}),
            // It is laid over another in one place of two.
            json!({"$defs": {"A": object(), "B": other.clone()}, "type": "array",
                   "items": {"anyOf": [{"$ref": "#/$defs/A"}, {"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]}]}}),
            // It is not plain what is meant.
            json!({"$defs": {"A": {"$anchor": "a", "type": "object", "properties": {}}}, "anyOf": [{"$ref": "#/$defs/A"}, object()]}),
            json!({"anyOf": [{"$ref": "https://example.com/a"}, object()]}),
            json!({"anyOf": [{"$ref": "#/$defs/absent"}, object()]}),
            json!({"$defs": {"a b": object()}, "$ref": "#/$defs/a%20b"}),
        ] {
            assert_eq!(places(&schema), [] as [&str; 0], "{schema}");
        }
    }

    #[test]
    fn neighbours_of_parts_that_are_laid_over_each_other_are_closed() {
        let schema = json!({
            "type": "object",
            "properties": {"a": {"allOf": [object(), object()]}, "b": object()}
        });
        assert_eq!(places(&schema), ["", "/properties/b"]);
        let named = json!({"type": "object", "properties": {"a/b~c": object(), "properties": object()}});
        assert_eq!(closed(&named)["properties"]["a/b~c"]["additionalProperties"], json!(false));
        assert_eq!(closed(&named)["properties"]["properties"]["additionalProperties"], json!(false));
    }
}
