//! The language of answers in channels, as in the harmony format. The prompt ends with `<|start|>assistant`; then thoughts and preambles come as
//! messages, and last one to the user or to a function. A call ends the answer: there is never a second one. Must not know how the answers are
//! read, but for the marks.

use std::fmt::Write as _;

use abide_generation::Tool;

use super::grammar::{Language, escaped, format_schema, literal};

/// Begins the message to the user.
const FINAL: &str = "<|channel|>final<|message|>";
/// What stands in every channel's header.
const CHANNEL: &str = "<|channel|>";
/// Ends a message that is not the last, and begins the next.
const NEXT: &str = "<|end|><|start|>assistant";

/// A call of one of these tools.
pub(super) fn calls(language: Language<'_>, tools: &[&Tool]) -> String {
    let mut grammar = match language.thoughts {
        // Thoughts that get too long are closed by the header of the message to the user.
        Some(_) => format!("start: between* call | between+ {} call_by_channel\n", literal(FINAL)),
        None => "start: call\n".to_owned(),
    };
    if language.thoughts.is_some() {
        between_rule(&mut grammar, "analysis");
    }
    call_rules(&mut grammar, language, tools);
    grammar
}

/// Text, or a call of one of these tools.
pub(super) fn calls_or_text(language: Language<'_>, tools: &[&Tool]) -> String {
    let mut grammar = answers(language, "(last | call)");
    call_rules(&mut grammar, language, tools);
    grammar
}

/// Text without calls.
pub(super) fn text(language: Language<'_>) -> String {
    answers(language, "last")
}

/// Answers that end as `end` says, or are but text: a continued one, or of a model that forgets the header.
fn answers(language: Language<'_>, end: &str) -> String {
    let mut grammar = format!("start: between* {end} | said\n");
    between_rule(
        &mut grammar,
        if language.thoughts.is_some() { "(analysis|commentary)" } else { "commentary" },
    );
    let said = if let Some(format) = language.format {
        format!("said\nsaid: %json {}", format_schema(format))
    } else {
        // No further header.
        let text = r"/(?s:.*)/ & ~/(?s:.*)<\|(start|channel|message)\|>(?s:.*)/";
        format!("TEXT\nsaid: TEXT\nTEXT: {text}")
    };
    let _ = writeln!(grammar, "last: {} {said}", literal(FINAL));
    grammar
}

fn between_rule(grammar: &mut String, channels: &str) {
    let (channel, next) = (escaped(CHANNEL), escaped(NEXT));
    let _ = writeln!(grammar, r"between[lazy]: /{channel}{channels}<\|message\|>(?s:.*){next}/");
}

/// A call of one of the tools: its name stands behind the role or behind the channel.
fn call_rules(grammar: &mut String, language: Language<'_>, tools: &[&Tool]) {
    let names: Vec<_> = (0..tools.len()).map(|index| format!("call_{index}")).collect();
    let each = |by: &str| names.iter().map(|name| format!("{name}_{by}")).collect::<Vec<_>>().join(" | ");
    let _ = writeln!(grammar, "call: call_by_channel | call_by_role");
    let _ = writeln!(grammar, "call_by_channel: {}\ncall_by_role: {}", each("by_channel"), each("by_role"));
    let channel = escaped(&format!("{CHANNEL}commentary"));
    let end = r"( ?(<\|constrain\|>)?json)?<\|message\|>";
    for (name, tool) in names.iter().zip(tools) {
        let to = format!(r" to=functions\.{}", escaped(&tool.name));
        let _ = writeln!(grammar, "{name}_by_channel: /{channel}{to}{end}/ {name}_arguments");
        let _ = writeln!(grammar, "{name}_by_role: /{to}{channel}{end}/ {name}_arguments");
        let _ = writeln!(grammar, "{name}_arguments: %json {}", language.arguments_schema(tool));
    }
}
