//! The importers, one file each. They turn records into what was said; must not know where it goes.
//!
//! Shapes are those that the services' own programs and public importers show; each file names them.

pub(super) mod agnai;
pub(super) mod character_ai;
pub(super) mod chatgpt;
pub(super) mod claude;
pub(super) mod deepseek;
pub(super) mod field;
pub(super) mod koboldcpp;
pub(super) mod messages;
pub(super) mod open_webui;
pub(super) mod plain_text;
pub(super) mod replika;
pub(super) mod risu;
pub(super) mod sillytavern;
pub(super) mod text_generation_webui;

use serde_json::Value;

use super::{
    Format, HistoryError,
    context::{Context, Place},
    input::Input,
    json::{Choice, Element, Ended, Step, Visitor, walk},
};
use crate::near_json::parse;

/// Reads one file as what the context says that it is.
pub(super) fn read(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    match cx.format {
        Format::Chatgpt => conversations(cx, input, &chatgpt::SHAPE),
        Format::Claude => conversations(cx, input, &claude::SHAPE),
        Format::Deepseek => conversations(cx, input, &deepseek::SHAPE),
        Format::OpenWebui => conversations(cx, input, &open_webui::SHAPE),
        Format::CharacterAi => character_ai::read(cx, input),
        Format::Sillytavern => sillytavern::read(cx, input),
        Format::Replika => replika::read_json(cx, input),
        Format::ReplikaCsv => replika::read_csv(cx, input),
        Format::Agnai => agnai::read(cx, input),
        Format::Risu => risu::read(cx, input),
        Format::Koboldcpp => koboldcpp::read(cx, input),
        Format::TextGenerationWebui => text_generation_webui::read(cx, input),
        Format::Messages => messages::read(cx, input),
        Format::PlainText => plain_text::read(cx, input),
    }
}

/// A record's bytes, and where they stand.
pub(super) type ReadConversation = fn(&mut Context<'_>, &[u8], Place<'_>) -> Result<(), HistoryError>;

/// Files that are lists of conversations.
pub(super) struct Shape {
    /// A key that tells a conversation from the object around it.
    pub(super) marks: &'static [&'static str],
    /// Keys of objects around conversations.
    pub(super) around: &'static [&'static str],
    pub(super) read: ReadConversation,
}

/// Reads a list of conversations, one conversation, or either inside an object.
fn conversations(
    cx: &mut Context<'_>,
    input: &mut Input<'_>,
    shape: &'static Shape,
) -> Result<(), HistoryError> {
    // One conversation alone is told from an object around them by the keys that come first.
    let window = input.window();
    let first = window.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let is_wrapped = first == Some(b'{') && {
        let beginning = String::from_utf8_lossy(window);
        let at = |key: &&str| beginning.find(&format!("\"{key}\""));
        let around = shape.around.iter().filter_map(at).min();
        let mark = shape.marks.iter().filter_map(at).min();
        around.is_some_and(|around| mark.is_none_or(|mark| around < mark))
    };
    records(
        cx,
        input,
        &|path, first| {
            let inside = path.iter().rev().take_while(|step| !matches!(step, Step::Index(_))).count();
            match (path.last(), first) {
                (None, b'[') => Choice::GoIn,
                (None, b'{') if is_wrapped => Choice::GoIn,
                (Some(Step::Name(name)), _) if inside == path.len() => {
                    if shape.around.contains(&name.as_str()) { Choice::GoIn } else { Choice::Skip }
                }
                _ => Choice::Take,
            }
        },
        &mut |cx, _path, element, place| (shape.read)(cx, &element.bytes, place),
    )
}

/// What is done with a record.
type OnRecord<'r> =
    &'r mut dyn FnMut(&mut Context<'_>, &[Step], &Element, Place<'_>) -> Result<(), HistoryError>;

/// Walks a JSON file and hands on what is chosen, with its number; what is too large is reported, and how the file ends.
pub(super) fn records(
    cx: &mut Context<'_>,
    input: &mut Input<'_>,
    choose: &dyn Fn(&[Step], u8) -> Choice,
    on_record: OnRecord<'_>,
) -> Result<(), HistoryError> {
    struct Records<'r, 'c> {
        cx: &'r mut Context<'c>,
        choose: &'r dyn Fn(&[Step], u8) -> Choice,
        on_record: OnRecord<'r>,
        bytes: u64,
    }
    impl Visitor for Records<'_, '_> {
        fn choose(&mut self, path: &[Step], first: u8) -> Choice {
            (self.choose)(path, first)
        }

        fn take(&mut self, path: &[Step], element: Element) -> Result<(), HistoryError> {
            self.cx.records += 1;
            let place = Place::new(self.cx.records, element.line);
            self.bytes += element.length;
            self.cx.progress(self.bytes);
            if element.is_too_large() {
                return self.cx.too_large(place, format!("the record has {} bytes", element.length));
            }
            if element.is_cut {
                self.cx.doubt(place, "the file ends inside this record", "what is there was read")?;
            }
            (self.on_record)(self.cx, path, &element, place)
        }
    }
    let limit = cx.options.record_bytes_max;
    let mut visitor = Records { cx: &mut *cx, choose, on_record, bytes: 0 };
    let ended = walk(input, limit, &mut visitor)?;
    let place = Place::new(cx.records, input.line());
    match ended {
        Ended::Well => Ok(()),
        Ended::Cut => cx.doubt(place, "the file ends before it is complete", "what is there was read"),
        Ended::NotJson { line } => cx.doubt(
            Place::new(cx.records, line),
            "no JSON from here on",
            "the rest of the file was left out",
        ),
    }
}

/// Parses a value, and reports what is wrong with it. `None` if it can't be used.
pub(super) fn parsed(
    cx: &mut Context<'_>,
    bytes: &[u8],
    place: Place<'_>,
) -> Result<Option<Value>, HistoryError> {
    match parse(bytes) {
        Ok(parsed) => {
            if let Some(mended) = parsed.mended {
                cx.doubt(place, mended, "read as far as it goes")?;
            }
            Ok(Some(parsed.value))
        }
        Err(error) => {
            cx.unreadable(place, format!("this is not JSON: {error}"))?;
            Ok(None)
        }
    }
}
