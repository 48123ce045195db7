//! Grammars that are meant to do harm: each is refused, or taken and followed within limits. That this ends, with stacks and
//! memory intact, is the test.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use abide_generation::Constraint;
use serde_json::{Map, Value, json};

use super::words::*;
use crate::constraint::pace::Paces;

/// Tries a constraint, and if it is taken a few tokens under it.
fn survive(constraint: &Constraint) -> Result<(), String> {
    let mut guide = grammars(false).guide(constraint).map_err(|error| error.to_string())?.after(None, None);
    let mut number = 0_usize;
    let any = |allowed: &[u32]| {
        number += 7;
        allowed[number % allowed.len()]
    };
    walk(&mut guide, false, 20, any).map(drop).map_err(|error| error.to_string())
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!({"type": "string"}), |inner, _| json!({"type": "array", "items": inner}))
}

#[test]
fn deep_and_wide_schemas() {
    assert!(survive(&Constraint::JsonSchema(nested(40))).is_ok());
    let error = survive(&Constraint::JsonSchema(nested(3_000))).unwrap_err();
    assert!(error.contains("nested more than 100 deep"), "{error}");
    let wide: Map<_, _> = (0..30_000).map(|number| (number.to_string(), json!({}))).collect();
    let error = survive(&Constraint::JsonSchema(json!({"properties": wide}))).unwrap_err();
    assert!(error.contains("more than 20000 values"), "{error}");
    let error = survive(&Constraint::JsonSchema(json!({"const": "x".repeat(200 << 10)}))).unwrap_err();
    assert!(error.contains("131072 are allowed"), "{error}");
    let fields: Map<_, _> =
        (0..1_500).map(|number| (format!("field{number}"), json!({"type": "string"}))).collect();
    let _ = survive(&Constraint::JsonSchema(json!({"type": "object", "properties": fields})));
    // Names are short in all, but not in the pointers to what is below them.
    let name = "n".repeat(30_000);
    let long = json!({"$defs": {&name: {"properties": fields}}, "$ref": format!("#/$defs/{name}")});
    let error = survive(&Constraint::JsonSchema(long.clone())).unwrap_err();
    assert!(error.contains("places with long names"), "{error}");
    let error = survive(&Constraint::Lark(format!("start: %json {long}"))).unwrap_err();
    assert!(error.contains("places with long names"), "{error}");
}

#[test]
fn long_chains_of_references() {
    let last = 3_500;
    let link = |number: usize| match number {
        _ if number == last => json!({"type": "null"}),
        _ => json!({"$ref": format!("#/$defs/{}", number + 1)}),
    };
    let chain: Map<_, _> = (0..=last).map(|number| (number.to_string(), link(number))).collect();
    let _ = survive(&Constraint::JsonSchema(json!({"$defs": chain, "$ref": "#/$defs/0"})));
    let link = |number: usize| json!({"$ref": format!("#/$defs/{}", (number + 1) % 2_000), "type": "null"});
    let chain: Map<_, _> = (0..2_000).map(|number| (number.to_string(), link(number))).collect();
    let _ = survive(&Constraint::JsonSchema(json!({"$defs": chain, "$ref": "#/$defs/0"})));
    let link = |number: usize| json!({"anyOf": [{"$ref": format!("#/$defs/{}", number + 1)}]});
    let mut chain: Map<_, _> = (0..2_400).map(|number| (number.to_string(), link(number))).collect();
    chain.insert("2400".to_owned(), json!({"type": "null"}));
    let _ = survive(&Constraint::JsonSchema(json!({"$defs": chain, "$ref": "#/$defs/0"})));
    let _ =
        survive(&Constraint::JsonSchema(json!({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})));
    let circle = json!({"$defs": {"a": {"$ref": "#/$defs/b", "type": "object"}, "b": {"$ref": "#/$defs/a", "minProperties": 1}},
                        "$ref": "#/$defs/a"});
    let _ = survive(&Constraint::JsonSchema(circle));
}

#[test]
fn schemas_that_multiply() {
    let choices = |number: usize| {
        let option = |other: usize| json!({"type": "object", "properties": {format!("p{number}x{other}"): {"type": "string"}}});
        json!({"anyOf": (0..12).map(option).collect::<Vec<_>>()})
    };
    let product: Vec<_> = (0..12).map(choices).collect();
    let _ = survive(&Constraint::JsonSchema(json!({"allOf": product})));
    for schema in [
        json!({"type": "array", "items": {"type": "array", "minItems": 100_000, "maxItems": 1_000_000}, "minItems": 1_000_000}),
        json!({"type": "string", "minLength": 1_000_000, "maxLength": 1_000_000_000}),
        json!({"type": "integer", "multipleOf": 1_234_567.891, "minimum": -1e300, "maximum": 1e300}),
        json!({"allOf": [{"type": "integer", "multipleOf": 397}, {"multipleOf": 389}]}),
        json!({"type": "array", "prefixItems": (0..300).map(|n| json!({"multipleOf": 99_991 + n})).collect::<Vec<_>>()}),
        json!({"type": "object", "patternProperties": {"(a|aa)+$": {}, "[^a]*(b|bb)+": {}, ".{0,900}x.{0,900}": {}}}),
        json!({"type": "string", "pattern": "(.{0,500}a.{0,500}){50}"}),
        json!({"enum": (0..4_000).map(|number| format!("{number:x}-constant")).collect::<Vec<_>>()}),
    ] {
        let _ = survive(&Constraint::JsonSchema(schema));
    }
}

#[test]
fn expressions_that_explode() {
    for regex in [
        "(a|aa)+b".repeat(2_000),
        "((a{0,1000}){0,1000}){0,1000}".to_owned(),
        ".*a.{500}".to_owned(),
        "(.*a.{18}|.*b.{19}|.*c.{20}|.*d.{21})".to_owned(),
        "(?i:[\\p{L}]{1,4000}[\\p{N}]{1,4000}){100}".to_owned(),
        "x".repeat(120_000),
        "(".repeat(150) + "a" + &"){1,9}".repeat(150),
        (0..5_000).map(|number| format!("w{number}.*")).collect::<Vec<_>>().join("|"),
    ] {
        let _ = survive(&Constraint::Regex(regex));
    }
    let error = survive(&Constraint::Regex("(".repeat(5_000) + "a" + &")".repeat(5_000))).unwrap_err();
    assert!(error.contains("nested more than 200 deep"), "{error}");
}

#[test]
fn what_never_ends_gives_its_place_back() {
    let grammars = grammars(false);
    for steps in [vec![397, 389], vec![395, 397, 389], vec![400, 399], vec![383, 379]] {
        let layers: Vec<_> = steps.iter().map(|step| json!({"multipleOf": step})).collect();
        let start = Instant::now();
        let _ = grammars.guide(&Constraint::JsonSchema(json!({"type": "integer", "allOf": layers})));
        assert!(start.elapsed().as_secs() < 5, "{steps:?}");
    }
    assert!(grammars.guide(&Constraint::JsonSchema(json!({"type": "boolean"}))).is_ok());
}

/// However patterns come to lie over each other: such a schema is refused, or compiled, and soon nothing is left to do.
#[test]
fn patterns_over_each_other_come_to_an_end() {
    let wide = |of: char| {
        let option = |number: u8| format!("[{}{of}]{number}.*", (b'a' + number % 26) as char);
        format!("^({})$", (0..200).map(option).collect::<Vec<_>>().join("|"))
    };
    let text = |of: char| json!({"type": "string", "pattern": wide(of)});
    let layers = |of: &dyn Fn(char) -> Value| json!({"allOf": "ABCDEF".chars().map(of).collect::<Vec<_>>()});
    let names = |count: usize, name: &dyn Fn(usize) -> String| -> Value {
        let names: Map<String, Value> = (0..count).map(|number| (name(number), json!({}))).collect();
        json!({"type": "object", "patternProperties": names})
    };
    let texts: Map<String, Value> = "ABCDEF".chars().map(|of| (of.to_string(), text(of))).collect();
    let references: Vec<_> = "ABCDEF".chars().map(|of| json!({"$ref": format!("#/$defs/{of}")})).collect();
    let listed: Map<String, Value> = (0..3_000).map(|number| (format!("p{number}"), json!({}))).collect();
    let mut beside = names(20, &|number| format!("^q{number}-[a-z]*"));
    beside["properties"] = listed.into();
    let schemas = [
        layers(&|of| json!({"additionalProperties": text(of)})),
        layers(&|of| json!({"patternProperties": {"^a": text(of)}})),
        layers(&|of| json!({"items": text(of)})),
        layers(&|of| json!({"additionalProperties": {"additionalProperties": text(of)}})),
        json!({"allOf": [{"properties": {"a": text('A')}}, {"patternProperties": {"^a$": text('B')}}, {"additionalProperties": text('C')}]}),
        json!({"$defs": texts, "properties": {"a": {"allOf": references}}}),
        layers(&|of| json!({"propertyNames": text(of)})),
        names(300, &|number| format!("^x{number}_")),
        names(9_000, &|number| format!("^x{number}_")),
        names(2, &|number| wide((b'A' + number as u8) as char)),
        // Whose intersections take long, though they are empty.
        names(28, &|number| format!("^(a|b)*a(a|b){{8}}c{{{}}}$", number + 1)),
        names(28, &|number| format!("^(a|b)*a(a|b){{5}}c{{{}}}$", number + 1)),
        beside,
    ];
    let grammars = grammars(false);
    for (number, schema) in schemas.into_iter().enumerate() {
        let start = Instant::now();
        let answer = grammars.guide(&Constraint::JsonSchema(schema)).map(drop);
        let taken = start.elapsed();
        println!("{number}: {taken:?} {:?}", answer.as_ref().err().map(ToString::to_string));
        assert!(taken < Duration::from_secs(8), "{number}: {taken:?}");
        assert!(grammars.guide(&Constraint::JsonSchema(json!({"const": number}))).is_ok(), "{number}");
    }
}

#[test]
fn grammars_that_recurse() {
    let mut chain = "start: r0\n".to_owned();
    for number in 0..9_000 {
        let _ = writeln!(chain, "r{number}: r{}", number + 1);
    }
    chain.push_str("r9000: \"a\"\n");
    let ambiguous = "start: e\ne: e e | e e e | \"a\" | \"\"\n";
    let optional = format!("start: {}\n", "\"a\"? ".repeat(4_000));
    let alternatives =
        format!("start: ({})*\n", (0..3_000).map(|n| format!("\"w{n}\"")).collect::<Vec<_>>().join(" | "));
    for lark in [
        chain.as_str(),
        ambiguous,
        &optional,
        &alternatives,
        "start: start start | \"a\"",
        "start: \"a\"{1000000}",
    ] {
        let _ = survive(&Constraint::Lark(lark.to_owned()));
    }
}

/// Each token takes longer than the one before: all ways to read what is written are kept in mind.
#[test]
fn ambiguous_grammars_end_before_they_hold_up_others() {
    let grammar = Constraint::Lark("start: s\ns: s s | s \"a\" s | \"a\" | \"\"".to_owned());
    let guide = grammars(false).guide(&grammar).unwrap();
    let pace = Paces::new(Duration::from_millis(50), Duration::ZERO).join();
    let mut guide = guide.at_pace(pace).after(None, None);
    let error = walk(&mut guide, false, 100_000, |_| u32::from(b'a')).map(drop).unwrap_err().to_string();
    assert!(error.contains("takes too long to follow"), "{error}");
}
