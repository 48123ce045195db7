//! What can't be enforced is refused, saying what and where.

use abide_generation::Constraint;
use abide_generation::schema::Unenforceable;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::words::*;

/// Each case and what is said of it.
fn said<T>(
    cases: impl IntoIterator<Item = T>,
    tell: impl Fn(&T) -> String,
    make: impl Fn(T) -> Constraint,
) -> String {
    let line = |case| format!("{}\n  {}\n", tell(&case), refused(&make(case)).replace('\n', "\n  "));
    cases.into_iter().map(line).collect::<Vec<_>>().concat()
}

#[test]
fn schemas_say_where() {
    let within =
        |tags: Value| json!({"type": "object", "properties": {"ok": {"type": "string"}, "tags": tags}});
    let schemas = [
        within(json!({"type": "array", "uniqueItems": true})),
        within(json!({"type": "array", "items": {"type": "text"}})),
        within(json!({"type": "string", "pattern": "(a"})),
        within(json!({"$ref": "#/$defs/missing"})),
        within(json!({"$ref": "https://example.com/schema.json"})),
        within(json!({"oneOf": [{"type": "integer"}, {"type": "number"}]})),
        within(json!({"type": "array", "minItems": "two"})),
        json!({"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 1}}, "required": ["n"]}),
        json!({"$defs": {"a/b": {"not": {}}}, "allOf": [{"$ref": "#/$defs/c"}]}),
        json!({"$defs": {"inner": {"if": {"const": 1}, "then": {"const": 2}}}, "type": "array", "items": {"$ref": "#/$defs/inner"}}),
        json!({"type": "object", "properties": {"a": {}, "b": {}}, "minProperties": 1}),
        json!({"type": 5}),
        json!(false),
        json!("text"),
    ];
    assert_snapshot!("refused_schemas", said(schemas, Value::to_string, Constraint::JsonSchema));
}

#[test]
fn options_of_the_compiler_are_not_the_callers() {
    let lenient = json!({"type": "array", "uniqueItems": true, "x-guidance": {"lenient": true}});
    assert!(refused(&Constraint::JsonSchema(lenient)).contains("uniqueItems"));
    let harmless =
        json!({"type": "boolean", "x-guidance": {"nonsense": 1}, "title": "A title", "x-order": 3});
    assert!(
        grammars(false).guide(&Constraint::JsonSchema(harmless)).is_ok(),
        "unknown keywords are annotations"
    );
}

#[test]
fn expressions_and_grammars_say_where() {
    let regexes = ["(a", "a{2,1}", "[z-a]", "", "a(?=b)", r"\bword", r"(a)\1", "a^b"];
    assert_snapshot!(
        "refused_regexes",
        said(regexes, |case| format!("{case:?}"), |case| Constraint::Regex(case.into()))
    );
    let grammars = [
        "start: a",
        "start: \"a",
        "begin: \"a\"",
        "start: <nothing>",
        " ",
        "start: %json {\"type\": 3}",
        "start: \"a\"\nother: (\"b\"",
        "start: /(a/",
        "start: start",
    ];
    assert_snapshot!(
        "refused_grammars",
        said(grammars, |case| format!("{case:?}"), |case| Constraint::Lark(case.into()))
    );
}

#[test]
fn schemas_of_parts_are_checked_by_themselves() {
    let grammars = grammars(false);
    let check = |schema: &Value, unenforceable| match grammars.check_schema(schema, unenforceable) {
        Ok(()) => None,
        Err(error) => Some(error.to_string()),
    };
    let lenient = json!({"properties": {"a": {"enum": ["q", "r"], "not": {"const": "q"}}}});
    assert_eq!(check(&lenient, Unenforceable::PassedOver), None);
    let refused = check(&lenient, Unenforceable::Refused).unwrap();
    assert!(refused.contains("at `#/properties/a`: `not` can't be enforced"), "{refused}");
    for numbers in [
        json!({"allOf": [{"properties": {"a": {"const": 9_007_199_254_740_993_u64}}}, {"maxProperties": 3}]}),
        json!({"enum": [["x", 9_007_199_254_740_993_u64]], "items": {"pattern": "x"}}),
        json!({"const": 18_446_744_073_709_551_616.0}),
        json!({"type": "integer", "minimum": 6.02e23}),
        json!({"type": "integer", "multipleOf": -3}),
    ] {
        let lenient = json!({"type": "object", "properties": {"a": numbers}});
        assert_eq!(check(&lenient, Unenforceable::PassedOver), None, "{numbers}");
        assert!(check(&lenient, Unenforceable::Refused).unwrap().contains("at `#/properties/a"), "{numbers}");
    }
    let wrong = json!({"type": "object", "properties": {"u": {"type": "array", "uniqueItems": true},
                       "a": {"type": "integer", "minimum": 9, "maximum": 1}}, "required": ["a"]});
    let refused = check(&wrong, Unenforceable::PassedOver).unwrap();
    assert!(refused.contains("at `#/properties/a`: ") && refused.contains("minimum (9)"), "{refused}");
}
