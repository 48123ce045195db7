//! Finding special tokens written in a text, before anything else looks at it.
//!
//! The order is llama.cpp's (`tokenizer_st_partition`): the longest token first, wherever in the text it
//! is, then the next; so a long token wins over a short one that begins before it. To stay quick with
//! thousands of special tokens, one pass first finds which of them occur at all.

use std::{cmp::Reverse, ops::Range};

use super::vocabulary::{TokenKind, Vocabulary};

/// A stretch of text, or a token found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fragment {
    /// Text still to be tokenised, by its place.
    Text(Range<usize>),
    /// A token, whose text is used up.
    Token(u32),
}

/// How far a special token can be trusted to be meant, when it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Control and unknown tokens: only where special tokens are asked for.
    Reserved,
    /// User-defined tokens that look like markup (`<|…|>`): text for a tokenizer, and yet able to open a
    /// turn in some models.
    Markup,
    /// Other user-defined tokens, runs of spaces for example: always.
    Plain,
}

#[derive(Debug)]
struct SpecialToken {
    id: u32,
    text: String,
    class: Class,
    swallows_space: bool,
}

/// All special tokens of a vocabulary.
#[derive(Debug)]
pub(super) struct SpecialTokens {
    /// The longest first, then by id.
    tokens: Vec<SpecialToken>,
    /// Indices into `tokens`, by text.
    by_text: Vec<u32>,
    /// For each byte, where the texts that begin with it are in `by_text`.
    by_first_byte: Vec<Range<u32>>,
}

impl SpecialTokens {
    /// Collects them. `swallow_space`: whether most of them take the white space that follows along, as
    /// Phi-3's do.
    pub(super) fn new(vocabulary: &Vocabulary, swallow_space: bool) -> Self {
        let special = |kind| matches!(kind, TokenKind::Control | TokenKind::UserDefined | TokenKind::Unknown);
        let mut tokens: Vec<SpecialToken> = vocabulary
            .ids_where(special)
            .filter_map(|id| {
                let text = vocabulary.text(id).filter(|text| !text.is_empty())?;
                let class = class(vocabulary.kind(id)?, text);
                let swallows_space = swallow_space && !matches!(text, "<unk>" | "<s>" | "<|endoftext|>");
                Some(SpecialToken { id, text: text.to_owned(), class, swallows_space })
            })
            .collect();
        tokens.sort_by_key(|token| (Reverse(token.text.len()), token.id));
        let mut by_text: Vec<u32> = (0..tokens.len() as u32).collect();
        by_text.sort_by(|&a, &b| tokens[a as usize].text.cmp(&tokens[b as usize].text));
        let first = |&index: &u32| tokens[index as usize].text.as_bytes()[0];
        let by_first_byte = (0..=u8::MAX)
            .map(|byte| {
                let start = by_text.partition_point(|index| first(index) < byte);
                let end = by_text.partition_point(|index| first(index) <= byte);
                start as u32..end as u32
            })
            .collect();
        Self { tokens, by_text, by_first_byte }
    }

    /// The id of the special token that is spelled `text`.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let spelled = |index: u32| &self.tokens[index as usize];
        let place = self.by_text.partition_point(|&index| spelled(index).text.as_str() < text);
        self.by_text.get(place).map(|&index| spelled(index)).filter(|token| token.text == text).map(|t| t.id)
    }

    /// Cuts `text` into tokens for which `is_meant(class, place)` holds, and the text between them.
    pub(super) fn partition(
        &self,
        text: &str,
        is_meant: impl Fn(Class, &Range<usize>) -> bool,
    ) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        push_text(&mut fragments, 0..text.len());
        for index in self.occurring_in(text.as_bytes()) {
            let token = &self.tokens[index];
            let mut cut = Vec::with_capacity(fragments.len());
            for fragment in fragments {
                match fragment {
                    Fragment::Token(_) => cut.push(fragment),
                    Fragment::Text(range) => token.cut(text, range, &is_meant, &mut cut),
                }
            }
            fragments = cut;
        }
        fragments
    }

    /// Indices of the tokens that are somewhere in `text`, in the order of `tokens`.
    fn occurring_in(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let mut occurs = vec![false; self.tokens.len()];
        for start in 0..text.len() {
            let Range { start: mut low, end: mut high } = self.by_first_byte[usize::from(text[start])];
            let mut depth = 1;
            while low < high {
                let bytes_of = |place: u32| {
                    let index = self.by_text[place as usize];
                    self.tokens[index as usize].text.as_bytes()
                };
                // Among texts with the same beginning, those that end here sort first.
                while low < high && bytes_of(low).len() == depth {
                    occurs[self.by_text[low as usize] as usize] = true;
                    low += 1;
                }
                let Some(&byte) = text.get(start + depth) else { break };
                low += count_while(low..high, |place| bytes_of(place)[depth] < byte);
                high = low + count_while(low..high, |place| bytes_of(place)[depth] == byte);
                depth += 1;
            }
        }
        occurs.into_iter().enumerate().filter_map(|(index, occurs)| occurs.then_some(index))
    }
}

/// How many of `places`, from the first on, fulfil `holds`, by bisection: none after one that doesn't.
fn count_while(places: Range<u32>, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (places.start, places.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low - places.start
}

impl SpecialToken {
    /// Cuts this token out of `range` wherever it is meant.
    fn cut(
        &self,
        text: &str,
        range: Range<usize>,
        is_meant: impl Fn(Class, &Range<usize>) -> bool,
        fragments: &mut Vec<Fragment>,
    ) {
        let mut rest = range.start;
        let mut from = range.start;
        while let Some(offset) = text[from..range.end].find(&self.text) {
            let place = from + offset..from + offset + self.text.len();
            if !is_meant(self.class, &place) {
                let character = text[place.start..].chars().next().map_or(1, char::len_utf8);
                from = place.start + character;
                continue;
            }
            push_text(fragments, rest..place.start);
            fragments.push(Fragment::Token(self.id));
            rest = place.end;
            if self.swallows_space {
                rest += text[rest..range.end].bytes().take_while(|&byte| is_c_space(byte)).count();
            }
            from = rest;
        }
        push_text(fragments, rest..range.end);
    }
}

fn push_text(fragments: &mut Vec<Fragment>, range: Range<usize>) {
    if !range.is_empty() {
        fragments.push(Fragment::Text(range));
    }
}

/// White space as C's `isspace` has it.
fn is_c_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn class(kind: TokenKind, text: &str) -> Class {
    match kind {
        TokenKind::UserDefined if looks_like_markup(text) => Class::Markup,
        TokenKind::UserDefined => Class::Plain,
        _ => Class::Reserved,
    }
}

/// Whether a token's text is of a form that chat formats mark turns, thoughts or the use of tools with.
/// Others in angle brackets are HTML tags, which some vocabularies have.
fn looks_like_markup(text: &str) -> bool {
    let inside = |open, close| text.starts_with(open) && text.ends_with(close);
    if inside("<|", "|>") || inside("<｜", "｜>") || inside("[", "]") {
        return true;
    }
    let name = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    let name = name.strip_prefix('/').unwrap_or(name);
    matches!(name, "s" | "bos" | "eos" | "think" | "tools")
        || ["tool_", "_of_"].iter().any(|mark| name.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::looks_like_markup;

    #[test]
    fn markup_is_told_from_text() {
        for markup in
            ["<|user|>", "<｜User｜>", "[INST]", "<think>", "</tool_call>", "<end_of_turn>", "</s>", "<bos>"]
        {
            assert!(looks_like_markup(markup), "{markup}");
        }
        for text in ["<table>", "</h1>", "   ", "\n\n", "<", "<|", "[", "a_of_b"] {
            assert!(!looks_like_markup(text), "{text}");
        }
    }
}
