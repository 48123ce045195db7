//! Example dialogues, taken apart into turns. Must not know prompts.

use super::Persona;

/// A turn of an example dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleTurn {
    /// Whether the user says it; else the companion does.
    pub by_user: bool,
    /// What is said, macros as they stand.
    pub text: String,
}

/// What cards write before each example dialogue.
const START: &str = "<START>";

impl Persona {
    /// The turns of one of the [examples](Persona::examples): lines that begin with `{{user}}:`, `{{char}}:`, `<USER>:`, `<BOT>:`, or one
    /// of the two names; other lines belong to the turn before. Text before the first is nobody's and is not among the turns.
    pub fn example_turns(&self, example: &str, user: &str) -> Vec<ExampleTurn> {
        let companions = ["{{char}}", "<BOT>", "<CHAR>", self.spoken_name(), &self.name];
        let users = ["{{user}}", "<USER>", user];
        let mut turns: Vec<ExampleTurn> = Vec::new();
        for line in example.lines() {
            let said = |names: &[&str]| {
                let mut found = names.iter().filter(|name| !name.trim().is_empty());
                found.find_map(|name| after_name(line, name))
            };
            if let Some(text) = said(&users) {
                turns.push(ExampleTurn { by_user: true, text: text.to_owned() });
            } else if let Some(text) = said(&companions) {
                turns.push(ExampleTurn { by_user: false, text: text.to_owned() });
            } else if let Some(last) = turns.last_mut() {
                last.text.push('\n');
                last.text.push_str(line);
            }
        }
        for turn in &mut turns {
            turn.text = turn.text.trim().to_owned();
        }
        turns.retain(|turn| !turn.text.is_empty());
        turns
    }
}

/// What stands behind a name and a colon (`:` or `：`) at the beginning of a line.
fn after_name<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let head = line.get(..name.len())?;
    if !head.eq_ignore_ascii_case(name) {
        return None;
    }
    let rest = line[name.len()..].trim_start();
    rest.strip_prefix(':').or_else(|| rest.strip_prefix('：')).map(str::trim_start)
}

/// A card's example messages, one text for each dialogue.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut examples = vec![String::new()];
    for line in text.lines() {
        let start = line.trim();
        if start.get(..START.len()).is_some_and(|head| head.eq_ignore_ascii_case(START)) {
            examples.push(start[START.len()..].to_owned());
        } else {
            let last = examples.last_mut().expect("there is one from the beginning");
            last.push('\n');
            last.push_str(line);
        }
    }
    let trimmed = examples.iter().map(|example| example.trim().to_owned());
    trimmed.filter(|example| !example.is_empty()).collect()
}

/// The same as a card has them.
pub(super) fn join(examples: &[String]) -> String {
    let parts: Vec<_> = examples.iter().map(|example| format!("{START}\n{example}")).collect();
    parts.join("\n")
}
