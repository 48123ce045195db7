//! Whether a value is valid under a schema, to the last digit: for constants, which are known before anything is written. Must not know
//! grammars.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::names::may_match;
use super::{Decimal, is_annotation};

/// Most schemas within each other, references followed among them.
const DEPTH_MAX: usize = 64;

/// Most schemas that are looked at for one value: references may double them over and over.
const VISITS_MAX: usize = 10_000;

/// Bytes of a reference that take as long as a schema.
const BYTES_EACH: usize = 64;

/// Whether a value is valid; `Err` names a keyword of which that can't be told here (`pattern`, `format`, what refers elsewhere).
pub type Verdict = Result<bool, String>;

/// Whether `value` is valid under `schema`, a part of `root`. `left` are the schemas that may still be looked at.
///
/// # Errors
/// Names the keyword of which it can't be told.
pub fn is_valid(value: &Value, schema: &Value, root: &Value, left: &Cell<usize>) -> Verdict {
    let most = left.get().min(VISITS_MAX);
    let fuel = Cell::new(most);
    let verdict = Judge { root, depth: 0, fuel: &fuel }.schema(value, schema);
    left.set(left.get() - (most - fuel.get()));
    verdict
}

/// What a reference within `root` refers to, if enough is `left` to follow it: it takes as long as its text.
pub(super) fn follow<'a>(reference: &Value, root: &'a Value, left: &Cell<usize>) -> Option<&'a Value> {
    let place = reference.as_str()?.strip_prefix('#')?;
    left.set(left.get().checked_sub(1 + place.len() / BYTES_EACH)?);
    root.pointer(place)
}

/// Whether two values are the same by JSON's own rules: numbers by what they are, objects in any order.
#[must_use]
pub fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || ((one.is_f64() || other.is_f64()) && Decimal::new(one) == Decimal::new(other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| is_same(value, other)))
        }
        _ => one == other,
    }
}

/// A text that two values have in common only if they are the [same](is_same).
#[must_use]
pub fn identity(value: &Value) -> String {
    match value {
        Value::Number(number) => Decimal::new(number).written(),
        Value::Array(values) => format!("[{}]", values.iter().map(identity).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name:?}:{}", identity(value));
            let mut fields: Vec<_> = fields.iter().map(field).collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    }
}

/// Whether a value is of one of the types that `said` names.
fn is_of_type(value: &Value, said: &Value) -> bool {
    let is = |name: &Value| match (name.as_str().unwrap_or_default(), value) {
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        ("integer", Value::Number(number)) => Decimal::new(number).is_whole(),
        _ => false,
    };
    said.as_array().map_or_else(|| is(said), |names| names.iter().any(is))
}

/// All of these: what is invalid in one place is so whatever can't be told of others.
fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut untold = None;
    for verdict in verdicts {
        match verdict {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(keyword) => untold = Some(keyword),
        }
    }
    untold.map_or(Ok(true), Err)
}

/// So many of these at least, and at most.
fn count(verdicts: impl IntoIterator<Item = Verdict>, least: f64, most: f64) -> Verdict {
    let (mut valid, mut open, mut untold) = (0.0, 0.0, String::new());
    for verdict in verdicts {
        match verdict {
            Ok(is_valid) => valid += f64::from(u8::from(is_valid)),
            Err(keyword) => {
                open += 1.0;
                untold = keyword;
            }
        }
    }
    if valid > most || valid + open < least {
        Ok(false)
    } else if valid >= least && valid + open <= most {
        Ok(true)
    } else {
        Err(untold)
    }
}

/// Judges values under parts of one schema.
#[derive(Clone, Copy)]
struct Judge<'a> {
    root: &'a Value,
    depth: usize,
    /// Schemas that may still be looked at.
    fuel: &'a Cell<usize>,
}

impl Judge<'_> {
    fn schema(self, value: &Value, schema: &Value) -> Verdict {
        match schema {
            Value::Bool(all) => Ok(*all),
            Value::Object(map) if self.depth < DEPTH_MAX && self.fuel.get() > 0 => {
                self.fuel.set(self.fuel.get() - 1);
                let inner = Self { depth: self.depth + 1, ..self };
                all(map.iter().map(|(keyword, said)| inner.keyword(value, map, keyword, said)))
            }
            _ => Err("$ref".to_owned()),
        }
    }

    fn keyword(self, value: &Value, schema: &Map<String, Value>, keyword: &str, said: &Value) -> Verdict {
        let each =
            move || said.as_array().into_iter().flatten().map(move |schema| self.schema(value, schema));
        match keyword {
            "type" => Ok(is_of_type(value, said)),
            "const" => Ok(is_same(value, said)),
            "enum" => Ok(said.as_array().is_some_and(|listed| listed.iter().any(|one| is_same(value, one)))),
            "allOf" => all(each()),
            "anyOf" => count(each(), 1.0, f64::INFINITY),
            "oneOf" => count(each(), 1.0, 1.0),
            "not" => self.schema(value, said).map(|is_valid| !is_valid),
            "$ref" => {
                let target = follow(said, self.root, self.fuel);
                target.map_or_else(|| Err(keyword.to_owned()), |target| self.schema(value, target))
            }
            "if" => {
                let branch = if self.schema(value, said)? { "then" } else { "else" };
                schema.get(branch).map_or(Ok(true), |branch| self.schema(value, branch))
            }
            "then" | "else" => Ok(true),
            "unevaluatedItems" | "unevaluatedProperties" | "$dynamicRef" | "$recursiveRef" => {
                Err(keyword.to_owned())
            }
            _ => match value {
                _ if is_annotation(keyword) => Ok(true),
                Value::Number(number) => of_number(&Decimal::new(number), schema, keyword, said),
                Value::String(text) => of_text(text, keyword, said),
                Value::Array(items) => self.of_array(items, schema, keyword, said),
                Value::Object(fields) => self.of_object(value, fields, schema, keyword, said),
                Value::Null | Value::Bool(_) => Ok(true),
            },
        }
    }

    fn of_array(self, items: &[Value], schema: &Map<String, Value>, keyword: &str, said: &Value) -> Verdict {
        let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let listed = |keyword: &str| schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        let behind = |first: usize| all(items.iter().skip(first).map(|item| self.schema(item, said)));
        match (keyword, said) {
            ("minItems", _) => Ok(said.as_f64().is_none_or(|least| items.len() as f64 >= least)),
            ("maxItems", _) => Ok(said.as_f64().is_none_or(|most| items.len() as f64 <= most)),
            ("uniqueItems", _) => {
                let different: HashSet<_> = items.iter().map(identity).collect();
                Ok(*said != Value::Bool(true) || different.len() == items.len())
            }
            // Schemas of items one by one, by the older name, too.
            ("prefixItems" | "items", Value::Array(schemas)) => {
                all(items.iter().zip(schemas).map(|(item, schema)| self.schema(item, schema)))
            }
            ("items", _) => behind(listed("prefixItems")),
            ("additionalItems", _) if schema.get("items").is_some_and(Value::is_array) => {
                behind(listed("items"))
            }
            ("contains", _) => {
                let (least, most) = (number("minContains"), number("maxContains"));
                let verdicts = items.iter().map(|item| self.schema(item, said));
                count(verdicts, least.unwrap_or(1.0), most.unwrap_or(f64::INFINITY))
            }
            _ => Ok(true),
        }
    }

    fn of_object(
        self,
        value: &Value,
        fields: &Map<String, Value>,
        schema: &Map<String, Value>,
        keyword: &str,
        said: &Value,
    ) -> Verdict {
        let has = |name: &Value| name.as_str().is_none_or(|name| fields.contains_key(name));
        let has_all = |names: &Vec<Value>| names.iter().all(has);
        let named = said.as_object().into_iter().flatten();
        match keyword {
            "minProperties" => Ok(said.as_f64().is_none_or(|least| fields.len() as f64 >= least)),
            "maxProperties" => Ok(said.as_f64().is_none_or(|most| fields.len() as f64 <= most)),
            "required" => Ok(said.as_array().is_none_or(has_all)),
            "properties" => {
                all(named
                    .filter_map(|(name, schema)| fields.get(name).map(|value| self.schema(value, schema))))
            }
            "propertyNames" => all(fields.keys().map(|name| self.schema(&Value::from(name.as_str()), said))),
            "additionalProperties" => {
                let listed = schema.get("properties").and_then(Value::as_object);
                let is_listed = |name: &str| listed.is_some_and(|listed| listed.contains_key(name));
                let patterns = schema.get("patternProperties").and_then(Value::as_object);
                let has_pattern = |name: &str| {
                    patterns.is_some_and(|all| all.keys().any(|pattern| may_match(pattern, name)))
                };
                all(fields.iter().filter(|(name, _)| !is_listed(name)).map(|(name, value)| {
                    match self.schema(value, said) {
                        Ok(false) if has_pattern(name) => Err("patternProperties".to_owned()),
                        verdict => verdict,
                    }
                }))
            }
            "dependentRequired" | "dependentSchemas" | "dependencies" => {
                let concerned = named.filter(|(name, _)| fields.contains_key(*name));
                all(concerned.map(|(_, said)| match said {
                    Value::Array(names) => Ok(has_all(names)),
                    schema => self.schema(value, schema),
                }))
            }
            "patternProperties" => {
                let pairs = named.flat_map(|pattern| fields.iter().map(move |field| (pattern, field)));
                let concerned = pairs.filter(|((pattern, _), (name, _))| may_match(pattern, name));
                all(concerned.map(|((_, schema), (_, value))| match self.schema(value, schema) {
                    // It is if the name does not match, after all.
                    Ok(false) => Err(keyword.to_owned()),
                    verdict => verdict,
                }))
            }
            _ => Ok(true),
        }
    }
}

fn of_number(number: &Decimal, schema: &Map<String, Value>, keyword: &str, said: &Value) -> Verdict {
    let Value::Number(bound) = said else { return Ok(true) };
    let bound = Decimal::new(bound);
    // As draft 4 says it.
    let excluded = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    Ok(match keyword {
        "minimum" => *number > bound || (*number == bound && !excluded("exclusiveMinimum")),
        "maximum" => *number < bound || (*number == bound && !excluded("exclusiveMaximum")),
        "exclusiveMinimum" => *number > bound,
        "exclusiveMaximum" => *number < bound,
        "multipleOf" => return number.is_multiple_of(&bound).ok_or_else(|| keyword.to_owned()),
        _ => true,
    })
}

fn of_text(text: &str, keyword: &str, said: &Value) -> Verdict {
    let length = text.chars().count() as f64;
    match keyword {
        "minLength" => Ok(said.as_f64().is_none_or(|least| length >= least)),
        "maxLength" => Ok(said.as_f64().is_none_or(|most| length <= most)),
        "pattern" | "format" => Err(keyword.to_owned()),
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(value: &Value, schema: &Value) -> Verdict {
        is_valid(value, schema, schema, &Cell::new(usize::MAX))
    }

    /// Values, and schemas under which they are valid and invalid.
    fn assert_told(cases: impl IntoIterator<Item = (Value, Value, Value)>) {
        for (value, valid, invalid) in cases {
            assert_eq!(verdict(&value, &valid), Ok(true), "{value} {valid}");
            assert_eq!(verdict(&value, &invalid), Ok(false), "{value} {invalid}");
        }
    }

    #[test]
    fn numbers_and_objects_are_valid_to_the_last_digit() {
        let big = 9_007_199_254_740_993_i64;
        let pair = json!({"a": big, "b": [1, 2.0, "x"]});
        assert_told([
            (json!(big), json!({"multipleOf": 3}), json!({"multipleOf": 2})),
            (json!(big), json!({"minimum": big, "maximum": big}), json!({"exclusiveMinimum": big})),
            (
                json!(big),
                json!({"minimum": big - 1, "exclusiveMinimum": true}),
                json!({"minimum": big, "exclusiveMinimum": true}),
            ),
            (json!(big), json!({"type": ["integer", "null"]}), json!({"type": "string"})),
            (json!(1.0), json!({"const": 1, "type": "integer"}), json!({"enum": [2, "1"]})),
            (pair.clone(), json!({"minProperties": 2, "maxProperties": 2}), json!({"minProperties": 3})),
            (
                pair.clone(),
                json!({"properties": {"a": {"const": big}}}),
                json!({"properties": {"a": {"const": big - 1}}}),
            ),
            (pair.clone(), json!({"required": ["a"]}), json!({"required": ["c"]})),
            (
                pair.clone(),
                json!({"propertyNames": {"maxLength": 1}}),
                json!({"propertyNames": {"minLength": 2}}),
            ),
            (
                pair.clone(),
                json!({"additionalProperties": true}),
                json!({"properties": {"a": {}}, "additionalProperties": false}),
            ),
            (
                pair.clone(),
                json!({"patternProperties": {"^x": false}}),
                json!({"additionalProperties": {"type": "array"}}),
            ),
            (
                pair.clone(),
                json!({"dependentRequired": {"a": ["b"], "c": ["d"]}}),
                json!({"dependentRequired": {"a": ["c"]}}),
            ),
            (
                pair,
                json!({"dependentSchemas": {"c": false}}),
                json!({"dependentSchemas": {"a": {"maxProperties": 1}}}),
            ),
        ]);
    }

    #[test]
    fn lists_and_layers_are_valid_or_not() {
        let big = 9_007_199_254_740_993_i64;
        assert_told([
            (json!([big, big]), json!({"uniqueItems": false}), json!({"uniqueItems": true})),
            (json!([1, 1.0]), json!({"minItems": 2, "maxItems": 2}), json!({"uniqueItems": true})),
            (json!([1, "a"]), json!({"contains": {"type": "string"}}), json!({"contains": {"const": 2}})),
            (
                json!([1, "a"]),
                json!({"contains": {}, "maxContains": 2}),
                json!({"contains": {}, "minContains": 3}),
            ),
            (
                json!([1, "a"]),
                json!({"prefixItems": [{"const": 1}], "items": {"const": "a"}}),
                json!({"items": {"const": 1}}),
            ),
            (
                json!([1, "a"]),
                json!({"items": [{}, {}], "additionalItems": false}),
                json!({"items": [{}], "additionalItems": false}),
            ),
            (json!("étés"), json!({"minLength": 4, "maxLength": 4}), json!({"maxLength": 3})),
            (json!(5), json!({"not": {"minimum": 6}}), json!({"not": {"minimum": 5}})),
            (json!(5), json!({"allOf": [{"minimum": 5}, true]}), json!({"allOf": [{"minimum": 5}, false]})),
            (json!(5), json!({"anyOf": [{"minimum": 6}, {"maximum": 5}]}), json!({"anyOf": [false]})),
            (
                json!(5),
                json!({"oneOf": [{"minimum": 6}, {"maximum": 5}]}),
                json!({"oneOf": [{"minimum": 5}, {"maximum": 5}]}),
            ),
            (
                json!(5),
                json!({"if": {"minimum": 5}, "then": {"maximum": 5}}),
                json!({"if": {"minimum": 6}, "else": false}),
            ),
            (
                json!(5),
                json!({"$ref": "#/$defs/a", "$defs": {"a": {"minimum": 5}}}),
                json!({"$ref": "#/$defs/a", "$defs": {"a": false}}),
            ),
            (
                json!(null),
                json!({"minimum": 5, "pattern": "x", "title": "anything", "required": ["a"]}),
                json!({"type": "object"}),
            ),
        ]);
    }

    #[test]
    fn what_is_looked_at_is_counted() {
        let name = "n".repeat(BYTES_EACH * 100);
        let schema = json!({"$defs": {&name: {"minimum": 5}}, "$ref": format!("#/$defs/{name}")});
        let left = Cell::new(400);
        for still in [297, 194, 91] {
            assert_eq!(is_valid(&json!(1), &schema, &schema, &left), Ok(false));
            assert_eq!(left.get(), still);
        }
        assert_eq!(is_valid(&json!(1), &schema, &schema, &left), Err("$ref".to_owned()));
    }

    #[test]
    fn what_is_not_told_is_named() {
        for (value, schema, keyword) in [
            (json!("a"), json!({"pattern": "a"}), "pattern"),
            (json!({"a": "b"}), json!({"properties": {"a": {"format": "date"}}}), "format"),
            (json!({"a": 1}), json!({"patternProperties": {"a": false}}), "patternProperties"),
            (json!({"a": 1}), json!({"unevaluatedProperties": false}), "unevaluatedProperties"),
            (json!(1), json!({"$ref": "https://example.com/a"}), "$ref"),
            (json!(1), json!({"$ref": "#"}), "$ref"),
            (json!("a"), json!({"anyOf": [{"pattern": "a"}, {"const": "b"}]}), "pattern"),
            (json!(1), json!({"multipleOf": 0}), "multipleOf"),
        ] {
            assert_eq!(verdict(&value, &schema), Err(keyword.to_owned()), "{value} {schema}");
        }
        // Enough is known all the same.
        assert_eq!(verdict(&json!("a"), &json!({"pattern": "a", "maxLength": 0})), Ok(false));
        assert_eq!(verdict(&json!("a"), &json!({"anyOf": [{"pattern": "a"}, {"const": "a"}]})), Ok(true));
        assert_eq!(verdict(&json!({"a": 1}), &json!({"patternProperties": {"a": {"const": 1}}})), Ok(true));
    }
}
