//! Answers in channels, as in the harmony format: `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…`.
//! Each message stands behind a header, which names its channel, and with `to=` whom it is for: thoughts are in a channel of their own, calls are
//! for the functions that they call. Finds the headers. Must not know what becomes of the messages, or which functions there are.

use std::ops::Range;

use crate::marks::begun;

const START: &str = "<|start|>";
const CHANNEL: &str = "<|channel|>";
const MESSAGE: &str = "<|message|>";
/// What a message ends with, one that goes on or calls or is the last.
const ENDS: [&str; 3] = ["<|end|>", "<|call|>", "<|return|>"];
/// What a header may begin with.
const BEGINNINGS: [&str; 2] = [START, CHANNEL];
/// Names whom a message is for.
const TO: &str = "to=";
/// Begins the names of functions there.
const FUNCTIONS: &str = "functions.";
/// The channel of thoughts.
const THOUGHTS: &str = "analysis";
/// What stands behind the mark that begins a header.
const HEADER_WORDS: [&str; 4] = ["assistant", THOUGHTS, "commentary", "final"];
/// A header is no longer than this, in bytes up to the last mark.
const HEADER_BYTES_MAX: usize = 256;

/// What comes first in a text that comes in pieces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// What lies between two messages (the end of one, the header of the next, or both), and what follows it.
    Mark { place: Range<usize>, next: Next },
    /// What may become such a thing begins here.
    Begun(usize),
    /// Neither.
    Nothing,
}

/// What follows a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    Thought,
    Text,
    /// The arguments of a call. What the header says behind `to=functions.`, up to the next mark: the function's name first.
    Call(String),
}

/// Whether thoughts that begin with `open` are in a channel.
pub(crate) fn is_channel(open: &str) -> bool {
    open.starts_with(CHANNEL)
}

/// Whether `text`, after which nothing came, is the end of a message or a part of a header, and no text in which a mark is named.
pub(crate) fn is_markup(text: &str) -> bool {
    let text = text.trim_end();
    let header = ENDS.iter().find_map(|end| text.strip_prefix(end)).map(str::trim_start);
    if header == Some("") {
        return true;
    }
    let header = header.unwrap_or(text);
    if header.starts_with(TO) && header.contains("<|") {
        return true;
    }
    let behind = BEGINNINGS.iter().find_map(|mark| header.strip_prefix(mark));
    behind.is_some_and(|words| HEADER_WORDS.iter().any(|word| words.starts_with(word)))
}

/// Whether `text` is nothing but letters, with which an answer may as well begin as with a header.
pub(crate) fn is_word(text: &str) -> bool {
    let word = text.trim_start();
    !word.is_empty() && word.len() < TO.len() && TO.starts_with(word)
}

/// The first mark in `text`. `at_start`: it is an answer's beginning, where the first header may have begun in the prompt.
pub(crate) fn find(text: &str, at_start: bool) -> Found {
    let mut from = 0;
    if at_start {
        let header = text.trim_start();
        let place = text.len() - header.len();
        if !header.is_empty() && (TO.starts_with(header) || MESSAGE.starts_with(header)) && header != MESSAGE
        {
            return Found::Begun(place);
        }
        // The header was in the prompt, but for its end.
        if header.starts_with(MESSAGE) {
            return Found::Mark { place: place..place + MESSAGE.len(), next: Next::Text };
        }
        if header.starts_with(TO) && !header.split(MESSAGE).next().unwrap_or_default().contains('\n') {
            match read_header(header) {
                Read::Mark { length, next } => {
                    return Found::Mark { place: place..place + length, next };
                }
                Read::Begun => return Found::Begun(place),
                Read::Text => from = place + TO.len(),
            }
        }
    }
    let marks = || ENDS.iter().chain(&BEGINNINGS);
    while let Some(start) = marks().filter_map(|mark| text[from..].find(mark)).min() {
        let start = from + start;
        match read(&text[start..]) {
            Read::Mark { length, next } => return Found::Mark { place: start..start + length, next },
            Read::Begun => return Found::Begun(start),
            Read::Text => from = start + 1,
        }
    }
    match marks().map(|mark| begun(text, mark)).max() {
        None | Some(0) => Found::Nothing,
        Some(length) => Found::Begun(text.len() - length),
    }
}

/// What a text that begins with a mark is.
enum Read {
    Mark { length: usize, next: Next },
    Begun,
    Text,
}

fn read(text: &str) -> Read {
    let Some(end) = ENDS.iter().find(|end| text.starts_with(**end)) else {
        return read_header(text);
    };
    let header = text[end.len()..].trim_start();
    if !BEGINNINGS.iter().any(|mark| header.starts_with(mark)) {
        // A model that forgets the next header says something all the same.
        let may_begin = BEGINNINGS.iter().any(|mark| mark.starts_with(header));
        return if may_begin { Read::Begun } else { Read::Mark { length: end.len(), next: Next::Text } };
    }
    match read_header(header) {
        Read::Mark { length, next } => Read::Mark { length: text.len() - header.len() + length, next },
        other => other,
    }
}

fn read_header(header: &str) -> Read {
    match header.find(MESSAGE) {
        Some(end) if end <= HEADER_BYTES_MAX => {
            Read::Mark { length: end + MESSAGE.len(), next: next(&header[..end]) }
        }
        None if header.len() < HEADER_BYTES_MAX + MESSAGE.len() => Read::Begun,
        _ => Read::Text,
    }
}

/// What follows a header.
fn next(header: &str) -> Next {
    let channel = header.rsplit_once(CHANNEL).map_or("", |(_, channel)| channel);
    let is_thought = channel.trim_start().starts_with(THOUGHTS);
    let mut places = header.match_indices(TO).map(|(place, _)| place);
    let place = places.find(|&place| place == 0 || header[..place].ends_with(char::is_whitespace));
    let recipient = place.map(|place| {
        let recipient = &header[place + TO.len()..];
        recipient.split("<|").next().unwrap_or_default().trim()
    });
    match (recipient.map(|name| name.strip_prefix(FUNCTIONS).ok_or(name)), is_thought) {
        (Some(Ok(name)), _) | (Some(Err(name)), false) => Next::Call(name.to_owned()),
        // The model's own tools, which nobody has here.
        (Some(Err(_)) | None, true) => Next::Thought,
        (None, false) => Next::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found() {
        let mark = |place, next| Found::Mark { place, next };
        let call = |name: &str| Next::Call(name.to_owned());
        let long = format!("<|channel|>{}<|message|>", "x".repeat(HEADER_BYTES_MAX));
        let cases = [
            ("", Found::Nothing),
            ("a < b", Found::Nothing),
            ("a<|ch", Found::Begun(1)),
            ("a<|channel|>fin", Found::Begun(1)),
            ("<|channel|>analysis<|message|>a", mark(0..30, Next::Thought)),
            ("<|channel|>final<|message|>a", mark(0..27, Next::Text)),
            ("<|channel|>commentary<|message|>a", mark(0..32, Next::Text)),
            ("a<|end|>", Found::Begun(1)),
            ("a<|end|>\n", Found::Begun(1)),
            ("a<|end|>b", mark(1..8, Next::Text)),
            ("a<|call|>b", mark(1..9, Next::Text)),
            ("a<|end|><|start|>assistant", Found::Begun(1)),
            ("a<|end|><|start|>assistant<|channel|>final<|message|>b", mark(1..53, Next::Text)),
            ("<|start|>assistant<|channel|>analysis<|message|>b", mark(0..48, Next::Thought)),
            ("<|start|>assistant<|message|>b", mark(0..29, Next::Text)),
            ("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{", mark(0..65, call("f"))),
            ("<|channel|>commentary to=f<|message|>{", mark(0..37, call("f"))),
            ("<|channel|>analysis to=functions.f code<|message|>{", mark(0..50, call("f code"))),
            ("<|channel|>analysis to=browser.search code<|message|>{", mark(0..53, Next::Thought)),
            (
                "<|call|><|start|>assistant to=functions.get_x<|channel|>commentary json<|message|>{",
                mark(0..82, call("get_x")),
            ),
            // Not at the start.
            (" to=functions.f<|channel|>commentary <|constrain|>json<|message|>{", mark(15..65, Next::Text)),
            (long.as_str(), Found::Nothing),
        ];
        for (text, found) in cases {
            assert_eq!(find(text, false), found, "{text}");
        }
    }

    #[test]
    fn the_first_header_may_have_begun_in_the_prompt() {
        let header = " to=functions.f<|channel|>commentary <|constrain|>json<|message|>";
        let mark = Found::Mark { place: 1..header.len(), next: Next::Call("f".to_owned()) };
        assert_eq!(find(&format!("{header}{{"), true), mark);
        for length in 2..header.len() {
            assert_eq!(find(&header[..length], true), Found::Begun(1), "{length}");
        }
        for text in ["   ", "tomorrow", "to be", "to=\n<|message|>", &format!("to={}", "x".repeat(300))] {
            assert_eq!(find(text, true), Found::Nothing, "{text}");
        }
        assert_eq!(find("<|message|>a", true), Found::Mark { place: 0..11, next: Next::Text });
        assert_eq!(find(" <|mess", true), Found::Begun(1));
        assert_eq!(find("<|message|>", false), Found::Nothing);
        assert!(is_word(" to") && !is_word(" to=") && !is_word("") && !is_word("<"));
    }

    #[test]
    fn half_a_header_is_told_from_text_that_names_a_mark() {
        for text in [
            "<|end|>",
            "<|call|>\n",
            "<|end|><|start|>assistant",
            "<|channel|>commentary to=functions.f",
            "to=functions.f<|channel|>comm",
        ] {
            assert!(is_markup(text), "{text}");
        }
        for text in ["<|channel|> is a mark", "<|channel|>", "<|en", "to=a", ""] {
            assert!(!is_markup(text), "{text}");
        }
    }
}
