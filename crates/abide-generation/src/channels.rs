//! Answers in channels, as in the harmony format: `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…`.
//! Each message stands behind a header, which names its channel; thoughts are in one of their own. Finds the headers. Must not know
//! what becomes of the messages.

use std::ops::Range;

use crate::marks::begun;

const START: &str = "<|start|>";
const CHANNEL: &str = "<|channel|>";
const MESSAGE: &str = "<|message|>";
const END: &str = "<|end|>";
/// The channel of thoughts.
const THOUGHTS: &str = "analysis";
/// A header is no longer than this, in bytes up to the last mark.
const HEADER_BYTES_MAX: usize = 256;

/// What comes first in a text that comes in pieces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// What lies between two messages: the end of one, the header of the next, or both. `opens`: thoughts follow.
    Mark { place: Range<usize>, opens: bool },
    /// What may become such a thing begins here.
    Begun(usize),
    /// Neither.
    Nothing,
}

/// Whether thoughts that begin with `open` are in a channel.
pub(crate) fn is_channel(open: &str) -> bool {
    open.starts_with(CHANNEL)
}

/// Whether `text` is the end of a message, after which nothing came.
pub(crate) fn is_end(text: &str) -> bool {
    text.trim_end() == END
}

/// The first mark in `text`.
pub(crate) fn find(text: &str) -> Found {
    let marks = [END, START, CHANNEL];
    let mut from = 0;
    while let Some(start) = marks.iter().filter_map(|mark| text[from..].find(mark)).min() {
        let start = from + start;
        match read(&text[start..]) {
            Read::Mark { length, opens } => return Found::Mark { place: start..start + length, opens },
            Read::Begun => return Found::Begun(start),
            Read::Text => from = start + 1,
        }
    }
    match marks.iter().map(|mark| begun(text, mark)).max() {
        None | Some(0) => Found::Nothing,
        Some(length) => Found::Begun(text.len() - length),
    }
}

/// What a text that begins with a mark is.
enum Read {
    Mark { length: usize, opens: bool },
    Begun,
    Text,
}

fn read(text: &str) -> Read {
    let behind_end = text.strip_prefix(END);
    let header = behind_end.map_or(text, str::trim_start);
    let begins = [START, CHANNEL];
    if behind_end.is_some() && !begins.iter().any(|mark| header.starts_with(mark)) {
        // A model that forgets the next header says something all the same.
        let may_begin = begins.iter().any(|mark| mark.starts_with(header));
        return if may_begin { Read::Begun } else { Read::Mark { length: END.len(), opens: false } };
    }
    match header.find(MESSAGE) {
        Some(end) if end <= HEADER_BYTES_MAX => {
            let channel = header[..end].rsplit_once(CHANNEL).map_or("", |(_, channel)| channel);
            let length = text.len() - header.len() + end + MESSAGE.len();
            Read::Mark { length, opens: channel.trim_start().starts_with(THOUGHTS) }
        }
        None if header.len() < HEADER_BYTES_MAX + MESSAGE.len() => Read::Begun,
        _ => Read::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found() {
        let mark = |place, opens| Found::Mark { place, opens };
        let long = format!("<|channel|>{}<|message|>", "x".repeat(HEADER_BYTES_MAX));
        let cases = [
            ("", Found::Nothing),
            ("a < b", Found::Nothing),
            ("a<|ch", Found::Begun(1)),
            ("a<|channel|>fin", Found::Begun(1)),
            ("<|channel|>analysis<|message|>a", mark(0..30, true)),
            ("<|channel|>final<|message|>a", mark(0..27, false)),
            ("a<|end|>", Found::Begun(1)),
            ("a<|end|>\n", Found::Begun(1)),
            ("a<|end|>b", mark(1..8, false)),
            ("a<|end|><|start|>assistant", Found::Begun(1)),
            ("a<|end|><|start|>assistant<|channel|>final<|message|>b", mark(1..53, false)),
            ("<|start|>assistant<|channel|>analysis<|message|>b", mark(0..48, true)),
            ("<|start|>assistant<|message|>b", mark(0..29, false)),
            ("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{", mark(0..65, false)),
            (long.as_str(), Found::Nothing),
        ];
        for (text, found) in cases {
            assert_eq!(find(text), found, "{text}");
        }
    }
}
