//! What is written under a constraint belongs to it, and can always come to an end.

use abide_generation::Constraint;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::words::*;
use crate::constraint::Grammars;
use crate::schema_check;

/// Schemas of everyday shapes; each has answers of a few hundred tokens at most, in most walks.
fn schemas() -> Vec<Value> {
    let animal = |kind: &str, field: &str| {
        json!({"type": "object", "properties": {"kind": {"const": kind}, field: {"type": "integer"}},
               "required": ["kind", field], "additionalProperties": false})
    };
    vec![
        json!({"type": "object", "properties": {"name": {"type": "string", "maxLength": 8}, "age": {"type": "integer"}},
               "required": ["name", "age"], "additionalProperties": false}),
        json!({"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array",
               "items": {"enum": ["a", "na", "日本"]}, "minItems": 1, "maxItems": 3}, "ok": {"type": "boolean"}},
               "required": ["tags"], "additionalProperties": false}),
        json!({"type": "array", "prefixItems": [{"type": "number", "minimum": -1.5, "exclusiveMaximum": 12}, {"type": "null"}],
               "items": false, "minItems": 2}),
        json!({"anyOf": [{"type": "string", "pattern": "^[a-c]{2,4}$"}, {"type": "integer", "multipleOf": 5, "minimum": 0, "maximum": 10_000}]}),
        json!({"$defs": {"cat": animal("cat", "lives"), "dog": animal("dog", "age")},
               "oneOf": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}], "discriminator": {"propertyName": "kind"}}),
        json!({"$defs": {"node": {"type": "object", "properties": {"v": {"type": "integer", "minimum": 0, "maximum": 9},
               "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}, "required": ["v", "next"],
               "additionalProperties": false}}, "$ref": "#/$defs/node"}),
        json!({"type": "object", "properties": {"capital": {"type": "object", "properties": {"name": {"enum": ["a", "b"]}},
               "required": ["name"]}, "spoken": {"type": "boolean"}}, "required": ["capital", "spoken"]}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 2}),
        json!({"const": {"a": [1, "x", null, true]}}),
        json!({"type": ["string", "null"], "maxLength": 3}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
               "items": [{"type": "boolean"}], "additionalItems": {"type": "null"}, "maxItems": 3}),
        json!(true),
    ]
}

/// Chooses by chance, rather the end than not once the text is long.
fn by_chance(seed: u64) -> impl FnMut(&[u32]) -> u32 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut chosen = 0;
    move |allowed| {
        chosen += 1;
        let end = allowed.iter().find(|token| **token == END || **token == STOP);
        let closing = allowed.iter().find(|token| matches!(u8::try_from(**token), Ok(b'"' | b'}' | b']')));
        match (end, closing) {
            (Some(end), _) if chosen > 60 => *end,
            (_, Some(closing)) if chosen > 40 => *closing,
            _ => allowed[random.random_range(0..allowed.len())],
        }
    }
}

fn json_of(grammars: &Grammars, adds_space: bool, constraint: &Constraint, seed: u64) -> Option<Value> {
    let walked = walk(&mut guide(grammars, constraint), adds_space, 2_000, by_chance(seed)).unwrap();
    let text = String::from_utf8(walked.text).expect("UTF-8");
    match serde_json::from_str(&text) {
        _ if !walked.ended => None,
        Ok(value) => Some(value),
        // JSON has no limit, but what reads it here has one.
        Err(error) if error.to_string().starts_with("number out of range") => None,
        Err(error) => panic!("{error}: {text}"),
    }
}

#[test]
fn whatever_is_chosen_is_valid_under_the_schema() {
    for adds_space in [false, true] {
        let grammars = grammars(adds_space);
        for schema in schemas() {
            let constraint = Constraint::JsonSchema(schema.clone());
            let mut ended = 0;
            for seed in 0..40 {
                let Some(value) = json_of(&grammars, adds_space, &constraint, seed) else { continue };
                ended += 1;
                assert!(schema_check::allows(&schema, &value), "{value} is not valid under {schema}");
            }
            assert!(ended >= 20, "{schema}: {ended} of 40 walks came to an end");
        }
    }
}

#[test]
fn who_looks_ahead_finds_what_is_found_there() {
    let grammars = grammars(false);
    let lark =
        "start: item (\", \" item){0,5}\nitem: /[a-c]{1,4}/ | \"<\" %json {\"type\": \"boolean\"} \">\"";
    let others = [Constraint::Lark(lark.into()), Constraint::Regex("(yes|no|name){1,6}".into())];
    let (mut seen, mut right) = (0, 0);
    for constraint in schemas().into_iter().map(Constraint::JsonSchema).chain(others) {
        for seed in 0..12 {
            let mut random = StdRng::seed_from_u64(seed);
            // Where another answer went is what is guessed, in vain or not.
            let guessed =
                walk(&mut guide(&grammars, &constraint), false, 60, by_chance(seed)).unwrap().tokens;
            let (mut ahead, mut plain) = (guide(&grammars, &constraint), guide(&grammars, &constraint));
            for step in 0..guessed.len() {
                let guesses = &guessed[step..guessed.len().min(step + 6)];
                let fitting = ahead.fitting(guesses);
                ahead.look_ahead(&guesses[..fitting]);
                assert_eq!(ahead.known().len(), fitting + 1, "{constraint:?}");
                seen += fitting;
                let allowed = plain.allowed().unwrap().clone();
                assert_eq!(*ahead.allowed().unwrap(), allowed, "{constraint:?} {guessed:?} {step}");
                let choices: Vec<u32> =
                    (0..VOCABULARY as u32).filter(|token| allowed.contains(*token)).collect();
                let is_guess = allowed.contains(guessed[step]) && random.random_range(0..10) < 8;
                let token =
                    if is_guess { guessed[step] } else { choices[random.random_range(0..choices.len())] };
                right += usize::from(is_guess);
                if [END, STOP].contains(&token) {
                    break;
                }
                ahead.accept(token).unwrap();
                plain.accept(token).unwrap();
                if plain.is_complete() {
                    assert!(ahead.is_complete());
                    break;
                }
            }
        }
    }
    assert!(seen > 3000 && right > 1000, "{seen} {right}");
}

#[test]
fn objects_have_the_keys_that_are_listed_and_no_others() {
    let grammars = grammars(false);
    let animal =
        |kind: &str| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]});
    let schema = json!({
        "$defs": {"cat": animal("cat"), "dog": animal("dog")},
        "oneOf": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}]
    });
    for seed in 0..40 {
        let Some(value) = json_of(&grammars, false, &Constraint::JsonSchema(schema.clone()), seed) else {
            continue;
        };
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["kind"], "{value}");
    }
}

#[test]
fn any_object_is_an_object() {
    let grammars = grammars(false);
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let Some(value) = json_of(&grammars, false, &Constraint::JsonObject, seed) else { continue };
        assert!(value.is_object(), "{value}");
        different.insert(value.to_string());
    }
    assert!(different.len() > 20, "{different:?}");
}

fn texts(constraint: &Constraint, adds_space: bool) -> std::collections::BTreeSet<String> {
    let grammars = grammars(adds_space);
    let walked = |seed| walk(&mut guide(&grammars, constraint), adds_space, 200, by_chance(seed)).unwrap();
    let ended = (0..60).map(walked).filter(|walked| walked.ended);
    ended.map(|walked| String::from_utf8(walked.text).unwrap()).collect()
}

#[test]
fn regular_expressions_match_from_start_to_end() {
    let all = |expected: &[&str]| expected.iter().map(ToString::to_string).collect();
    for adds_space in [false, true] {
        for regex in ["yes|no", "^(yes|no)$", "^yes|no$", "(?:yes)|(?:no)"] {
            assert_eq!(texts(&Constraint::Regex(regex.into()), adds_space), all(&["no", "yes"]), "{regex}");
        }
        assert_eq!(
            texts(&Constraint::Regex(" yes".into()), adds_space),
            all(&[" yes"]),
            "its own space stays"
        );
        assert_eq!(texts(&Constraint::Regex(r"a/b\$".into()), adds_space), all(&["a/b$"]));
        assert_eq!(texts(&Constraint::Regex(r"\\".into()), adds_space), all(&["\\"]));
        assert_eq!(
            texts(&Constraint::Regex("a?".into()), adds_space),
            all(&["", "a"]),
            "the empty text is one"
        );
        let matcher = fancy_regex::Regex::new(r"^(?s:[^\n]{2,3}é+x)$").unwrap();
        for text in texts(&Constraint::Regex(r"[^\n]{2,3}é+x".into()), adds_space) {
            assert!(matcher.is_match(&text).unwrap(), "{text:?}");
        }
    }
}

#[test]
fn grammars_are_followed() {
    let sum = r#"
        start: term ("+" term)*
        term: NUMBER | "(" start ")"
        NUMBER: /[0-9]{1,2}/
    "#;
    let found = texts(&Constraint::Lark(sum.into()), false);
    assert!(found.len() > 10, "{found:?}");
    for text in found {
        let depth = |count: i32, byte| count + i32::from(byte == b'(') - i32::from(byte == b')');
        assert_eq!(text.bytes().fold(0, depth), 0, "{text}");
        assert!(text.bytes().all(|byte| b"()+0123456789".contains(&byte)), "{text}");
    }
    let called = walk(
        &mut guide(&grammars(false), &Constraint::Lark("start: \"a\" <call> \"x\"".into())),
        false,
        10,
        |allowed| *allowed.last().unwrap(),
    );
    let called = called.unwrap();
    assert!(called.ended && called.tokens.contains(&CALL), "{:?}", called.tokens);
}

#[test]
fn an_answer_ends_by_itself_where_nothing_can_follow() {
    let mut guide = guide(&grammars(false), &Constraint::JsonObject);
    for byte in b"{}" {
        assert!(!guide.is_complete());
        assert!(!guide.allowed().unwrap().contains(END));
        guide.accept(u32::from(*byte)).unwrap();
    }
    assert!(guide.is_complete());
}

#[test]
fn all_ends_are_allowed_where_the_answer_may_end() {
    let mut guide = guide(&grammars(false), &Constraint::Regex("a+".into()));
    guide.accept(u32::from(b'a')).unwrap();
    assert!(!guide.is_complete());
    let allowed = guide.allowed().unwrap();
    assert!(allowed.contains(END) && allowed.contains(STOP) && !allowed.contains(CALL));
    assert!(!allowed.contains(VOCABULARY as u32 - 1), "logits beyond the tokens are never chosen");
    guide.accept(STOP).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn guesses_that_fit_are_those_that_masks_allow(
        seed in any::<u64>(),
        schema in 0..schemas().len(),
        cut in 0..20_usize,
        noise in prop::collection::vec(0..VOCABULARY as u32, 3),
    ) {
        // Bytes one by one where the compiler forces none, so that each text has one way of being written.
        let grammars = grammars(false);
        let constraint = Constraint::JsonSchema(schemas().swap_remove(schema));
        let walked = walk(&mut guide(&grammars, &constraint), false, 60, by_chance(seed)).unwrap();
        let cut = cut.min(walked.tokens.len());
        let mut guide = guide(&grammars, &constraint);
        for token in &walked.tokens[..cut] {
            guide.accept(*token).unwrap();
        }
        if !guide.is_complete() {
            let rest = &walked.tokens[cut..];
            prop_assert_eq!(guide.fitting(rest), rest.len(), "what was written fits");
            let before = guide.allowed().unwrap().clone();
            let fitting = guide.fitting(&noise);
            prop_assert_eq!(guide.allowed().unwrap(), &before, "guessing changes nothing");
            for (index, token) in noise.iter().enumerate() {
                let allowed = guide.allowed().unwrap().contains(*token);
                prop_assert!(!allowed || index < fitting, "{} was allowed", token);
                if !allowed {
                    break;
                }
                guide.accept(*token).unwrap();
                if guide.is_complete() || [END, STOP].contains(token) {
                    break;
                }
            }
        }
    }
}

/// The same grammar asked for again begins anew, whatever became of the first answer.
#[test]
fn answers_under_one_grammar_know_nothing_of_each_other() {
    let grammars = grammars(false);
    let constraint = Constraint::JsonSchema(schemas().remove(0));
    let tokens = || walk(&mut guide(&grammars, &constraint), false, 300, by_chance(5)).unwrap().tokens;
    let first = tokens();
    let mut half = guide(&grammars, &constraint);
    half.accept(u32::from(b'{')).unwrap();
    assert_eq!(tokens(), first);
    assert!(!half.is_complete() && half.accept(u32::from(b'x')).is_err());
    assert_eq!(tokens(), first);
}

/// Chooses digits wherever it can, as lost models do, and otherwise to end what is open: in a user's grammar white space has no end.
fn digits_first(allowed: &[u32]) -> u32 {
    let mut wanted = (b'1'..=b'9').chain(*b"}]").map(u32::from);
    wanted.find(|token| allowed.contains(token)).unwrap_or_else(|| by_chance(1)(allowed))
}

#[test]
fn numbers_come_to_an_end() {
    let within = |number: Value| json!({"type": "object", "properties": {"n": number}, "required": ["n"], "additionalProperties": false});
    let grammars = grammars(false);
    for schema in [
        within(json!({"type": "number"})),
        within(json!({"type": "integer"})),
        within(json!({"type": ["integer", "null"]})),
        within(json!({"anyOf": [{"type": "number"}, {"type": "string", "maxLength": 3}]})),
        within(json!({"type": "number", "minimum": 0})),
        within(json!({"type": "number", "minimum": -1.5, "maximum": 1.5})),
        within(json!({"type": "integer", "maximum": -3})),
        within(json!({"type": "integer", "multipleOf": 7})),
        within(json!({"type": "number", "multipleOf": 0.01})),
        within(json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX})),
        within(json!({"type": "integer", "minimum": -i64::MAX, "maximum": 0})),
        within(json!({"type": "integer", "minimum": 2_000_000_000_000_000_000_i64})),
        within(json!({"type": "number", "minimum": -1e300, "maximum": 1e300})),
        within(json!({"const": 1_234_567_890_123_456_768_i64})),
        within(json!({"type": "integer", "exclusiveMinimum": 9_999_999_999_999_999_i64})),
        within(json!({"enum": [1e-20, 0.123_456_789_012_345_67]})),
        within(json!({"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 1})),
    ] {
        let guide = &mut guide(&grammars, &Constraint::JsonSchema(schema.clone()));
        let walked = walk(guide, false, 200, digits_first).unwrap();
        let text = String::from_utf8(walked.text).unwrap();
        assert!(walked.ended, "{schema}: {text}");
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(schema_check::allows(&schema, &value), "{value} is not valid under {schema}");
    }
    let tool = r#"start: "call " %json {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"], "additionalProperties": false}"#;
    for constraint in [Constraint::Lark(tool.into()), Constraint::JsonSchema(within(json!({})))] {
        let walked = walk(&mut guide(&grammars, &constraint), false, 200, digits_first).unwrap();
        assert!(walked.ended, "{constraint:?}: {}", String::from_utf8_lossy(&walked.text));
    }
}

/// What `text` is under the constraint: how many of its bytes are allowed one after another.
fn fits(constraint: &Constraint, text: &str) -> usize {
    let mut guide = guide(&grammars(false), constraint);
    for (place, byte) in text.bytes().enumerate() {
        if guide.is_complete() || !guide.allowed().unwrap().contains(u32::from(byte)) {
            return place;
        }
        guide.accept(u32::from(byte)).unwrap();
    }
    text.len()
}

#[test]
fn numbers_have_the_digits_that_a_reader_can_make_use_of() {
    let number = Constraint::JsonSchema(json!({"type": "array", "items": {"type": "number"}}));
    for text in
        ["[1234567890123456,", "[-0.1234567890123456,", "[6.022e23]", "[1.5E-300]", "[12, -3.25e+007]"]
    {
        assert_eq!(fits(&number, text), text.len(), "{text}");
    }
    for (text, fitting) in
        [("[12345678901234567", 17), ("[0.12345678901234567", 19), ("[1e1000", 6), ("[1.5e-3000", 9)]
    {
        assert_eq!(fits(&number, text), fitting, "{text}");
    }
    // Texts, and grammars that are not JSON's, have as many digits as they like.
    let text = "[\"12345678901234567890\"]";
    assert_eq!(
        fits(&Constraint::JsonSchema(json!({"type": "array", "items": {"type": "string"}})), text),
        text.len()
    );
    let digits = "12345678901234567890";
    for free in [
        Constraint::Regex("[0-9]+x".into()),
        Constraint::Lark("start: /[0-9]+/ \"x\"".into()),
        Constraint::Lark("start: /[0-9]+/ %json {\"type\": \"boolean\"}".into()),
    ] {
        assert_eq!(fits(&free, digits), digits.len(), "{free:?}");
    }
    // What the schema asks for by itself can be written.
    let long = "100000000000000000000";
    assert_eq!(fits(&Constraint::JsonSchema(json!({"enum": [1e20]})), long), long.len());
}

#[test]
fn references_with_escapes_are_followed() {
    let schema = json!({"$defs": {"a/b": {"type": "integer", "minimum": 0, "maximum": 9}}, "type": "array",
                        "items": {"$ref": "#/$defs/a~1b"}, "minItems": 1});
    assert_eq!(fits(&Constraint::JsonSchema(schema), "[7,10"), 4);
}
