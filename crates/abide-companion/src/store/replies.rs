//! Replies while they are written: stored in steps, so that one whose program ends in its middle is not lost. Must not know who writes them.

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::error::{StoreError, StoreResult};
use super::messages::{MESSAGE_BYTES_MAX, append, ensure_message, insert};
use super::rows::{from_json, to_json};
use super::session::Session;
use super::{CompanionId, Store, tree};
use crate::transcript::{Completeness, Message, MessageId, NewMessage};

/// A reply that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyId(pub i64);

/// What is known of it from its start.
#[derive(Serialize, Deserialize)]
struct Begun {
    message: NewMessage,
    /// Where the active path ended.
    head: Option<MessageId>,
}

impl Store {
    /// Begins a reply: `message` is what it will be, with the text so far (mostly none).
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`], [`StoreError::NoMessage`] for the parent.
    pub fn begin_reply(&self, companion: CompanionId, mut message: NewMessage) -> StoreResult<ReplyId> {
        let text = std::mem::take(&mut message.text);
        self.connections.write(|transaction| {
            if let Some(parent) = message.parent {
                ensure_message(transaction, companion, parent)?;
            }
            let begun = Begun { head: tree::head(transaction, companion)?, message };
            transaction
                .prepare_cached("INSERT INTO open_replies (companion, session, message) VALUES (?1, ?2, ?3)")?
                .execute(params![companion.0, self.session.id(), to_json("reply", &begun)?])?;
            let id = ReplyId(transaction.last_insert_rowid());
            grow(transaction, id, &text)?;
            Ok(id)
        })
    }

    /// Adds to a reply's text. Costs a write to the disk: call it sentence by sentence, not token by token.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there is no such reply (any longer).
    pub fn grow_reply(&self, reply: ReplyId, text: &str) -> StoreResult<()> {
        self.connections.write(|transaction| {
            begun(transaction, reply)?;
            grow(transaction, reply, text)
        })
    }

    /// Makes a reply a message, with `text` in place of what was stored so far. It becomes the end of the active path, unless the user
    /// went elsewhere since the reply began.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there is no such reply (any longer), and as [`Store::append`].
    pub fn finish_reply(
        &self,
        reply: ReplyId,
        text: &str,
        completeness: Completeness,
    ) -> StoreResult<Message> {
        self.connections.write(|transaction| finish(transaction, reply, text.to_owned(), completeness))
    }

    /// Forgets a reply that was begun.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn drop_reply(&self, reply: ReplyId) -> StoreResult<()> {
        self.connections.write(|transaction| remove(transaction, reply))
    }

    /// Makes interrupted messages of the replies that ended programs left; answers them. Opening a store does this; a program that runs for long may
    /// do it again.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn recover_replies(&self) -> StoreResult<Vec<(CompanionId, Message)>> {
        Session::clean(self.path());
        let open: Vec<(i64, i64, String)> = self.connections.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id, companion, session FROM open_replies ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut recovered = Vec::new();
        for (reply, companion, session) in open {
            if session != self.session.id() && Session::is_over(self.path(), &session) {
                let message = self.connections.write(|transaction| recover(transaction, ReplyId(reply)))?;
                recovered.extend(message.map(|message| (CompanionId(companion), message)));
            }
        }
        Ok(recovered)
    }
}

fn begun(transaction: &Transaction<'_>, reply: ReplyId) -> StoreResult<(CompanionId, Begun)> {
    let found: Option<(i64, String)> = transaction
        .prepare_cached("SELECT companion, message FROM open_replies WHERE id = ?1")?
        .query_row([reply.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (companion, text) =
        found.ok_or_else(|| StoreError::Nothing { what: "reply in progress", id: reply.0.to_string() })?;
    Ok((CompanionId(companion), from_json("reply", &text)?))
}

fn grow(transaction: &Transaction<'_>, reply: ReplyId, text: &str) -> StoreResult<()> {
    if text.len() > MESSAGE_BYTES_MAX {
        let detail = format!("a piece has {} bytes, at most {MESSAGE_BYTES_MAX} are kept", text.len());
        return Err(StoreError::BadValue { what: "reply", detail });
    }
    if !text.is_empty() {
        transaction
            .prepare_cached(
                "INSERT INTO reply_pieces (reply, number, text)
                 SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM reply_pieces WHERE reply = ?1",
            )?
            .execute(params![reply.0, text])?;
    }
    Ok(())
}

fn finish(
    transaction: &Transaction<'_>,
    reply: ReplyId,
    text: String,
    completeness: Completeness,
) -> StoreResult<Message> {
    let (companion, begun) = begun(transaction, reply)?;
    remove(transaction, reply)?;
    let head = tree::head(transaction, companion)?;
    let message = NewMessage { text, completeness, ..begun.message };
    if head == begun.head || head == message.parent {
        append(transaction, companion, message)
    } else {
        let added = insert(transaction, companion, message)?;
        tree::keep_choice(transaction, companion, &added)?;
        Ok(added)
    }
}

/// Nothing where another process was faster, or nothing was written yet.
fn recover(transaction: &Transaction<'_>, reply: ReplyId) -> StoreResult<Option<Message>> {
    let open = transaction.prepare_cached("SELECT 1 FROM open_replies WHERE id = ?1")?.exists([reply.0])?;
    if !open {
        return Ok(None);
    }
    let mut text = String::new();
    let mut statement =
        transaction.prepare_cached("SELECT text FROM reply_pieces WHERE reply = ?1 ORDER BY number")?;
    let mut rows = statement.query([reply.0])?;
    while let Some(row) = rows.next()? {
        let piece = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let room = MESSAGE_BYTES_MAX - text.len();
        text.push_str(&piece[..piece.floor_char_boundary(room)]);
    }
    if text.trim().is_empty() {
        remove(transaction, reply)?;
        return Ok(None);
    }
    finish(transaction, reply, text, Completeness::Interrupted).map(Some)
}

fn remove(transaction: &Transaction<'_>, reply: ReplyId) -> StoreResult<()> {
    transaction.prepare_cached("DELETE FROM open_replies WHERE id = ?1")?.execute([reply.0])?;
    Ok(())
}
