//! What grammars of calls allow, asked of the parser that engines use, byte by byte.

use abide_generation::{ThoughtMarks, Tool, ToolSyntax};
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, InferenceCapabilities};
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};

use super::grammar::Language;

/// Whether the grammar allows the text, and whether an answer may end there.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Whole,
    Begun,
    Refused,
}

use Verdict::{Begun, Refused, Whole};

fn judge(grammar: &str, text: &str) -> Verdict {
    let tokens = ApproximateTokEnv::single_byte_env();
    let factory = ParserFactory::new(&tokens, InferenceCapabilities::default(), &[]);
    let mut factory = factory.expect("bytes are a vocabulary");
    factory.quiet();
    let parser = factory.create_parser(TopLevelGrammar::from_lark(grammar.to_owned()));
    let mut matcher = Matcher::new(parser);
    assert!(!matcher.is_error(), "{:?}\n{grammar}", matcher.get_error());
    for byte in text.bytes() {
        if matcher.is_stopped() {
            return Refused;
        }
        let mask = matcher.compute_mask().expect("the grammar goes on");
        if !mask.is_allowed(u32::from(byte)) {
            return Refused;
        }
        matcher.consume_token(u32::from(byte)).expect("an allowed token");
    }
    if matcher.is_accepting().expect("the grammar goes on") { Whole } else { Begun }
}

#[track_caller]
fn check(grammar: &str, cases: &[(&str, Verdict)]) {
    for (text, expected) in cases {
        assert_eq!(&judge(grammar, text), expected, "{text:?}\n{grammar}");
    }
}

fn tool(name: &str, parameters: Value) -> Tool {
    let Value::Object(parameters) = parameters else { panic!("a schema is an object") };
    Tool { name: name.to_owned(), description: None, parameters }
}

fn weather() -> Tool {
    tool(
        "get_weather",
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "where"},
                "title": {"enum": ["C", "F"], "default": "C"},
            },
            "required": ["city"],
        }),
    )
}

fn time() -> Tool {
    tool("get_time", json!({}))
}

fn language(syntax: ToolSyntax) -> Language<'static> {
    Language { syntax, parallel: true, thoughts: None, format: None, strict: &[] }
}

const CITY: &str = "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Bern\"}}";
const TIME: &str = "{\"name\": \"get_time\", \"arguments\": {}}";

fn tagged(call: &str) -> String {
    format!("<tool_call>\n{call}\n</tool_call>")
}

#[test]
fn objects_have_the_listed_keys_alone() {
    let place = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let go = tool("go", json!({"type": "object", "properties": {"to": place.clone()}, "required": ["to"]}));
    let call = |to: &str| tagged(&format!("{{\"name\": \"go\", \"arguments\": {{\"to\": {to}}}}}"));
    let format = Language { format: Some(&place), ..language(ToolSyntax::Tagged) };
    check(
        &format.calls_or_text(&[&go]),
        &[
            (&call("{\"city\": \"Bern\"}"), Whole),
            (&call("{\"city\": \"Bern\", \"x\": 1}"), Refused),
            ("{\"city\": \"Bern\"}", Whole),
            ("{\"city\": \"Bern\", \"x\": 1}", Refused),
        ],
    );
}

#[test]
fn tagged_calls_that_must_come() {
    let grammar = language(ToolSyntax::Tagged).calls(&[&weather(), &time()]);
    let unknown = tagged("{\"name\": \"other\", \"arguments\": {}}");
    let wrong_type = tagged("{\"name\": \"get_weather\", \"arguments\": {\"city\": 1}}");
    let invented = tagged("{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Bern\", \"x\": 1}}");
    let choice = tagged("{\"name\": \"get_weather\", \"arguments\": {\"city\":\"Bern\",\"title\":\"F\"}}");
    let missing = tagged("{\"name\": \"get_weather\", \"arguments\": {}}");
    check(
        &grammar,
        &[
            (&tagged(CITY), Whole),
            (&format!("\n\n{}", tagged(TIME)), Whole),
            (&[tagged(CITY), tagged(TIME)].join("\n"), Whole),
            (&choice, Whole),
            ("<tool_call>", Begun),
            ("", Begun),
            ("Hello", Refused),
            (&unknown, Refused),
            (&wrong_type, Refused),
            (&invented, Refused),
            (&missing, Refused),
            (&format!("{} and", tagged(CITY)), Refused),
        ],
    );
    let single = Language { parallel: false, ..language(ToolSyntax::Tagged) };
    check(
        &single.calls(&[&time()]),
        &[
            (&tagged(TIME), Whole),
            (&[tagged(TIME), tagged(TIME)].join("\n"), Refused),
            (&tagged(CITY), Refused),
        ],
    );
}

#[test]
fn tagged_calls_that_may_come() {
    let grammar = language(ToolSyntax::Tagged).calls_or_text(&[&weather(), &time()]);
    check(
        &grammar,
        &[
            ("Hello <b>, a < b & <tool", Whole),
            ("", Whole),
            (&tagged(CITY), Whole),
            (&format!("Let me see.\n\n{}\n{}", tagged(CITY), tagged(TIME)), Whole),
            ("Use <tool_call> like this", Refused),
            ("a <tool_call>\n{\"name\": \"get_", Begun),
            ("a <tool_call>\n{\"name\": \"x", Refused),
        ],
    );
    check(
        &language(ToolSyntax::Tagged).text(),
        &[("Hello <b>", Whole), ("a <tool_call", Whole), ("a <tool_call>", Refused)],
    );
}

#[test]
fn listed_calls() {
    let tools = [&weather(), &time()];
    let one = format!("[TOOL_CALLS][{CITY}]");
    let two = format!("[TOOL_CALLS] [{CITY}, {TIME}]");
    check(
        &language(ToolSyntax::Listed).calls(&tools),
        &[(&one, Whole), (&two, Whole), ("[TOOL_CALLS][]", Refused), ("x", Refused)],
    );
    check(
        &language(ToolSyntax::Listed).calls_or_text(&tools),
        &[("A list: [1, 2]", Whole), (&format!("I look. {two}"), Whole), ("[TOOL_CALLS]x", Refused)],
    );
    let single = Language { parallel: false, ..language(ToolSyntax::Listed) };
    check(&single.calls_or_text(&tools), &[(&one, Whole), (&two, Refused)]);
    check(&language(ToolSyntax::Listed).text(), &[("[TOOL", Whole), (&one, Refused)]);
}

#[test]
fn bare_calls() {
    let tools = [&weather(), &time()];
    let call = "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Bern\"}}";
    check(&language(ToolSyntax::Bare).calls(&tools), &[(call, Whole), ("{\"a\"", Refused), ("hi", Refused)]);
    check(
        &language(ToolSyntax::Bare).calls_or_text(&tools),
        &[
            (call, Whole),
            ("Hello {\"name\": 1}", Whole),
            ("{\"a\": 1}", Whole),
            ("{\"name\": \"other\"", Refused),
            ("{\"name\": \"get_weather\", \"parameters\": {\"city\": 1", Refused),
        ],
    );
    check(&language(ToolSyntax::Bare).text(), &[("{\"a\": 1}", Whole), (call, Refused), ("hi", Whole)]);
}

#[test]
fn thoughts_come_first() {
    let marks = ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() };
    let with_thoughts = |syntax| Language { thoughts: Some(&marks), ..language(syntax) };
    let thought = "<think>\nA <tool_call> may help.\n</think>\n\n";
    for syntax in [ToolSyntax::Tagged, ToolSyntax::Listed, ToolSyntax::Bare] {
        let call = match syntax {
            ToolSyntax::Tagged => tagged(TIME),
            ToolSyntax::Listed => format!("[TOOL_CALLS][{TIME}]"),
            ToolSyntax::Bare | ToolSyntax::Channeled => TIME.replace("arguments", "parameters"),
        };
        let grammar = with_thoughts(syntax).calls_or_text(&[&time()]);
        check(
            &grammar,
            &[
                (&format!("{thought}{call}"), Whole),
                (&format!("{thought}Hello"), Whole),
                (&call, Whole),
                ("Hello", Whole),
                ("<think>a", Begun),
            ],
        );
        let grammar = with_thoughts(syntax).calls(&[&time()]);
        check(
            &grammar,
            &[(&format!("{thought}{call}"), Whole), (&call, Whole), (thought, Begun), ("Hi", Refused)],
        );
        check(&with_thoughts(syntax).text(), &[(&format!("{thought}Hi"), Whole), (&call, Refused)]);
    }
}

const THOUGHT: &str = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant";
const PREAMBLE: &str = "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant";
const FINAL: &str = "<|channel|>final<|message|>";

fn channeled() -> (ThoughtMarks, Language<'static>) {
    let marks = ThoughtMarks::in_template("<|channel|>analysis<|message|>").expect("known marks");
    (marks, language(ToolSyntax::Channeled))
}

/// The ways to write a call in a channel.
fn in_channel(name: &str, arguments: &str) -> [String; 4] {
    [
        format!("<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>{arguments}"),
        format!("<|channel|>commentary to=functions.{name}<|message|>{arguments}"),
        format!(" to=functions.{name}<|channel|>commentary json<|message|>{arguments}"),
        format!(" to=functions.{name}<|channel|>commentary <|constrain|>json<|message|>{arguments}"),
    ]
}

#[test]
fn calls_in_channels() {
    let (marks, plain) = channeled();
    let tools = [&weather(), &time()];
    let thinking = Language { thoughts: Some(&marks), ..plain };
    for (language, thought) in [(plain, Refused), (thinking, Whole)] {
        let [must, may, none] = [language.calls(&tools), language.calls_or_text(&tools), language.text()];
        for call in in_channel("get_weather", "{\"city\": \"Bern\"}") {
            let behind_thought = format!("{THOUGHT}{call}");
            let behind_preamble = format!("{PREAMBLE}{call}");
            check(&must, &[(&call, Whole), (&behind_preamble, Refused)]);
            check(&may, &[(&call, Whole), (&behind_preamble, Whole), (&format!("{call}{call}"), Refused)]);
            check(&none, &[(&call, Refused), (&behind_preamble, Refused)]);
            let verdicts = [&must, &may].map(|grammar| judge(grammar, &behind_thought));
            assert_eq!(verdicts, if thought == Whole { [Whole, Whole] } else { [Refused, Refused] });
        }
        for (name, arguments) in [("get_weather", "{\"city\": 1}"), ("get_weather", "{}"), ("other", "{}")] {
            for call in in_channel(name, arguments) {
                check(&may, &[(&call, Refused)]);
                check(&must, &[(&call, Refused)]);
            }
        }
        let said = format!("{FINAL}Hi <b> < |");
        let again = format!("{FINAL}Hi<|end|>{PREAMBLE}");
        for grammar in [&may, &none] {
            check(
                grammar,
                &[(&said, Whole), ("Hi", Whole), ("", Whole), (&again, Refused), (PREAMBLE, Begun)],
            );
            check(grammar, &[(&format!("{PREAMBLE}{said}"), Whole)]);
            assert_eq!(
                judge(grammar, &format!("{THOUGHT}{said}")),
                if thought == Whole { Whole } else { Refused }
            );
        }
        check(&must, &[(&said, Refused), ("Hi", Refused), ("", Begun)]);
    }
}

#[test]
fn thoughts_that_are_cut_short_lead_to_a_call_in_a_channel() {
    let (marks, plain) = channeled();
    let closed = format!("{}too long\n{}", marks.open, marks.close);
    let [by_channel, _, by_role, _] = in_channel("get_time", "{}");
    let grammar = Language { thoughts: Some(&marks), ..plain }.calls(&[&time()]);
    check(
        &grammar,
        &[
            (&format!("{closed}{by_channel}"), Whole),
            (&format!("{closed}{by_role}"), Refused),
            (&format!("{closed}Hi"), Refused),
            (&format!("{FINAL}{by_channel}"), Refused),
        ],
    );
}

#[test]
fn the_last_message_in_a_channel_has_a_format() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]});
    let (marks, plain) = channeled();
    let language = Language { thoughts: Some(&marks), format: Some(&schema), ..plain };
    let grammar = language.calls_or_text(&[&time()]);
    let said = format!("{THOUGHT}{FINAL}{{\"a\": 1}}");
    let [call, ..] = in_channel("get_time", "{}");
    check(
        &grammar,
        &[
            (&said, Whole),
            (&call, Whole),
            ("{\"a\": 1}", Whole),
            (&format!("{FINAL}hello"), Refused),
            ("hi", Refused),
        ],
    );
}

#[test]
fn an_answer_has_a_format_or_is_a_call() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]});
    for (syntax, call) in
        [(ToolSyntax::Tagged, tagged(TIME)), (ToolSyntax::Listed, format!("[TOOL_CALLS][{TIME}]"))]
    {
        let grammar = Language { format: Some(&schema), ..language(syntax) }.calls_or_text(&[&time()]);
        check(
            &grammar,
            &[("{\"a\": 1}", Whole), (&call, Whole), ("hello", Refused), ("{\"a\": \"x\"", Refused)],
        );
    }
}

#[test]
fn strict_tools_have_all_of_their_schema() {
    let choice = tool("f", json!({"properties": {"a": {"enum": ["q", "r"], "not": {"const": "q"}}}}));
    let (strict, other) = ([String::from("f")], [String::from("g")]);
    let of = |strict| Language { strict, ..language(ToolSyntax::Tagged) }.calls(&[&choice]);
    assert!(of(&[]).contains("\"lenient\":true"));
    assert!(of(&other).contains("\"lenient\":true"), "another one is");
    let grammar = of(&strict);
    assert!(grammar.contains("\"lenient\":false") && grammar.contains("\"coerce_one_of\":false"));
}

#[test]
fn schemas_are_said_in_plain_words() {
    let union = |kind: &str| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"], "additionalProperties": false});
    let schema = json!({
        "$defs": {"a/b": union("x"), "y": union("y")},
        "type": "object", "properties": {"v": {"oneOf": [{"$ref": "#/$defs/a~1b"}, {"$ref": "#/$defs/y"}]}, "n": {"type": "integer", "minimum": -9, "maximum": 9, "uniqueItems": false}},
        "required": ["v"],
    });
    let strict = [String::from("f")];
    let grammar = Language { strict: &strict, ..language(ToolSyntax::Tagged) }.calls(&[&tool("f", schema)]);
    let call = |arguments: &str| tagged(&format!("{{\"name\": \"f\", \"arguments\": {arguments}}}"));
    check(
        &grammar,
        &[
            (&call("{\"v\": {\"kind\": \"x\"}}"), Whole),
            (&call("{\"v\": {\"kind\": \"y\"}, \"n\": -5}"), Whole),
            (&call("{\"v\": {\"kind\": \"z\"}}"), Refused),
        ],
    );
}

#[test]
fn schemas_may_be_of_any_kind() {
    let referring = tool(
        "f",
        json!({
            "type": "object",
            "properties": {"title": {"$ref": "#/$defs/title"}, "other": {"type": "string", "format": "made-up"}},
            "$defs": {"title": {"type": "string", "title": "the title", "minLength": 1}},
            "required": ["title"],
            "additionalProperties": true,
            "if": {"properties": {"title": {"const": "x"}}},
            "then": {"required": ["other"]},
            "x-guidance": {"whitespace_flexible": "nonsense"},
        }),
    );
    let grammar = language(ToolSyntax::Bare).calls(&[&referring]);
    check(
        &grammar,
        &[
            ("{\"name\": \"f\", \"parameters\": {\"title\": \"a\", \"more\": [1, 2]}}", Whole),
            ("{\"name\": \"f\", \"parameters\": {\"title\": \"\"", Refused),
        ],
    );
}
