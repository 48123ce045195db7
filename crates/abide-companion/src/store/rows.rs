//! How values stand in rows: times, words for what is chosen from a few, messages. Knows the columns, and no queries but for theirs.

use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{StoreError, StoreResult};
use crate::transcript::{ClientChat, Message, MessageId, NewMessage, Origin};

/// The columns that [`message`] reads, of a table called `messages`.
pub(super) const MESSAGE_COLUMNS: &str = "messages.id, messages.parent, messages.sitting, messages.speaker, messages.name, \
     messages.text, messages.time, messages.time_certainty, messages.imported_from, messages.completeness, messages.model, messages.chat, messages.offset_seconds";

/// Microseconds since 1970: as fine as times are kept.
pub(super) fn from_time(time: Timestamp) -> i64 {
    time.as_microsecond()
}

pub(super) fn to_time(microseconds: i64) -> StoreResult<Timestamp> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|error| StoreError::BadRow { what: "time", detail: error.to_string() })
}

pub(super) fn to_optional_time(microseconds: Option<i64>) -> StoreResult<Option<Timestamp>> {
    microseconds.map(to_time).transpose()
}

/// A time as it will be read back.
pub(super) fn rounded(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(from_time(time)).unwrap_or(time)
}

/// The word that serde has for a value of an enumeration without contents.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => unreachable!("enumerations without contents are words"),
    }
}

/// The value that serde reads from a word.
pub(super) fn from_word<T: DeserializeOwned>(what: &'static str, word: &str) -> StoreResult<T> {
    serde_json::from_value(Value::String(word.to_owned()))
        .map_err(|error| StoreError::BadRow { what, detail: error.to_string() })
}

pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| StoreError::BadRow { what, detail: error.to_string() })
}

pub(super) fn to_json(what: &'static str, value: &impl Serialize) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::BadValue { what, detail: error.to_string() })
}

/// A small number as it is kept: six decimal places.
pub(super) fn rounded_number(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Reads a message out of [`MESSAGE_COLUMNS`].
pub(super) fn message(row: &Row<'_>) -> StoreResult<Message> {
    let word_at = |index: usize| row.get::<_, String>(index);
    let imported_from: Option<String> = row.get(8)?;
    let (id, chat): (u64, Option<u64>) = (row.get(0)?, row.get(11)?);
    let content = NewMessage {
        parent: row.get::<_, Option<u64>>(1)?.map(MessageId),
        speaker: from_word("speaker", &word_at(3)?)?,
        name: row.get(4)?,
        text: row.get(5)?,
        time: to_time(row.get(6)?)?,
        time_certainty: from_word("certainty of a time", &word_at(7)?)?,
        origin: imported_from.map_or(Origin::Live, Origin::Import),
        completeness: from_word("completeness", &word_at(9)?)?,
        model: row.get(10)?,
        offset_seconds: row.get(12)?,
        chat: chat.map(|of| if of == id { ClientChat::Begins } else { ClientChat::Of(MessageId(of)) }),
    };
    Ok(Message { id: MessageId(id), sitting: row.get(2)?, content })
}

/// All rows of a query, each read by `read`.
pub(super) fn collect<T>(
    rows: &mut rusqlite::Rows<'_>,
    mut read: impl FnMut(&Row<'_>) -> StoreResult<T>,
) -> StoreResult<Vec<T>> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}
