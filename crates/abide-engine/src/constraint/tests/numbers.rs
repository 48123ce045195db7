//! Numbers that doubles can't tell apart are what the schema says, to the last digit.

use abide_generation::Constraint;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::words::*;
use crate::constraint::{Grammars, Guide};
use crate::scheduler::{Spelling, TextCodec as _};

/// How many bytes of a text are allowed one after another, by the longest tokens that are: what is the only way to go on is wanted in these.
fn fits(guide: &mut Guide, text: &str) -> usize {
    let mut rest = text.as_bytes();
    while !rest.is_empty() && !guide.is_complete() {
        let allowed = guide.allowed().unwrap().clone();
        let spelled = |token: u32| match (Words { adds_space: false }).spelling(token) {
            Spelling::Text(bytes) if rest.starts_with(bytes) => bytes.len(),
            _ => 0,
        };
        let longest = (0..END).filter(|token| allowed.contains(*token)).max_by_key(|token| spelled(*token));
        let Some(token) = longest.filter(|token| spelled(*token) > 0) else { break };
        let length = spelled(token);
        guide.accept(token).unwrap();
        rest = &rest[length..];
    }
    text.len() - rest.len()
}

/// Whether a value of this text is allowed as the item of a list.
fn accepts(grammars: &Grammars, schema: &Value, text: &str) -> bool {
    let list = json!({"type": "array", "items": schema, "minItems": 1, "maxItems": 1});
    let text = format!("[{text}]");
    fits(&mut guide(grammars, &Constraint::JsonSchema(list)), &text) == text.len()
}

/// A number that is written by chance.
fn written(grammars: &Grammars, schema: &Value, seed: u64) -> String {
    let constraint = Constraint::JsonSchema(schema.clone());
    let mut random = StdRng::seed_from_u64(seed);
    let choose = |allowed: &[u32]| allowed[random.random_range(0..allowed.len())];
    let walked = walk(&mut guide(grammars, &constraint), false, 200, choose).unwrap();
    assert!(walked.ended, "{schema}");
    String::from_utf8(walked.text).unwrap()
}

/// Numbers of 64 bits, most of them where something changes.
fn number() -> impl Strategy<Value = i128> {
    let near = |(power, beside, negative): (u32, i128, bool)| {
        let number = ((1_i128 << power) + beside).min(i64::MAX.into());
        if negative { -number } else { number }
    };
    prop_oneof![
        2 => any::<i64>().prop_map(i128::from),
        2 => (50..64_u32, -2..=2_i128, any::<bool>()).prop_map(near),
        1 => -20..20_i128,
        1 => any::<u64>().prop_map(i128::from),
    ]
}

fn json_of(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| json!(number as u64), |number| json!(number))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn integers_are_within_their_bounds(
        (one, other) in (number(), number()),
        (excludes_low, excludes_high) in any::<(bool, bool)>(),
        inner in any::<u64>(),
        kind in prop::sample::select(vec!["integer", "number"]),
    ) {
        let (low, high) = (one.min(other), one.max(other));
        let (first, last) = (low + i128::from(excludes_low), high - i128::from(excludes_high));
        prop_assume!(first <= last);
        let schema = json!({
            "type": kind,
            (if excludes_low { "exclusiveMinimum" } else { "minimum" }): json_of(low),
            (if excludes_high { "exclusiveMaximum" } else { "maximum" }): json_of(high),
        });
        let grammars = grammars(false);
        let within = first + i128::from(inner) % (last - first + 1);
        for number in [first, last, within, first - 1, last + 1] {
            let expected = (first..=last).contains(&number);
            prop_assert_eq!(accepts(&grammars, &schema, &number.to_string()), expected, "{} under {}", number, schema);
        }
        if kind == "integer" {
            for seed in 0..3 {
                let written: i128 = written(&grammars, &schema, seed).parse().unwrap();
                prop_assert!((first..=last).contains(&written), "{} under {}", written, schema);
            }
        }
    }

    #[test]
    fn one_bound_is_held_to(bound in number(), excluded in any::<bool>(), step in 0..1_000_000_i128) {
        let grammars = grammars(false);
        let first = bound + i128::from(excluded);
        let above = json!({"type": "integer", (if excluded { "exclusiveMinimum" } else { "minimum" }): json_of(bound)});
        prop_assert!(!accepts(&grammars, &above, &(first - 1).to_string()));
        prop_assert!(!accepts(&grammars, &above, &(first - 1 - step).to_string()));
        for number in [first, first + step] {
            // What is open ends with 64 bits.
            let fits = number <= i64::MAX.into() || bound >= i64::MAX.into() && number <= u64::MAX.into();
            prop_assert!(accepts(&grammars, &above, &number.to_string()) || !fits, "{} under {}", number, above);
        }
        let last = bound - i128::from(excluded);
        let below = json!({"type": "integer", (if excluded { "exclusiveMaximum" } else { "maximum" }): json_of(bound)});
        for number in [last + 1, last + 1 + step] {
            prop_assert!(!accepts(&grammars, &below, &number.to_string()), "{} under {}", number, below);
        }
        if last >= i64::MIN.into() {
            prop_assert!(accepts(&grammars, &below, &last.to_string()));
        }
    }

    #[test]
    fn constants_are_written_as_they_came(numbers in prop::collection::vec(number(), 1..4), real in any::<f64>()) {
        prop_assume!(real.is_finite() && (real.fract() != 0.0 || real.abs() > 1e41));
        let grammars = grammars(false);
        let values: Vec<Value> = numbers.iter().map(|number| json_of(*number)).collect();
        let value = json!({"a": [values[0], {"b": real}], "c": "text"});
        let within = json!({"enum": [values, value, "x"]});
        for seed in 0..6 {
            let written: Value = serde_json::from_str(&written(&grammars, &within, seed)).unwrap();
            prop_assert!(within["enum"].as_array().unwrap().contains(&written), "{} under {}", written, within);
        }
        for number in &numbers {
            let constant = json!({"const": json_of(*number)});
            prop_assert!(accepts(&grammars, &constant, &number.to_string()));
            prop_assert!(!accepts(&grammars, &constant, &(number + 1).to_string()));
        }
        let written: f64 = written(&grammars, &json!({"const": real}), 1).parse().unwrap();
        prop_assert_eq!(written, real);
    }

    #[test]
    fn multiples_are_within_their_bounds(low in number(), count in 1..1000_i128, multiple in 2..50_i128) {
        prop_assume!(low + count <= i64::MAX.into());
        let grammars = grammars(false);
        let high = low + count;
        let schema = json!({"type": "integer", "minimum": json_of(low), "maximum": json_of(high), "multipleOf": multiple as u64});
        let first = low + (-low).rem_euclid(multiple);
        if first > high {
            prop_assert!(refused(&Constraint::JsonSchema(schema)).contains("multiple"));
        } else {
            prop_assert!(accepts(&grammars, &schema, &first.to_string()), "{} under {}", first, schema);
            for number in [first - multiple, first + 1, high + 1] {
                let expected = (low..=high).contains(&number) && number.rem_euclid(multiple) == 0;
                prop_assert_eq!(accepts(&grammars, &schema, &number.to_string()), expected, "{} under {}", number, schema);
            }
        }
    }
}

#[test]
fn numbers_are_exact_wherever_they_stand_alone() {
    let big = 1_234_567_890_123_456_789_i64;
    let grammars = grammars(false);
    for schema in [
        json!({"const": big, "title": "A number"}),
        json!({"enum": [big, "a"]}),
        json!({"anyOf": [{"const": big}, {"type": "boolean"}]}),
        json!({"anyOf": [{"const": big}, {"type": "boolean"}], "x-order": 3, "deprecated": true}),
        json!({"anyOf": [{"const": big, "x-order": 3}, {"const": "a"}], "markdownDescription": "A number"}),
        json!({"oneOf": [{"const": big}, {"const": "a"}]}),
        json!({"oneOf": [{"const": big, "title": "A"}, {"const": big + 1, "title": "B"}]}),
        json!({"type": "integer", "oneOf": [{"const": big, "title": "A"}, {"const": big + 1}]}),
        json!({"allOf": [{"const": big}, {"type": "integer"}, {"minimum": 3}]}),
        json!({"allOf": [{"enum": [big, big - 1]}, {"multipleOf": 3}]}),
        json!({"anyOf": [{"enum": [big, big - 1]}, {"const": 5}], "not": {"const": big - 1}, "exclusiveMinimum": 5}),
        json!({"allOf": [{"type": "integer", "minimum": big}]}),
        json!({"type": "integer", "minimum": big, "enum": [big, big - 1, 3]}),
        json!({"type": ["integer", "null"], "minimum": big}),
        json!({"minimum": big}),
    ] {
        assert!(accepts(&grammars, &schema, "1234567890123456789"), "{schema}");
        for wrong in ["1234567890123456788", "1234567890123456768", "1234567890123456784"] {
            assert!(!accepts(&grammars, &schema, wrong), "{wrong} under {schema}");
        }
    }
    let union = json!({"type": "object", "oneOf": [
        {"type": "object", "properties": {"id": {"const": big}}, "required": ["id"]},
        {"type": "object", "properties": {"id": {"const": big + 1}}, "required": ["id"]},
    ]});
    assert!(accepts(&grammars, &union, "{\"id\":1234567890123456789}"));
    assert!(!accepts(&grammars, &union, "{\"id\":1234567890123456788}"));
    let named = json!({"$defs": {"Big": {"const": big}}, "type": "array", "items": {"$ref": "#/$defs/Big", "minimum": 3}});
    let constraint = Constraint::JsonSchema(named);
    assert_eq!(fits(&mut guide(&grammars, &constraint), "[1234567890123456789"), 20);
    assert_eq!(fits(&mut guide(&grammars, &constraint), "[1234567890123456788"), 19);
    // Where schemas are laid over each other, bounds are those doubles that are nearest within.
    let shared = json!({"allOf": [{"type": "integer", "minimum": big}, {"maximum": big + 1000}]});
    assert!(accepts(&grammars, &shared, "1234567890123457024"));
    assert!(!accepts(&grammars, &shared, "1234567890123456788"));
}

#[test]
fn numbers_are_exact_within_other_values_and_among_them() {
    let big = 1_234_567_890_123_456_789_i64;
    let grammars = grammars(false);
    let within = json!([big, [], {"a": big}]);
    let field = json!({"type": "object", "properties": {"a": {"const": big}}, "minimum": big});
    let above = json!({"type": "number", "minimum": big, "maximum": 1e300});
    let below = json!({"type": "number", "minimum": -0.5, "exclusiveMaximum": big});
    for (schema, fine, wrong) in [
        (json!({"const": within}), within.to_string(), "[1234567890123456788"),
        (field, json!({"a": big}).to_string(), "{\"a\":1234567890123456788"),
        (above, "1e300".to_owned(), "1234567890123456789.5"),
        (below, "1234567890123456788".to_owned(), "1234567890123456788.5"),
        (json!({"type": ["integer", "null"], "minimum": big}), "null".to_owned(), "true"),
        (json!({"minimum": big}), "\"text\"".to_owned(), "1"),
        (json!({"type": "string", "minimum": big}), "\"text\"".to_owned(), "1234567890123456789"),
        (json!({"minimum": big, "exclusiveMinimum": true}), (big + 1).to_string(), "1234567890123456789"),
        (json!({"enum": [0.1, 2.5e-7, -12.125]}), "0.1".to_owned(), "0.2"),
        (json!({"const": 6.022_140_76e23}), "6.02214076e+23".to_owned(), "6.02214077e+23"),
        (json!({"const": u64::MAX}), u64::MAX.to_string(), "18446744073709551616"),
        (
            json!({"type": "object", "patternProperties": {"^k[0-9]$": {"const": big}}, "additionalProperties": false}),
            "{\"k1\":1234567890123456789}".to_owned(),
            "{\"k1\":1234567890123456788}",
        ),
        (
            json!({"type": "object", "properties": {"id": {"const": big}}, "patternProperties": {"^x-": {"type": "null"}}, "required": ["id"]}),
            "{\"id\":1234567890123456789}".to_owned(),
            "{\"id\":1234567890123456788}",
        ),
    ] {
        assert!(accepts(&grammars, &schema, &fine), "{fine} under {schema}");
        assert!(!accepts(&grammars, &schema, wrong), "{wrong} under {schema}");
    }
}

#[test]
fn grammars_hold_schemas_with_exact_numbers() {
    let grammar = r#"start: "n=" %json {"const": 1234567890123456789} ";" | "i=" %json {"type": "integer", "minimum": 9007199254740993} ";""#;
    let grammars = grammars(false);
    let fits = |text: &str| fits(&mut guide(&grammars, &Constraint::Lark(grammar.into())), text);
    for (text, fitting) in [
        ("n=1234567890123456789;", 22),
        ("n=1234567890123456768;", 19),
        ("i=9007199254740993;", 19),
        ("i=9007199254740992;", 18),
    ] {
        assert_eq!(fits(text), fitting, "{text}");
    }
}

#[test]
fn constants_are_valid_under_all_that_is_said_beside_them() {
    let big = 9_007_199_254_740_993_i64;
    let grammars = grammars(false);
    let object = json!({"a": big, "b": [big, big]});
    for (schema, fine, wrong) in [
        (json!({"enum": [big, big + 1], "multipleOf": 2}), (big + 1).to_string(), big.to_string()),
        (json!({"enum": [big, 4, 5], "multipleOf": 2, "minimum": 0}), "4".to_owned(), big.to_string()),
        (json!({"enum": [[big], [big, big]], "uniqueItems": true}), format!("[{big}]"), format!("[{big},")),
        (
            json!({"enum": [[big], [big, 1]], "contains": {"const": 1}}),
            format!("[{big},1]"),
            format!("[{big}]"),
        ),
        (
            json!({"enum": [{"a": big}, object], "minProperties": 2}),
            object.to_string(),
            format!("{{\"a\":{big}}}"),
        ),
        (
            json!({"enum": [{"a": big}, {"bc": big}], "propertyNames": {"minLength": 2}}),
            format!("{{\"bc\":{big}}}"),
            "{\"a".to_owned(),
        ),
        (json!({"enum": [big, "ab", "b"], "pattern": "^b"}), "\"b\"".to_owned(), "\"ab\"".to_owned()),
        (
            json!({"type": "number", "enum": [0.123_456_789_012_345_68, 0.3], "multipleOf": 0.1}),
            "0.3".to_owned(),
            "0.123".to_owned(),
        ),
    ] {
        assert!(accepts(&grammars, &schema, &fine), "{fine} under {schema}");
        assert!(!accepts(&grammars, &schema, &wrong), "{wrong} under {schema}");
    }
    for nothing in [
        json!({"const": big, "multipleOf": 2}),
        json!({"const": big, "enum": [2]}),
        json!({"const": {"a": big}, "minProperties": 2}),
        json!({"const": [big, big], "uniqueItems": true}),
        json!({"allOf": [{"const": big}, {"type": "string"}]}),
        json!({"type": "integer", "oneOf": [{"const": big}, {"const": big}]}),
    ] {
        let within = json!({"type": "object", "properties": {"a": nothing}, "required": ["a"]});
        let refused = refused(&Constraint::JsonSchema(within.clone()));
        assert!(
            refused.contains("#/properties/a") && refused.contains("no value is valid"),
            "{within}: {refused}"
        );
    }
}

#[test]
fn bounds_of_numbers_may_be_any_doubles() {
    let grammars = grammars(false);
    for (schema, fine, wrong) in [
        (json!({"type": "number", "minimum": 6.02e23, "maximum": 1e24}), "6.5e23", "5.9e23"),
        (json!({"type": "number", "minimum": 6.02e23, "maximum": 1e24}), "1e24", "1.1e24"),
        (json!({"type": "number", "minimum": 1e300}), "2e307", "9e299"),
        (json!({"type": ["number", "null"], "maximum": -1e30}), "-1.5e30", "-1.5e29"),
        (
            json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-300}),
            "5e-301",
            "0.0000000000000001",
        ),
        (json!({"type": "number", "exclusiveMinimum": 1e-25}), "0.5", "1e-25"),
        (
            json!({"type": "number", "minimum": 9_007_199_254_740_993_i64, "exclusiveMaximum": 9_007_199_254_740_994_i64}),
            "9007199254740993",
            "9007199254740993.8",
        ),
    ] {
        assert!(accepts(&grammars, &schema, fine), "{fine} under {schema}");
        assert!(!accepts(&grammars, &schema, wrong), "{wrong} under {schema}");
        let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
        for seed in 0..4 {
            let written = written(
                &grammars,
                &json!({"type": "array", "items": schema, "minItems": 1, "maxItems": 1}),
                seed,
            );
            let written: Value = serde_json::from_str(&written).unwrap();
            if let Some(number) = written[0].as_f64() {
                assert!(
                    low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high),
                    "{number} under {schema}"
                );
            }
        }
    }
    // What nobody is held to changes nothing.
    let annotated = json!({"type": "number", "default": 1e-30, "examples": [6e-300]});
    assert!(accepts(&grammars, &annotated, "1.5e104"));
    for long in ["1.5e1000", "1.12345678901234567", "12345678901234567"] {
        assert!(!accepts(&grammars, &annotated, long), "{long}");
    }
}

#[test]
fn multiples_of_any_step_are_multiples() {
    let grammars = grammars(false);
    for (schema, fine, wrong) in [
        (json!({"type": "integer", "multipleOf": 500}), ["500", "-1500", "0"], ["501", "250", "-0"]),
        (
            json!({"type": "integer", "multipleOf": 86_400}),
            ["86400", "1731888000", "0"],
            ["8640", "86401", "1731888001"],
        ),
        (
            json!({"type": ["number", "null"], "multipleOf": 1_234_567}),
            ["1234567", "null", "-2469134"],
            ["1234568", "true", "1e3"],
        ),
        (
            json!({"type": "integer", "multipleOf": 4096, "minimum": 1}),
            ["4096", "8192", "40960"],
            ["0", "4095", "-4096"],
        ),
        (
            json!({"type": "number", "multipleOf": 2.5e-10}),
            ["0.00000000025", "7", "-0.5"],
            ["0.0000000001", "0.000000000251", "1e-10"],
        ),
        (
            json!({"type": "number", "multipleOf": 0.000_122_070_312_5}),
            ["0.0001220703125", "0.5", "99.25"],
            ["0.1", "0.00012207", "123.05004"],
        ),
        (
            json!({"type": "number", "multipleOf": 0.000_012_34}),
            ["0.00001234", "0.1234", "0.00002468"],
            ["0.00001", "0.12345", "0.00001235"],
        ),
        (json!({"type": "integer", "multipleOf": 1.5}), ["3", "-6", "0"], ["1.5", "1", "2"]),
        (
            json!({"type": "integer", "multipleOf": 1_234_567_890_123_456_789_i64}),
            ["1234567890123456789", "0", "2469135780246913578"],
            ["1", "1234567890123456788", "-1234567890123456780"],
        ),
        (json!({"multipleOf": 1000, "minimum": 1500}), ["2000", "\"text\"", "[]"], ["1000", "1500", "0"]),
        (json!({"enum": [500, 750, 1000], "multipleOf": 500}), ["500", "1000", "500"], ["750", "0", "1500"]),
        (
            json!({"anyOf": [{"type": "integer", "multipleOf": 1000, "maximum": 9999}, {"type": "null"}]}),
            ["9000", "null", "-5000"],
            ["10000", "900", "1"],
        ),
    ] {
        for text in fine {
            assert!(accepts(&grammars, &schema, text), "{text} under {schema}");
        }
        for text in wrong {
            assert!(!accepts(&grammars, &schema, text), "{text} under {schema}");
        }
        for seed in 0..3 {
            let list = json!({"type": "array", "items": schema, "minItems": 1, "maxItems": 1});
            written(&grammars, &list, seed);
        }
    }
    // Those of several fields that are the same numbers.
    let fields = json!({"a": {"type": "integer", "multipleOf": 500, "maximum": 700}, "b": {"type": "integer", "multipleOf": 500, "maximum": 900}});
    let object = json!({"type": "object", "properties": fields, "required": ["a", "b"], "additionalProperties": false});
    assert_eq!(fits(&mut guide(&grammars, &Constraint::JsonSchema(object)), "{\"a\":500,\"b\":-1000}"), 19);
}

#[test]
fn tiny_bounds_and_large_constants_are_what_they_are() {
    let grammars = grammars(false);
    for (schema, fine, wrong) in [
        (
            json!({"type": "integer", "maximum": 1, "exclusiveMaximum": 1e-300}),
            ["0", "-5"],
            ["1", "12345678901234567"],
        ),
        (json!({"type": "integer", "exclusiveMinimum": 1e-300}), ["1", "123"], ["0", "12345678901234567"]),
        (
            json!({"type": "number", "allOf": [{"minimum": 1e-300}, {"maximum": 5}]}),
            ["0.5", "5"],
            ["0", "-1"],
        ),
        (
            json!({"type": "number", "allOf": [{"minimum": -1e-300}, {"maximum": 1e-20}]}),
            ["0", "0"],
            ["0.1", "-1"],
        ),
        (json!({"const": 1e25}), ["1e+25", "1e+25"], ["10000000000000000000000000", "1e+24"]),
        (json!({"const": 1e22}), ["10000000000000000000000", "1e+22"], ["10000000000000000000001", "1e+23"]),
        (json!({"const": -6.02e23}), ["-6.02e+23", "-6.02e+23"], ["-602000000000000000000000", "6.02e+23"]),
        (
            json!({"type": "number", "minimum": 1.797_693_134_862_315e308}),
            ["1.797693134862315e308", "1.7976931348623157e308"],
            ["1e308", "1.8e308"],
        ),
        (
            json!({"type": "number", "exclusiveMinimum": 0, "maximum": 5e-324}),
            ["5e-324", "5E-324"],
            ["0", "1e-323"],
        ),
    ] {
        for text in fine {
            assert!(accepts(&grammars, &schema, text), "{text} under {schema}");
        }
        for text in wrong {
            assert!(!accepts(&grammars, &schema, text), "{text} under {schema}");
        }
    }
    // A field beside such a bound comes to an end as others do.
    let fields = json!({"x": {"type": "number"}, "y": {"type": "integer", "exclusiveMinimum": 1e-300}});
    let object = json!({"type": "object", "properties": fields, "required": ["x", "y"], "additionalProperties": false});
    assert_eq!(fits(&mut guide(&grammars, &Constraint::JsonSchema(object)), "{\"x\":12345678901234567"), 21);
}

#[test]
fn many_constants_are_followed_or_refused() {
    let constant = |number: usize| json!({"a": [9_007_199_254_740_993_i64, number / 100, number % 100]});
    let listed = |count: usize| json!({"enum": (0..count).map(constant).collect::<Vec<_>>()});
    let grammars = grammars(false);
    let schema = listed(500);
    let value: Value = serde_json::from_str(&written(&grammars, &schema, 1)).unwrap();
    assert!(schema["enum"].as_array().unwrap().contains(&value), "{value}");
    let small: Vec<_> = (0..500).map(|number| json!({"a": [1, number / 100, number % 100]})).collect();
    written(&grammars, &json!({ "enum": small }), 1);
    let refused = refused(&Constraint::JsonSchema(json!({"anyOf": [listed(300), listed(300)]})));
    assert!(refused.contains("600 objects and lists"), "{refused}");
    let titled: Vec<_> = (0..1000).map(|number| json!({"const": number, "title": "t"})).collect();
    let titled = json!({ "oneOf": titled });
    assert!(accepts(&grammars, &titled, "999") && !accepts(&grammars, &titled, "1000"));
}

#[test]
fn what_cannot_be_had_says_where() {
    let big = 1_234_567_890_123_456_789_i64;
    for (schema, place, said) in [
        (
            json!({"properties": {"a": {"allOf": [{"properties": {"b": {"const": big}}}, {"required": ["b"]}]}}}),
            "#/properties/a/allOf/0/properties/b",
            "laid over each other",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "integer", "minimum": big, "maximum": big - 1}}, "required": ["a"]}),
            "#/properties/a",
            "no value is valid",
        ),
        (json!({"items": {"type": "integer", "minimum": 1e30}}), "#/items", "64 bits"),
        (json!({"items": {"enum": [1.234_567_890_123_456_7e29]}}), "#/items", "beyond 64 bits"),
        (json!({"items": {"const": [big, "x"], "items": {"pattern": "y"}}}), "#/items", "beside `pattern`"),
        (json!({"items": {"type": "integer", "multipleOf": -3}}), "#/items", "must be above 0, but is -3"),
        (json!({"items": {"multipleOf": 0}}), "#/items", "must be above 0, but is 0"),
        (
            json!({"items": {"allOf": [{"type": "integer"}, {"multipleOf": 1000}]}}),
            "#/items/allOf/1",
            "it is 1000",
        ),
        (
            json!({"items": {"allOf": [{"type": "number"}, {"multipleOf": 2.5e-10}]}}),
            "#/items/allOf/1",
            "it is 2.5e-10",
        ),
        (
            json!({"items": {"type": "integer", "allOf": [{"multipleOf": 50}, {"multipleOf": 49}]}}),
            "#/items/allOf/1",
            "is 2450",
        ),
        (json!({"items": {"type": "number", "multipleOf": 1e-300}}), "#/items", "multiples of 1e-300"),
        (json!({"items": {"type": "number", "multipleOf": 1e25}}), "#/items", "multiples of 1e+25"),
        (
            json!({"items": {"type": "integer", "minimum": 1, "maximum": 999, "multipleOf": 1000}}),
            "#/items",
            "no multiple of 1000",
        ),
        (
            json!({"anyOf": [{"type": "number", "minimum": 1e30, "multipleOf": 2}]}),
            "#/anyOf/0",
            "can't be counted",
        ),
        (json!({"const": "\u{fdd0}1"}), "U+FDD0", "no character"),
    ] {
        let refused = refused(&Constraint::JsonSchema(schema.clone()));
        assert!(refused.contains(place) && refused.contains(said), "{schema}: {refused}");
    }
    let lark = refused(&Constraint::Lark(
        "start: %json {\"items\": {\"type\": \"integer\", \"minimum\": 1e30}}".into(),
    ));
    assert!(lark.contains("behind %json: at `#/items`"), "{lark}");
    let lark =
        refused(&Constraint::Lark("start: %json {\"const\": 9007199254740993, \"multipleOf\": 2}".into()));
    assert!(lark.contains("behind %json: no value is valid under it"), "{lark}");
}
