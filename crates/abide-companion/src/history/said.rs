//! What somebody said, as an importer found it, before it has its place. Must not know formats.

use serde_json::Value;

use super::{
    context::quote,
    stamp::{Clock, Stamp},
};
use crate::transcript::Speaker;

/// Words with what is known about them.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) speaker: Speaker,
    pub(super) name: Option<String>,
    pub(super) text: String,
    pub(super) thought: Option<String>,
    pub(super) stamp: Option<Stamp>,
    /// A time that stands there and can't be read; whoever gives the message its place reports it.
    pub(super) unread_time: Option<String>,
    pub(super) model: Option<String>,
}

impl Said {
    pub(super) fn new(speaker: Speaker, text: impl Into<String>) -> Self {
        Self {
            speaker,
            name: None,
            text: text.into(),
            thought: None,
            stamp: None,
            unread_time: None,
            model: None,
        }
    }

    /// Takes the first time that can be read at one of these keys.
    pub(super) fn take_time(&mut self, value: &Value, keys: &[&str], clock: &Clock) {
        for value in keys.iter().filter_map(|key| value.get(*key)) {
            self.read_time(value, clock);
            if self.stamp.is_some() {
                return;
            }
        }
    }

    /// Takes a time.
    pub(super) fn read_time(&mut self, value: &Value, clock: &Clock) {
        self.stamp = clock.value(value);
        let says_nothing = match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Number(number) => number.as_f64() == Some(0.0),
            _ => false,
        };
        self.unread_time = (self.stamp.is_none() && !says_nothing).then(|| quote(&value.to_string()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Takes `<think>…</think>` at the beginning out of the words.
    pub(super) fn part_thought(&mut self) {
        for (open, close) in [("<think>", "</think>"), ("<thinking>", "</thinking>")] {
            let Some(rest) = self.text.trim_start().strip_prefix(open) else { continue };
            let Some((thought, words)) = rest.split_once(close) else { continue };
            let (thought, words) = (thought.trim().to_owned(), words.trim_start().to_owned());
            self.add_thought(&thought);
            self.text = words;
            return;
        }
    }

    pub(super) fn add_thought(&mut self, thought: &str) {
        if thought.trim().is_empty() {
            return;
        }
        match &mut self.thought {
            Some(own) => {
                own.push_str("\n\n");
                own.push_str(thought);
            }
            None => self.thought = Some(thought.to_owned()),
        }
    }
}

/// Puts pieces of a text under each other, without empty ones.
pub(super) fn join<T: AsRef<str>>(pieces: &[T]) -> String {
    let kept: Vec<&str> = pieces.iter().map(AsRef::as_ref).filter(|piece| !piece.trim().is_empty()).collect();
    kept.join("\n")
}

/// How an attachment stands in a text; names are shortened and kept on one line.
pub(super) fn attachment(kind: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|character| !character.is_control() && !"[]".contains(*character))
        .take(200)
        .collect();
    if name.trim().is_empty() { format!("[{kind}]") } else { format!("[{kind}: {}]", name.trim()) }
}

/// Whether a file's name or type is a picture's.
pub(super) fn kind_of_file(name: &str, media_type: &str) -> &'static str {
    let name = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if media_type.starts_with("image/")
        || ends(&[".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".bmp", ".avif"])
    {
        "picture"
    } else if media_type.starts_with("audio/") || ends(&[".mp3", ".wav", ".ogg", ".opus", ".m4a", ".aac"]) {
        "recording"
    } else {
        "file"
    }
}
