//! Finding messages by the words they hold. Must not know relevance: that is recall's.
//!
//! The index is FTS5's. Its tokenizer takes a run of ideographs for one word, so each ideograph, kana and Hangul syllable is set apart before it
//! gets there, and looked for as a phrase.

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::error::StoreResult;
use super::rows::{MESSAGE_COLUMNS, collect, message};
use super::{CompanionId, Store};
use crate::transcript::Message;

/// Longest text that is searched for.
const QUERY_CHARACTERS_MAX: usize = 400;

/// A message that has all the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    /// The message, on any branch.
    pub message: Message,
    /// BM25's score; higher is better.
    pub score: f64,
}

impl Store {
    /// At most `limit` messages, best first, that hold all words of `text`; what stands in double quotes as it stands there, the last
    /// word also as the beginning of a longer one. Case and accents don't matter. Nothing where `text` has no words.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn search(&self, companion: CompanionId, text: &str, limit: usize) -> StoreResult<Vec<SearchHit>> {
        let Some(query) = query(companion, text) else {
            return Ok(Vec::new());
        };
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS}, -bm25(message_words, 0.0, 1.0) AS score FROM message_words
                 JOIN messages ON messages.row = message_words.rowid
                 WHERE message_words MATCH ?2 AND messages.companion = ?1
                 ORDER BY score DESC, messages.id DESC LIMIT ?3"
            ))?;
            collect(&mut statement.query(params![companion.0, query, limit])?, |row| {
                Ok(SearchHit { message: message(row)?, score: row.get("score")? })
            })
        })
    }
}

/// How many messages of all companions hold all of these words, as far as the index knows.
pub(super) fn count(connection: &Connection, text: &str) -> StoreResult<u64> {
    let Some(phrases) = phrases(text) else {
        return Ok(0);
    };
    Ok(connection
        .prepare_cached("SELECT count(*) FROM message_words WHERE message_words MATCH ?1")?
        .query_row([format!("words : ({phrases})")], |row| row.get(0))?)
}

pub(super) fn add(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    row: i64,
    text: &str,
) -> StoreResult<()> {
    transaction
        .prepare_cached("INSERT INTO message_words (rowid, companion, words) VALUES (?1, ?2, ?3)")?
        .execute(params![row, companion_word(companion), words(text)])?;
    Ok(())
}

/// The index keeps no texts, so it is told what it had.
pub(super) fn remove(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    row: i64,
    text: &str,
) -> StoreResult<()> {
    transaction
        .prepare_cached(
            "INSERT INTO message_words (message_words, rowid, companion, words) VALUES ('delete', ?1, ?2, ?3)",
        )?
        .execute(params![row, companion_word(companion), words(text)])?;
    Ok(())
}

/// Writes the index anew in one piece, without anything of what was taken out.
pub(super) fn merge(connection: &Connection) -> StoreResult<()> {
    connection.execute("INSERT INTO message_words (message_words) VALUES ('optimize')", [])?;
    Ok(())
}

/// One index serves all companions; each looks where this word is alone.
fn companion_word(companion: CompanionId) -> String {
    format!("c{companion}")
}

/// Whether words are not told apart by blanks around this character.
fn stands_alone(character: char) -> bool {
    matches!(character,
        '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The text as the index gets it. Whoever changes this must bring databases with the old form to the new one: a text is taken out of the
/// index by what this makes of it.
fn words(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() + text.len() / 4);
    for character in text.chars() {
        let alone = stands_alone(character);
        if alone {
            apart.push(' ');
        }
        apart.push(character);
        if alone {
            apart.push(' ');
        }
    }
    apart
}

/// In FTS5's language; `None` where nothing can be looked for.
fn query(companion: CompanionId, text: &str) -> Option<String> {
    let phrases = phrases(text)?;
    Some(format!("companion : \"{}\" AND words : ({phrases})", companion_word(companion)))
}

fn phrases(text: &str) -> Option<String> {
    let text: String = text.chars().take(QUERY_CHARACTERS_MAX).collect();
    let mut phrases: Vec<String> = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        let quoted = index % 2 == 1;
        let pieces: Vec<&str> = if quoted { vec![part] } else { part.split_whitespace().collect() };
        let searchable = pieces.into_iter().filter(|piece| piece.chars().any(char::is_alphanumeric));
        phrases.extend(searchable.map(|piece| format!("\"{}\"", words(&piece.replace('\0', " ")).trim())));
    }
    let last = phrases.last_mut()?;
    if text.ends_with(char::is_alphanumeric) && !text.ends_with(stands_alone) {
        last.push('*');
    }
    Some(phrases.join(" AND "))
}
