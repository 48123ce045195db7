//! Tells thoughts from text while an answer is made. Must not know tools, dialects, or what becomes of either.
//!
//! Thoughts may come anywhere in an answer, and more than once. White space next to a mark belongs to the mark: what is
//! between the marks and what follows them is given out without it. Where thoughts are in a channel, what leads to the others is left
//! out, too, and a blank line stands between two messages of a kind; of a header that calls a function it is told which.

use std::ops::Range;

use crate::ThoughtMarks;
use crate::channels::{self, Found, Next};
use crate::marks::{begun, blank_before};

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What the model thinks.
    Thought(String),
    /// What it says.
    Text(String),
    /// What comes next as text are the arguments of a call, not for the user. Holds what the header says of the function: its name, and maybe
    /// more behind white space. None: they are over.
    Call(Option<String>),
}

/// Splits one answer. However the answer is cut into pieces, what comes out in all is the same.
#[derive(Debug)]
pub struct Thoughts {
    marks: Option<ThoughtMarks>,
    /// What the answer is in.
    kind: Kind,
    /// What can't be given out yet: maybe the beginning of a mark, or white space before one.
    held: String,
    /// White space is left out until something else comes.
    skips_blank: bool,
    /// Nothing was given out and no mark was seen.
    at_start: bool,
    /// Marks that were seen.
    marks_seen: usize,
    /// What was given out last, if that is from another message in a channel, and was no call.
    message_before: Option<Kind>,
    /// What was given out last, unless it was a call.
    given_last: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Thought,
    Text,
    /// Text that is the arguments of a call.
    Call,
}

impl Thoughts {
    /// For a model that writes these marks. `open`: the prompt ends inside a thought.
    pub fn new(marks: Option<ThoughtMarks>, open: bool) -> Self {
        let marks = marks.filter(|marks| !marks.open.is_empty() && !marks.close.is_empty());
        let open = open && marks.is_some();
        Self {
            marks,
            kind: if open { Kind::Thought } else { Kind::Text },
            held: String::new(),
            skips_blank: open,
            at_start: true,
            marks_seen: 0,
            message_before: None,
            given_last: None,
        }
    }

    /// Whether the answer is inside a thought.
    pub fn is_open(&self) -> bool {
        self.kind == Kind::Thought
    }

    /// How many marks it had so far: headers of channels are some, and a part of one that is left out at the end.
    pub fn marks_seen(&self) -> usize {
        self.marks_seen
    }

    /// Takes a piece of the answer; adds the parts that are certain now to `parts`.
    pub fn push(&mut self, text: &str, parts: &mut Vec<Part>) {
        self.held.push_str(text);
        while let Found::Mark { place, next } = self.find() {
            let rest = self.held.split_off(place.end);
            self.held.truncate(place.start);
            let before = std::mem::replace(&mut self.held, rest);
            self.give(&before, true, parts);
            (self.skips_blank, self.at_start) = (true, false);
            self.marks_seen += 1;
            if self.in_channels() {
                self.message_before = self.given_last.take().or(self.message_before);
            }
            let kind = match next {
                Next::Thought => Kind::Thought,
                Next::Text => Kind::Text,
                Next::Call(_) => Kind::Call,
            };
            let was_call = std::mem::replace(&mut self.kind, kind) == Kind::Call;
            match next {
                Next::Call(function) => parts.push(Part::Call(Some(function))),
                Next::Thought | Next::Text if was_call => parts.push(Part::Call(None)),
                Next::Thought | Next::Text => {}
            }
        }
        let certain = self.certain();
        let rest = self.held.split_off(certain);
        let before = std::mem::replace(&mut self.held, rest);
        self.give(&before, false, parts);
    }

    /// The answer is over. If it was cut off, half a mark at its end goes with what was cut; if the model ended it,
    /// it is text.
    pub fn finish(&mut self, cut_off: bool, parts: &mut Vec<Part>) {
        let found = self.find();
        let mut rest = std::mem::take(&mut self.held);
        let mut is_cut = false;
        if let Found::Begun(place) = found
            && (channels::is_markup(&rest[place..]) || (cut_off && !channels::is_word(&rest[place..])))
        {
            rest.truncate(place);
            self.marks_seen += 1;
            is_cut = true;
        }
        self.give(&rest, self.is_open() || is_cut, parts);
    }

    fn in_channels(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| channels::is_channel(&marks.open))
    }

    /// The first mark in what is held that means something here.
    fn find(&self) -> Found {
        let Some(marks) = &self.marks else { return Found::Nothing };
        if self.in_channels() {
            return channels::find(&self.held, self.at_start && !self.is_open());
        }
        let (mark, next) =
            if self.is_open() { (&marks.close, Next::Text) } else { (&marks.open, Next::Thought) };
        match (self.held.find(mark.as_str()), begun(&self.held, mark)) {
            (Some(start), _) => Found::Mark { place: start..start + mark.len(), next },
            (None, 0) => Found::Nothing,
            (None, length) => Found::Begun(self.held.len() - length),
        }
    }

    /// Bytes of what is held that can be given out.
    fn certain(&self) -> usize {
        if self.marks.is_none() {
            return self.held.len();
        }
        let before_mark = match self.find() {
            Found::Mark { place: Range { start, .. }, .. } | Found::Begun(start) => start,
            Found::Nothing => self.held.len(),
        };
        let blank = blank_before(&self.held, before_mark);
        let all_blank = blank == before_mark;
        if self.is_open() || (self.at_start && all_blank) { before_mark - blank } else { before_mark }
    }

    fn give(&mut self, text: &str, before_close: bool, parts: &mut Vec<Part>) {
        let mut text = if self.skips_blank { text.trim_start() } else { text };
        if before_close && (self.is_open() || (self.at_start && text.trim().is_empty())) {
            text = text.trim_end();
        }
        if text.is_empty() {
            return;
        }
        (self.skips_blank, self.at_start) = (false, false);
        let follows = self.message_before.take() == Some(self.kind);
        let text = if follows { format!("\n\n{text}") } else { text.to_owned() };
        self.given_last = Some(self.kind).filter(|kind| *kind != Kind::Call);
        parts.push(if self.is_open() { Part::Thought(text) } else { Part::Text(text) });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks() -> ThoughtMarks {
        ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() }
    }

    fn channels() -> ThoughtMarks {
        ThoughtMarks::in_template("<|start|>assistant<|channel|>analysis<|message|>").unwrap()
    }

    fn split<'a>(pieces: impl IntoIterator<Item = &'a str>, open: bool, cut_off: bool) -> Vec<Part> {
        split_by(marks(), pieces, open, cut_off)
    }

    /// What comes of these pieces, with neighbours of a kind joined.
    fn split_by<'a>(
        marks: ThoughtMarks,
        pieces: impl IntoIterator<Item = &'a str>,
        open: bool,
        cut_off: bool,
    ) -> Vec<Part> {
        let mut thoughts = Thoughts::new(Some(marks), open);
        let mut parts = Vec::new();
        for piece in pieces {
            thoughts.push(piece, &mut parts);
        }
        thoughts.finish(cut_off, &mut parts);
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Part::Thought(last)), Part::Thought(next))
                | (Some(Part::Text(last)), Part::Text(next)) => {
                    last.push_str(&next);
                }
                (_, part) => joined.push(part),
            }
        }
        joined
    }

    fn thought(text: &str) -> Part {
        Part::Thought(text.to_owned())
    }

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn call(function: &str) -> Part {
        Part::Call(Some(function.to_owned()))
    }

    #[test]
    fn thoughts_are_told_from_text() {
        let cases: &[(&str, bool, Vec<Part>)] = &[
            ("hello", false, vec![text("hello")]),
            (" hello\n", false, vec![text(" hello\n")]),
            ("<think>\na b\n</think>\n\nc d\n", false, vec![thought("a b"), text("c d\n")]),
            ("\n<think>a</think>b", false, vec![thought("a"), text("b")]),
            ("a b\n</think>\n\nc", true, vec![thought("a b"), text("c")]),
            ("<think>\n\n</think>\n\nc", false, vec![text("c")]),
            ("a <think>b</think> c", false, vec![text("a "), thought("b"), text("c")]),
            ("<think>a", false, vec![thought("a")]),
            ("a </think> b", false, vec![text("a </think> b")]),
            ("a < b <thin", false, vec![text("a < b <thin")]),
            ("<think>a</think><think>b</think>", false, vec![thought("ab")]),
            ("<think><think></think>", false, vec![thought("<think>")]),
            ("   ", false, vec![text("   ")]),
            ("", true, vec![]),
        ];
        for (answer, open, expected) in cases {
            assert_eq!(&split([*answer], *open, false), expected, "{answer:?}");
        }
    }

    #[test]
    fn half_a_mark_goes_with_what_is_cut_off() {
        assert_eq!(split(["<think>a b </thi"], false, true), [thought("a b")]);
        assert_eq!(split(["<thi"], false, true), []);
        assert_eq!(split(["<thi"], false, false), [text("<thi")]);
    }

    #[test]
    fn thoughts_in_a_channel_are_told_from_text() {
        let (analysis, answer) = (channels().open, channels().close);
        let cases: &[(String, Vec<Part>)] = &[
            ("hello".to_owned(), vec![text("hello")]),
            (format!("{analysis}a b{answer}c d\n"), vec![thought("a b"), text("c d\n")]),
            // As it is closed for the model when it thinks too long.
            (format!("{analysis}a b\n{answer}c"), vec![thought("a b"), text("c")]),
            ("<|channel|>final<|message|>c".to_owned(), vec![text("c")]),
            (
                format!("{analysis}a<|end|><|start|>assistant{analysis}b{answer}c"),
                vec![thought("a\n\nb"), text("c")],
            ),
            (
                format!("{analysis}a<|end|><|start|>assistant<|channel|>commentary<|message|>b{answer}c"),
                vec![thought("a"), text("b\n\nc")],
            ),
            (
                format!("{answer}one{answer}{answer}two{analysis}a{answer}b"),
                vec![text("one\n\ntwo"), thought("a"), text("b")],
            ),
            (format!("{analysis}a<|end|>b"), vec![thought("a"), text("b")]),
            (format!("{analysis}a<|end|>"), vec![thought("a")]),
            (format!("{analysis}a{answer}b <|channel|> c"), vec![thought("a"), text("b <|channel|> c")]),
            (format!("{analysis}a{answer}b <|im_end|> c"), vec![thought("a"), text("b <|im_end|> c")]),
            // A call, behind a preamble, in one of the two ways of naming the function, and without the end of its turn.
            (
                format!(
                    "{analysis}a<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant to=functions.f<|channel|>commentary <|constrain|>json<|message|>{{}}<|call|>"
                ),
                vec![thought("a"), text("I look."), call("f"), text("{}")],
            ),
            (
                format!(
                    "I look.<|end|><|start|>assistant to=functions.f<|channel|>commentary<|message|>{{\"a<|call|><|start|>assistant{answer}So."
                ),
                vec![text("I look."), call("f"), text("{\"a"), Part::Call(None), text("So.")],
            ),
            (
                "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}".to_owned(),
                vec![call("f"), text("{}")],
            ),
            (
                " to=functions.f<|channel|>commentary json<|message|>{}<|call|>".to_owned(),
                vec![call("f"), text("{}")],
            ),
            (" to=functions.f<|channel|>commentary json".to_owned(), vec![]),
            (" to be".to_owned(), vec![text(" to be")]),
            ("to".to_owned(), vec![text("to")]),
        ];
        for (answer, expected) in cases {
            assert_eq!(&split_by(channels(), [answer.as_str()], false, false), expected, "{answer:?}");
            let pieces = answer.char_indices().map(|(at, letter)| &answer[at..at + letter.len_utf8()]);
            assert_eq!(&split_by(channels(), pieces, false, false), expected, "{answer:?}");
        }
        let cut = format!("{analysis}a<|end|><|start|>assis");
        assert_eq!(split_by(channels(), [cut.as_str()], false, true), [thought("a")]);
        assert_eq!(split_by(channels(), [" to"], false, true), [text(" to")]);
        assert_eq!(split_by(channels(), [" to=functions.f"], false, true), []);
    }

    #[test]
    fn without_marks_all_is_text() {
        let mut thoughts = Thoughts::new(None, true);
        let mut parts = Vec::new();
        thoughts.push("<think>", &mut parts);
        thoughts.finish(false, &mut parts);
        assert_eq!(parts, [text("<think>")]);
        assert!(!thoughts.is_open());
    }

    proptest! {
        #[test]
        fn how_an_answer_is_cut_into_pieces_changes_nothing(
            parts in prop::collection::vec("<think>|</think>|<think|</|>|<|[ \n]{1,2}|a|é|🦀", 0..12),
            cuts in prop::collection::vec(any::<usize>(), 0..12),
            open in any::<bool>(),
            cut_off in any::<bool>(),
        ) {
            let answer = parts.concat();
            let pieces = crate::scripted::pieces(&answer, &cuts);
            prop_assert_eq!(split(pieces, open, cut_off), split([answer.as_str()], open, cut_off));
        }

        #[test]
        fn nor_how_one_in_channels_is(
            parts in prop::collection::vec(
                "<\\|channel\\|>|<\\|message\\|>|<\\|start\\|>|<\\|end\\|>|<\\|call\\|>|<\\||analysis|final|to=|f|[ \n]{1,2}|a|é|x{130}", 0..12),
            cuts in prop::collection::vec(any::<usize>(), 0..12),
            open in any::<bool>(),
            cut_off in any::<bool>(),
        ) {
            let answer = parts.concat();
            let pieces = crate::scripted::pieces(&answer, &cuts);
            let whole = split_by(channels(), [answer.as_str()], open, cut_off);
            prop_assert_eq!(split_by(channels(), pieces, open, cut_off), whole);
        }
    }
}
