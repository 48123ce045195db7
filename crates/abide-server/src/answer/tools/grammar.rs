//! The language of answers with calls of tools, as a grammar that a generator can hold the model to. Must not know how the
//! calls are read afterwards, but for the marks that both share.
//!
//! The beginning of a call up to its arguments is one literal for each tool, so that it can be told from text; the
//! arguments follow the tool's schema. What a schema says that grammars can't express is passed over, because clients send
//! schemas that were made for other purposes, unless they ask for the tool to be strict; white space is as models write it by
//! themselves.

use std::fmt::Write as _;

use abide_generation::schema::{Unenforceable, closed, plain};
use abide_generation::{ThoughtMarks, Tool, ToolSyntax};
use serde_json::{Map, Value, json};

use super::channels;
use super::reader::{LIST_MARK, TAG_CLOSE, TAG_OPEN};

/// What all answers to an order have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language<'a> {
    /// How calls are written.
    pub(super) syntax: ToolSyntax,
    /// Whether there may be several.
    pub(super) parallel: bool,
    /// The marks around thoughts, if some may come first.
    pub(super) thoughts: Option<&'a ThoughtMarks>,
    /// The JSON Schema that an answer without calls follows, instead of being text.
    pub(super) format: Option<&'a Value>,
    /// The names of tools whose whole schema is to be followed.
    pub(super) strict: &'a [String],
}

impl Language<'_> {
    /// Calls of these tools, at least one.
    pub(super) fn calls(self, tools: &[&Tool]) -> String {
        if self.syntax == ToolSyntax::Channeled {
            return channels::calls(self, tools);
        }
        let mut grammar = self.start("calls");
        let first = match self.syntax {
            ToolSyntax::Tagged => literal(TAG_OPEN),
            ToolSyntax::Listed => literal(LIST_MARK),
            ToolSyntax::Bare | ToolSyntax::Channeled => String::new(),
        };
        let _ = writeln!(grammar, "calls: {first} behind_mark");
        self.call_rules(&mut grammar, tools);
        grammar
    }

    /// Text, or calls of these tools with text before them.
    pub(super) fn calls_or_text(self, tools: &[&Tool]) -> String {
        if self.syntax == ToolSyntax::Channeled {
            return channels::calls_or_text(self, tools);
        }
        let mut grammar = self.start(if self.format.is_some() { "format | calls" } else { "TEXT | calls" });
        let mark = self.mark();
        match (self.format, mark) {
            (Some(format), _) => {
                let _ = writeln!(grammar, "format: %json {}", format_schema(format));
                let _ = writeln!(grammar, "calls: {} behind_mark", mark.map_or(String::new(), literal));
            }
            (None, Some(mark)) => {
                // A literal behind text would have to be told from text that has come already; a lexeme that ends with it
                // need not.
                let _ = writeln!(grammar, "calls: to_mark behind_mark\nto_mark[lazy]: TO_MARK");
                let _ = writeln!(grammar, "TO_MARK: TEXT {}", literal(mark));
            }
            (None, None) => grammar.push_str("calls: behind_mark\n"),
        }
        self.text_rule(&mut grammar);
        self.call_rules(&mut grammar, tools);
        grammar
    }

    /// Text without calls.
    pub(super) fn text(self) -> String {
        if self.syntax == ToolSyntax::Channeled {
            return channels::text(self);
        }
        let mut grammar = self.start("TEXT");
        self.text_rule(&mut grammar);
        grammar
    }

    fn mark(self) -> Option<&'static str> {
        match self.syntax {
            ToolSyntax::Tagged => Some(TAG_OPEN),
            ToolSyntax::Listed => Some(LIST_MARK),
            ToolSyntax::Bare | ToolSyntax::Channeled => None,
        }
    }

    /// The first rule: thoughts and white space, then `body`.
    fn start(self, body: &str) -> String {
        // Text may begin with white space anyhow.
        let blank = if body.starts_with("TEXT") || self.syntax == ToolSyntax::Bare { "" } else { "BLANK?" };
        let Some(marks) = self.thoughts else {
            return format!("start: {blank} ({body})\nBLANK: /[ \\n]{{1,4}}/\n");
        };
        let (open, close) = (escaped(&marks.open), escaped(&marks.close));
        format!(
            "start: thoughts? {blank} ({body})\nBLANK: /[ \\n]{{1,4}}/\n\
             thoughts[lazy]: /[ \\n]{{0,4}}{open}(?s:.*){close}/\n"
        )
    }

    /// Text that neither begins thoughts nor names the mark of a call.
    fn text_rule(self, grammar: &mut String) {
        let mut rule = "TEXT: /(?s:.*)/".to_owned();
        match self.mark() {
            Some(mark) => {
                let _ = write!(rule, " & ~/(?s:.*){}(?s:.*)/", escaped(mark));
            }
            None => rule.push_str(r#" & ~/\s*\{\s*"name"(?s:.*)/"#),
        }
        if let Some(marks) = self.thoughts {
            let _ = write!(rule, " & ~/(?s:.*){}(?s:.*)/", escaped(&marks.open));
        }
        grammar.push_str(&rule);
        grammar.push('\n');
    }

    /// The schema of the arguments of `tool`, styled.
    pub(super) fn arguments_schema(self, tool: &Tool) -> Value {
        styled(arguments(&tool.parameters), unenforceable(self.strict, tool))
    }

    /// What follows the first mark.
    fn call_rules(self, grammar: &mut String, tools: &[&Tool]) {
        let (again, once) = match self.syntax {
            ToolSyntax::Tagged => {
                let (open, close) = (literal(TAG_OPEN), literal(TAG_CLOSE));
                let once = format!(r#""\n"? call "\n"? {close}"#);
                (format!(r#"("\n"? {open} {once})*"#), once)
            }
            ToolSyntax::Listed => ("(/, ?/ call)*".to_owned(), "call".to_owned()),
            // Models that write calls so make one at a time.
            ToolSyntax::Bare | ToolSyntax::Channeled => (String::new(), "call".to_owned()),
        };
        let again = if self.parallel { again } else { String::new() };
        let _ = match self.syntax {
            ToolSyntax::Listed => writeln!(grammar, r#"behind_mark: / ?\[/ {once} {again} "]""#),
            _ => writeln!(grammar, "behind_mark: {once} {again}"),
        };
        let names: Vec<_> = (0..tools.len()).map(|index| format!("call_{index}")).collect();
        let _ = writeln!(grammar, "call: {}", names.join(" | "));
        let key = if self.syntax == ToolSyntax::Bare { "parameters" } else { "arguments" };
        for (name, tool) in names.iter().zip(tools) {
            let header = format!(r#"{{"name": "{}", "{key}": "#, tool.name);
            let header = match self.syntax {
                // In one lexeme with the white space in front, as that may begin a text as well.
                ToolSyntax::Bare => format!(r"/[ \n]{{0,4}}{}/", escaped(&header)),
                _ => literal(&header),
            };
            let _ = writeln!(grammar, r#"{name}: {header} {name}_arguments "}}""#);
            let _ = writeln!(grammar, "{name}_arguments: %json {}", self.arguments_schema(tool));
        }
    }
}

/// The schema of an answer's format for the grammar.
pub(super) fn format_schema(format: &Value) -> Value {
    styled(closed(&plain(format)), Unenforceable::Refused)
}

/// What becomes of keywords of the tool's schema that can't be enforced, where tools of these names are strict.
pub(super) fn unenforceable(strict: &[String], tool: &Tool) -> Unenforceable {
    if strict.contains(&tool.name) { Unenforceable::Refused } else { Unenforceable::PassedOver }
}

/// The schema of a tool's arguments for the grammar.
pub(super) fn arguments(parameters: &Map<String, Value>) -> Value {
    let Value::Object(mut schema) = closed(&plain(&bare_schema(&Value::Object(parameters.clone())))) else {
        return json!({});
    };
    let composed = ["$ref", "anyOf", "oneOf", "allOf"].iter().any(|keyword| schema.contains_key(*keyword));
    if !composed {
        schema.insert("type".to_owned(), json!("object"));
        // Nothing that is not named, unless it is asked for: small models make up arguments.
        schema.entry("additionalProperties").or_insert(json!(false));
    }
    Value::Object(schema)
}

/// A schema without what is only said for people: it is what makes schemas long.
fn bare_schema(schema: &Value) -> Value {
    const FOR_PEOPLE: [&str; 7] =
        ["title", "description", "default", "examples", "deprecated", "$comment", "$schema"];
    const SCHEMAS_BY_NAME: [&str; 5] =
        ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
    const SCHEMAS: [&str; 11] = [
        "items",
        "prefixItems",
        "additionalProperties",
        "anyOf",
        "allOf",
        "oneOf",
        "not",
        "contains",
        "if",
        "then",
        "else",
    ];
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let mut bare = Map::new();
    for (keyword, value) in map.iter().filter(|(keyword, _)| !FOR_PEOPLE.contains(&keyword.as_str())) {
        let value = match value {
            Value::Object(named) if SCHEMAS_BY_NAME.contains(&keyword.as_str()) => Value::Object(
                named.iter().map(|(name, schema)| (name.clone(), bare_schema(schema))).collect(),
            ),
            Value::Array(schemas) if SCHEMAS.contains(&keyword.as_str()) => {
                Value::Array(schemas.iter().map(bare_schema).collect())
            }
            Value::Object(_) if SCHEMAS.contains(&keyword.as_str()) => bare_schema(value),
            _ => value.clone(),
        };
        bare.insert(keyword.clone(), value);
    }
    Value::Object(bare)
}

/// A schema with white space as models write it by themselves, and never so much that an answer is nothing but that.
fn styled(mut schema: Value, unenforceable: Unenforceable) -> Value {
    let lenient = unenforceable == Unenforceable::PassedOver;
    let style = json!({
        "whitespace_flexible": false,
        "item_separator": ", ?",
        "key_separator": ": ?",
        "coerce_one_of": lenient,
        "lenient": lenient,
    });
    if schema == Value::Bool(true) {
        schema = json!({});
    }
    if let Value::Object(schema) = &mut schema {
        schema.insert("x-guidance".to_owned(), style);
    }
    schema
}

/// A text as a literal of the grammar.
pub(super) fn literal(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A text in a regular expression of the grammar.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii_punctuation() && character != '<' && character != '>' && character != '_' {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
