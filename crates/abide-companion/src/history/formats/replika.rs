//! Replika, which gives no export: what scrapers write. Must not know where it goes.
//!
//! Known shapes: CSV with the columns `Timestamp, From, Text, Reaction, ID`, newest first, `From` being `Me` or `Rep` and line ends
//! written as `\n` (Hotohori/replika_backup and its descendants), and lists of `{sender, message, time}` in JSON, with
//! times that may be relative ("Last Sunday"). Other names of the same columns are understood.

use std::collections::HashSet;

use serde_json::Value;

use super::{field, parsed, records};
use crate::{
    history::{
        Conversation, HistoryError,
        context::{Context, Naming, Place, digest_key},
        csv::{Row, next_row, separator},
        input::Input,
        json::{Choice, Step},
        linear::Linear,
        said::Said,
    },
    transcript::Speaker,
};

const SENDERS: [&str; 6] = ["sender", "from", "author", "speaker", "user", "name"];
const WORDS: [&str; 5] = ["message", "text", "content", "body", "msg"];
const TIMES: [&str; 6] = ["timestamp", "time", "date", "datetime", "created_at", "sent_at"];
const IDS: [&str; 3] = ["id", "message_id", "msg_id"];
/// Words of an upside-down file that are held before they are turned round; what is beyond is a conversation of its own.
const HELD_BYTES_MAX: usize = 32 << 20;
/// Messages by which the order of a file is told.
const PROBED: usize = 64;

/// Whether a list's objects have a sender and words.
pub(in super::super) fn has_columns(keys: &HashSet<String>) -> bool {
    let keys: HashSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
    let any = |names: &[&str]| names.iter().any(|name| keys.contains(*name));
    any(&SENDERS[..4]) && any(&WORDS) && any(&TIMES)
}

/// Whether a file begins with a header of such columns.
pub(in super::super) fn is_csv(window: &[u8]) -> bool {
    let end = window.iter().position(|&byte| byte == b'\n').unwrap_or(window.len()).min(1_000);
    let header = String::from_utf8_lossy(&window[..end]);
    Columns::of(&header.split(separator(&header) as char).map(str::to_owned).collect::<Vec<_>>()).is_some()
}

/// Who it is.
fn speaker(name: &str) -> Speaker {
    match name.trim().to_lowercase().as_str() {
        "me" | "you" | "user" | "human" | "self" | "customer" | "i" | "moi" | "我" => Speaker::User,
        _ => Speaker::Companion,
    }
}

/// Which column holds what.
struct Columns {
    sender: usize,
    words: usize,
    time: Option<usize>,
    id: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> Option<Self> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim().trim_matches(['"', '\u{feff}']).to_lowercase()).collect();
        let find = |known: &[&str]| known.iter().find_map(|name| names.iter().position(|own| own == name));
        Some(Self { sender: find(&SENDERS)?, words: find(&WORDS)?, time: find(&TIMES), id: find(&IDS) })
    }
}

pub(super) fn read_csv(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let limit = cx.options.record_bytes_max;
    let end = input.window().iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let separator = separator(&String::from_utf8_lossy(&input.window()[..end]));
    let header = next_row(input, separator, limit)?.unwrap_or_default();
    let Some(columns) = Columns::of(&header.fields) else {
        let known = "columns such as Timestamp, From, Text";
        return cx.unreadable(Place::new(0, 1), format!("the first line does not name {known}"));
    };
    let mut order = Order::default();
    while let Some(row) = next_row(input, separator, limit)? {
        cx.progress(input.offset());
        if row.fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        cx.records += 1;
        let place = Place::new(cx.records, row.line);
        if let Some(said) = said_of_row(cx, &row, &columns, place)? {
            order.add(cx, said, place)?;
        }
    }
    order.finish(cx)
}

fn said_of_row(
    cx: &mut Context<'_>,
    row: &Row,
    columns: &Columns,
    place: Place<'_>,
) -> Result<Option<Said>, HistoryError> {
    if row.is_too_large {
        cx.too_large(place, "the row is too large; a quote may be missing")?;
        return Ok(None);
    }
    if row.is_cut {
        cx.doubt(place, "the file ends inside quotes", "what is there was read")?;
    }
    let (Some(sender), Some(words)) = (row.fields.get(columns.sender), row.fields.get(columns.words)) else {
        cx.unreadable(place, "the row has too few columns")?;
        return Ok(None);
    };
    let mut said = Said::new(speaker(sender), words.replace("\\n", "\n"));
    said.name = Some(sender.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some(time) = columns.time.and_then(|time| row.fields.get(time)) {
        said.read_time(&Value::from(time.as_str()), &cx.clock);
    }
    let _ = columns.id;
    Ok(Some(said))
}

pub(super) fn read_json(cx: &mut Context<'_>, input: &mut Input<'_>) -> Result<(), HistoryError> {
    let mut order = Order::default();
    records(
        cx,
        input,
        &|path, first| match path.last() {
            None => Choice::GoIn,
            Some(Step::Name(_)) if path.len() <= 2 && first == b'[' => Choice::GoIn,
            Some(Step::Index(_)) => Choice::Take,
            Some(Step::Name(_)) => Choice::Skip,
        },
        &mut |cx, _path, element, place| {
            let Some(value) = parsed(cx, &element.bytes, place)? else { return Ok(()) };
            let Some(said) = said_of_object(cx, &value) else {
                return cx.unreadable(place, "a record without a sender and words");
            };
            order.add(cx, said, place)
        },
    )?;
    order.finish(cx)
}

fn said_of_object(cx: &Context<'_>, value: &Value) -> Option<Said> {
    let object = value.as_object()?;
    let find = |known: &[&str]| {
        known.iter().find_map(|name| {
            object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    };
    let words = find(&WORDS)?.as_str()?;
    let sender = match find(&SENDERS)? {
        Value::String(name) => name.clone(),
        value => field::name(value, &["name"]).unwrap_or_default(),
    };
    let mut said = Said::new(speaker(&sender), words);
    said.name = Some(sender.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some(time) = find(&TIMES) {
        said.read_time(time, &cx.clock);
    }
    Some(said)
}

/// A file's messages in the order of time, whichever way up the file is.
#[derive(Default)]
struct Order {
    linear: Option<Linear>,
    /// Held until the order is known, or until they can be turned round.
    held: Vec<(Said, u64, u64)>,
    held_bytes: usize,
    upside_down: Option<bool>,
    pieces: u32,
}

impl Order {
    fn add(&mut self, cx: &mut Context<'_>, said: Said, place: Place<'_>) -> Result<(), HistoryError> {
        if self.upside_down == Some(false) {
            return self.write(cx, said, place);
        }
        self.held_bytes += said.text.len() + 200;
        self.held.push((said, place.record, place.line));
        if self.upside_down.is_none() && self.held.len() >= PROBED {
            self.tell();
            if self.upside_down == Some(false) {
                return self.release(cx);
            }
        }
        if self.held_bytes >= HELD_BYTES_MAX {
            self.release(cx)?;
            // What follows is older, and a conversation of its own.
            if let Some(linear) = self.linear.take() {
                linear.finish(cx)?;
            }
        }
        Ok(())
    }

    /// Whether more times fall than rise.
    fn tell(&mut self) {
        let times: Vec<_> = self.held.iter().filter_map(|(said, ..)| Some(said.stamp?.time)).collect();
        let falls = times.windows(2).filter(|pair| pair[0] > pair[1]).count();
        let rises = times.windows(2).filter(|pair| pair[0] < pair[1]).count();
        self.upside_down = Some(falls > rises);
    }

    fn release(&mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        if self.upside_down == Some(true) {
            self.held.reverse();
        }
        self.held_bytes = 0;
        for (said, record, line) in std::mem::take(&mut self.held) {
            self.write(cx, said, Place::new(record, line))?;
        }
        Ok(())
    }

    fn write(&mut self, cx: &mut Context<'_>, said: Said, place: Place<'_>) -> Result<(), HistoryError> {
        if self.linear.is_none() {
            self.pieces += 1;
            let title =
                if self.pieces == 1 { "Replika".to_owned() } else { format!("Replika ({})", self.pieces) };
            let time = said.stamp.map_or(0, |stamp| stamp.time.as_microsecond());
            let key = digest_key(&[b"replika", said.text.as_bytes(), &time.to_le_bytes()]);
            let started = said.stamp.map(|stamp| stamp.time);
            cx.begin(Conversation { key, title, started, ..Conversation::default() }, Naming::Digest)?;
            self.linear = Some(Linear::new(cx, None));
        }
        self.linear.as_mut().map_or(Ok(()), |linear| linear.add(cx, said, place))
    }

    fn finish(mut self, cx: &mut Context<'_>) -> Result<(), HistoryError> {
        if self.upside_down.is_none() {
            self.tell();
        }
        self.release(cx)?;
        self.linear.map_or(Ok(()), |linear| linear.finish(cx))
    }
}
