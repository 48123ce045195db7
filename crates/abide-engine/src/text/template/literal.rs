//! Keeps special tokens that people wrote apart from those that the template wrote. Must not know
//! minijinja.
//!
//! A template may trim, split, search and glue the contents of messages, so contents can't be replaced
//! as a whole before rendering, and can't be found again after it. What can be replaced is the little
//! that would be dangerous: before rendering, one character of every special token that stands in a
//! content becomes a *sentinel*, a private-use character that occurs nowhere else in the input; after
//! rendering the sentinels are turned back, and their places are remembered as text. A tokenizer that
//! parses a special token only where all its characters are markup
//! ([`Segment`](crate::text::Segment)) then never sees a forged one.
//!
//! Two characters more are replaced: the last one of a content that ends like the beginning of a
//! special token, and the first one of a content that begins like the end of one. So none arises where
//! the template puts two texts side by side. Contents without any of this reach the template as they are.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use abide_generation::{Chat, Message, Role, Tool, ToolCall};
use serde_json::{Map, Value};

use crate::gguf::{Metadata, MetadataError};

/// GGUF's number for a token of unknown text.
const UNKNOWN: i64 = 2;
/// GGUF's number for a control token.
const CONTROL: i64 = 3;
/// GGUF's number for a token that its makers added and that is text.
const USER_DEFINED: i64 = 4;

/// The texts that make special tokens, ready to be looked for.
#[derive(Debug, Default)]
pub(super) struct SpecialTexts {
    texts: HashSet<String>,
    /// Lengths of the texts in bytes, ascending.
    lengths: Vec<usize>,
    /// All proper beginnings of the texts.
    beginnings: HashSet<String>,
    /// All proper ends of the texts.
    ends: HashSet<String>,
    /// Marks of thought that the template itself looks for in answers.
    thought_marks: HashSet<String>,
}

impl SpecialTexts {
    /// Special tokens of the vocabulary: control and unknown tokens, and of the user-defined ones those
    /// that look like markup and that the template uses.
    pub fn from_metadata(metadata: &Metadata, template: &str) -> Result<Self, MetadataError> {
        let tokens = metadata.texts("tokenizer.ggml.tokens")?.unwrap_or_default();
        let types = metadata.integers("tokenizer.ggml.token_type")?.unwrap_or_default();
        let special = tokens.iter().zip(types).filter(|&(text, kind)| match kind {
            UNKNOWN | CONTROL => true,
            USER_DEFINED => looks_like_markup(text) && template.contains(text.as_str()),
            _ => false,
        });
        Ok(Self::new(special.map(|(text, _)| text.clone()), template))
    }

    pub fn new(texts: impl IntoIterator<Item = String>, template: &str) -> Self {
        let texts: HashSet<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
        let mut lengths: Vec<usize> = texts.iter().map(String::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let cuts = |text: &str| text.char_indices().skip(1).map(|(place, _)| place).collect::<Vec<_>>();
        let beginnings =
            texts.iter().flat_map(|text| cuts(text).into_iter().map(|place| text[..place].to_owned()));
        let ends = texts.iter().flat_map(|text| cuts(text).into_iter().map(|place| text[place..].to_owned()));
        let marks = texts.iter().filter(|text| is_thought_mark(text) && looks_for(template, text));
        Self {
            beginnings: beginnings.collect(),
            ends: ends.collect(),
            thought_marks: marks.cloned().collect(),
            lengths,
            texts,
        }
    }

    /// The first special text in `text`, the longest one if several begin there.
    pub fn first_in<'text>(&self, text: &'text str) -> Option<&'text str> {
        text.char_indices().find_map(|(place, _)| self.longest_at(text, place))
    }

    fn longest_at<'text>(&self, text: &'text str, start: usize) -> Option<&'text str> {
        let candidate = |&length: &usize| text.get(start..start + length);
        self.lengths.iter().rev().filter_map(candidate).find(|part| self.texts.contains(*part))
    }

    /// Places of the characters of `content` that must not be taken for markup, ascending.
    ///
    /// Of an assistant's content, marks of thought (`<think>` and the like) that the template looks for
    /// stay: they are what the model really wrote, and the template is to cut at them.
    fn dangerous_places(&self, content: &str, role: Role) -> Vec<usize> {
        let is_kept = |part: &str| role == Role::Assistant && self.thought_marks.contains(part);
        let mut places: Vec<usize> = content
            .char_indices()
            .filter(|&(place, _)| {
                let parts = self.lengths.iter().filter_map(|&length| content.get(place..place + length));
                parts.into_iter().any(|part| self.texts.contains(part) && !is_kept(part))
            })
            .map(|(place, _)| place)
            .collect();
        let longest = self.lengths.last().copied().unwrap_or(0);
        let trimmed = content.trim_end();
        let last_places = || trimmed.char_indices().rev().take_while(|(at, _)| trimmed.len() - at < longest);
        if last_places().any(|(at, _)| self.beginnings.contains(&trimmed[at..])) {
            places.extend(last_places().next().map(|(at, _)| at));
        }
        let start = content.len() - content.trim_start().len();
        let begun = &content[start..];
        let cuts = begun.char_indices().map(|(at, character)| at + character.len_utf8());
        if cuts.take_while(|&at| at < longest).any(|at| self.ends.contains(&begun[..at])) {
            places.push(start);
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// Whether the template compares contents with `text`: `'…' in content`, `.split('…')` and the like.
fn looks_for(template: &str, text: &str) -> bool {
    ['\'', '"'].into_iter().any(|quote| {
        let literal = format!("{quote}{text}{quote}");
        template.match_indices(&literal).any(|(place, _)| {
            let after = template[place + literal.len()..].trim_start();
            let before = template[..place].trim_end();
            after.starts_with("in ") || after.starts_with("not in ") || before.ends_with('(')
        })
    })
}

fn is_thought_mark(text: &str) -> bool {
    let text = text.to_lowercase();
    ["think", "thought", "reason"].into_iter().any(|word| text.contains(word))
}

fn looks_like_markup(text: &str) -> bool {
    let enclosed = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    text.chars().count() > 2 && (enclosed('<', '>') || enclosed('[', ']'))
}

/// First character of the private-use plane that sentinels are taken from.
const FIRST_SENTINEL: char = '\u{100000}';
/// Last one.
const LAST_SENTINEL: char = '\u{10FFFD}';

/// Whether `character` is one of those that sentinels are taken from.
pub(super) fn is_sentinel(character: char) -> bool {
    (FIRST_SENTINEL..=LAST_SENTINEL).contains(&character)
}

/// Words of JSON Schema that templates compare with. They forge nothing, and stay as they are.
const SCHEMA_WORDS: &[&str] = &[
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "description",
    "title",
    "default",
    "format",
    "nullable",
    "anyOf",
    "oneOf",
    "allOf",
    "additionalProperties",
    "$defs",
    "$ref",
    "object",
    "string",
    "number",
    "integer",
    "boolean",
    "array",
    "null",
];

/// The sentinels of one rendering.
#[derive(Debug)]
pub(super) struct Sentinels {
    by_original: HashMap<char, char>,
    originals: HashMap<char, char>,
    taken: HashSet<char>,
}

impl Sentinels {
    /// Sentinels that occur in none of `inputs`.
    pub fn avoiding<'text>(inputs: impl IntoIterator<Item = &'text str>) -> Self {
        let characters = inputs.into_iter().flat_map(str::chars);
        let taken = characters.filter(|character| is_sentinel(*character)).collect();
        Self { by_original: HashMap::new(), originals: HashMap::new(), taken }
    }

    /// A character that occurs nowhere else; `None` if the input uses up all of them.
    pub fn unused(&mut self) -> Option<char> {
        let unused = (FIRST_SENTINEL..=LAST_SENTINEL).find(|candidate| !self.taken.contains(candidate));
        self.taken.extend(unused);
        unused
    }

    /// `chat` with sentinels at the dangerous places of all its texts: of what was said and thought, and of everything
    /// about tools.
    pub fn mask_chat(&mut self, chat: &Chat, special: &SpecialTexts) -> Chat {
        let mut chat = chat.clone();
        for message in &mut chat.messages {
            self.mask_message(message, special);
        }
        for Tool { name, description, parameters } in &mut chat.tools {
            self.mask_text(name, special);
            description.iter_mut().for_each(|text| self.mask_text(text, special));
            *parameters = self.mask_map(std::mem::take(parameters), special);
        }
        chat
    }

    fn mask_message(&mut self, message: &mut Message, special: &SpecialTexts) {
        message.content = self.mask(&message.content, message.role, special);
        for text in
            [&mut message.reasoning, &mut message.tool_call_id, &mut message.name].into_iter().flatten()
        {
            self.mask_text(text, special);
        }
        for ToolCall { id, name, arguments } in &mut message.tool_calls {
            self.mask_text(id, special);
            self.mask_text(name, special);
            *arguments = self.mask_map(std::mem::take(arguments), special);
        }
    }

    fn mask_text(&mut self, text: &mut String, special: &SpecialTexts) {
        if !SCHEMA_WORDS.contains(&text.as_str()) {
            *text = self.mask(text, Role::Tool, special);
        }
    }

    fn mask_map(&mut self, map: Map<String, Value>, special: &SpecialTexts) -> Map<String, Value> {
        let masked = map.into_iter().map(|(mut key, mut value)| {
            self.mask_text(&mut key, special);
            self.mask_value(&mut value, special);
            (key, value)
        });
        masked.collect()
    }

    fn mask_value(&mut self, value: &mut Value, special: &SpecialTexts) {
        match value {
            Value::String(text) => self.mask_text(text, special),
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item, special)),
            Value::Object(map) => *map = self.mask_map(std::mem::take(map), special),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `content` with sentinels at its dangerous places.
    fn mask(&mut self, content: &str, role: Role, special: &SpecialTexts) -> String {
        let mut masked = String::with_capacity(content.len());
        let mut done = 0;
        for place in special.dangerous_places(content, role) {
            let Some(original) = content[place..].chars().next() else { continue };
            masked.push_str(&content[done..place]);
            masked.push(self.sentinel_of(original));
            done = place + original.len_utf8();
        }
        masked.push_str(&content[done..]);
        masked
    }

    fn sentinel_of(&mut self, original: char) -> char {
        if let Some(&sentinel) = self.by_original.get(&original) {
            return sentinel;
        }
        // The plane has 65,534 characters. Should an input use up all of them, the dangerous character
        // is lost rather than let through.
        let Some(sentinel) = self.unused() else { return char::REPLACEMENT_CHARACTER };
        self.by_original.insert(original, sentinel);
        self.originals.insert(sentinel, original);
        sentinel
    }

    /// The text with its sentinels turned back, and where they stood.
    pub fn unmask(&self, rendered: &str) -> (String, Vec<Range<usize>>) {
        if self.originals.is_empty() {
            return (rendered.to_owned(), Vec::new());
        }
        let mut text = String::with_capacity(rendered.len());
        let mut literals = Vec::new();
        for character in rendered.chars() {
            let start = text.len();
            if let Some(&original) = self.originals.get(&character) {
                text.push(original);
                literals.push(start..text.len());
            } else {
                text.push(character);
            }
        }
        (text, literals)
    }
}
