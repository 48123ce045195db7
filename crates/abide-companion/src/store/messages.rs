//! Messages: adding them, and reading them by number, by range and along paths. Must not know what follows from them.

use std::collections::HashMap;
use std::vec;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::Value;

use super::companions::ensure_companion;
use super::error::{StoreError, StoreResult};
use super::rows::{MESSAGE_COLUMNS, collect, from_time, message, rounded, to_time, word};
use super::{CompanionId, Store, derived, search, tree, weave};
use crate::transcript::{ClientChat, Message, MessageId, NewMessage, Origin, SITTING_GAP_HOURS};

/// Longest text of a message.
pub const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Messages that an iterator reads at a time.
const CHUNK_MESSAGES: usize = 256;

impl Store {
    /// Adds a message, and makes it the end of the active path. It is on the disk when this returns.
    ///
    /// Behind the path's end it continues it; with another parent it is a sibling of that parent's other children (a regeneration, an
    /// edit), and what followed the fork leaves the path, but is kept.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`], [`StoreError::NoMessage`] for the parent, [`StoreError::BadValue`] for a text above
    /// [`MESSAGE_BYTES_MAX`].
    pub fn append(&self, companion: CompanionId, new: NewMessage) -> StoreResult<Message> {
        self.connections.write(|transaction| append(transaction, companion, new))
    }

    /// Adds a message beside the active path, which stays as it is.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn append_aside(&self, companion: CompanionId, new: NewMessage) -> StoreResult<Message> {
        self.batch(companion, |batch| batch.add(new))
    }

    /// Adds many messages in one transaction: all of them are kept, or none where `work` fails. While it runs, nobody else writes: give
    /// it some thousand at a time. `work` writes through the batch alone: the store's own writing methods would wait for it for ever. The active path
    /// stays as it is unless [`Batch::set_head`] is called.
    ///
    /// # Errors
    /// What `work` gives, and as [`Store::append`].
    pub fn batch<T>(
        &self,
        companion: CompanionId,
        work: impl FnOnce(&mut Batch<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            work(&mut Batch { transaction, companion })
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn message(&self, companion: CompanionId, id: MessageId) -> StoreResult<Message> {
        self.connections.read(|connection| get(connection, companion, id))
    }

    /// Those of `ids` that are there, in the order of `ids`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn messages_by_id(&self, companion: CompanionId, ids: &[MessageId]) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let found = ids.iter().map(|&id| find(connection, companion, id));
            found.filter_map(Result::transpose).collect()
        })
    }

    /// At most `limit` messages of all branches with ids above `after` (0 for all), in the order in which they were added.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn messages_after(
        &self,
        companion: CompanionId,
        after: MessageId,
        limit: usize,
    ) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
            ))?;
            collect(&mut statement.query(params![companion.0, after.0, limit])?, message)
        })
    }

    /// At most `limit` messages of the user's that an import brought, with ids above `after`, in the order in which they were added.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn imported_after(
        &self,
        companion: CompanionId,
        after: MessageId,
        limit: usize,
    ) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 AND id > ?2
                 AND imported_from IS NOT NULL AND speaker = 'user' AND text <> '' ORDER BY id LIMIT ?3"
            ))?;
            collect(&mut statement.query(params![companion.0, after.0, limit])?, message)
        })
    }

    /// The numbers of the messages that an import brought, from `first` to `last`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn imported_between(
        &self,
        companion: CompanionId,
        first: MessageId,
        last: MessageId,
    ) -> StoreResult<Vec<MessageId>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM messages WHERE companion = ?1 AND id BETWEEN ?2 AND ?3
                 AND imported_from IS NOT NULL AND completeness <> 'erased' ORDER BY id",
            )?;
            collect(&mut statement.query(params![companion.0, first.0, last.0])?, |row| {
                Ok(MessageId(row.get(0)?))
            })
        })
    }

    /// All messages of all branches in the order in which they were added, read in small portions: for whoever builds something from
    /// all of them. What is added meanwhile comes along.
    pub fn messages(&self, companion: CompanionId) -> Messages<'_> {
        Messages { store: self, companion, after: MessageId(0), chunk: Vec::new().into_iter(), ended: false }
    }

    /// At most `limit` messages of all branches said from `from` up to, not including, `to`, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn messages_between(
        &self,
        companion: CompanionId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 AND time >= ?2 AND time < ?3
                 ORDER BY time, id LIMIT ?4"
            ))?;
            collect(
                &mut statement.query(params![companion.0, from_time(from), from_time(to), limit])?,
                message,
            )
        })
    }

    /// When the newest of the messages was said that stand on the active path before `id` (`None`: of all on it), as far as anybody knows and no
    /// later than `now`. Not always that of the last one: histories come in whole.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_time(
        &self,
        companion: CompanionId,
        id: Option<MessageId>,
        now: Timestamp,
    ) -> StoreResult<Option<Timestamp>> {
        self.connections.read(|connection| {
            let position = match id {
                Some(id) => tree::path_position(connection, companion, id)?,
                None => None,
            };
            let time: Option<i64> = connection
                .prepare_cached(
                    "SELECT messages.time FROM messages INDEXED BY messages_by_time
                     CROSS JOIN path ON path.companion = messages.companion AND path.message = messages.id
                     WHERE messages.companion = ?1 AND messages.time <= ?2 AND messages.time_certainty <> 'unknown'
                     AND (?3 IS NULL OR path.position < ?3)
                     ORDER BY messages.time DESC LIMIT 1",
                )?
                .query_row(params![companion.0, from_time(now), position], |row| row.get(0))
                .optional()?;
            time.map(to_time).transpose()
        })
    }

    /// What each message follows.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn parents(&self, companion: CompanionId) -> StoreResult<HashMap<MessageId, Option<MessageId>>> {
        self.connections.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id, parent FROM messages WHERE companion = ?1")?;
            let rows = collect(&mut statement.query([companion.0])?, |row| {
                Ok((MessageId(row.get(0)?), row.get::<_, Option<u64>>(1)?.map(MessageId)))
            })?;
            Ok(rows.into_iter().collect())
        })
    }

    /// How many messages there are, on all branches.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn message_count(&self, companion: CompanionId) -> StoreResult<u64> {
        self.connections.read(|connection| {
            let count = connection
                .prepare_cached("SELECT count(*) FROM messages WHERE companion = ?1")?
                .query_row([companion.0], |row| row.get(0))?;
            Ok(count)
        })
    }

    /// The message that was added last, on any branch.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn last_message(&self, companion: CompanionId) -> StoreResult<Option<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 ORDER BY id DESC LIMIT 1"
            ))?;
            let mut rows = statement.query([companion.0])?;
            rows.next()?.map(message).transpose()
        })
    }
}

/// Many messages on their way in.
pub struct Batch<'transaction> {
    transaction: &'transaction Transaction<'transaction>,
    companion: CompanionId,
}

impl Batch<'_> {
    /// Adds a message beside the active path.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn add(&mut self, new: NewMessage) -> StoreResult<Message> {
        let added = insert(self.transaction, self.companion, new)?;
        tree::keep_choice(self.transaction, self.companion, &added)?;
        Ok(added)
    }

    /// Ends the active path at `head`.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn set_head(&mut self, head: Option<MessageId>) -> StoreResult<()> {
        tree::set_head(self.transaction, self.companion, head)
    }

    /// Leads the active path through `end` behind `before` (`None`: from its beginning), and what followed `before` on it follows `end` from
    /// now on, with the other wordings of the same message: so what was said earlier gets its place before what was said later. Answers
    /// whether `before` is on the path; where it is not, nothing changes.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`], and [`StoreError::BadValue`] where `end` itself follows what it is to come before.
    pub fn weave(&mut self, before: Option<MessageId>, end: MessageId) -> StoreResult<bool> {
        weave::weave(self.transaction, self.companion, before, end)
    }

    /// Keeps the report of the import that brings these messages: as a new one, whose number is answered, or in the fields of the one that
    /// has a number. Words of messages may stand in `conversations`, `doubts` and `names` of its `report` and nowhere else, because deleting a
    /// message reaches those alone.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn keep_import(&mut self, id: Option<u64>, report: &Value) -> StoreResult<u64> {
        match id {
            None => Ok(derived::add_import(self.transaction, self.companion, report)?.id),
            Some(id) => {
                let now = Some(Timestamp::now());
                derived::change_import(self.transaction, self.companion, id, report, now)?;
                Ok(id)
            }
        }
    }
}

/// Messages one by one.
pub struct Messages<'store> {
    store: &'store Store,
    companion: CompanionId,
    after: MessageId,
    chunk: vec::IntoIter<Message>,
    ended: bool,
}

impl Messages<'_> {
    /// Begins behind `after`.
    #[must_use]
    pub fn after(mut self, after: MessageId) -> Self {
        self.after = after;
        self
    }
}

impl Iterator for Messages<'_> {
    type Item = StoreResult<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.chunk.len() == 0 && !self.ended {
            match self.store.messages_after(self.companion, self.after, CHUNK_MESSAGES) {
                Ok(chunk) => {
                    self.ended = chunk.len() < CHUNK_MESSAGES;
                    self.chunk = chunk.into_iter();
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        let next = self.chunk.next()?;
        self.after = next.id;
        Some(Ok(next))
    }
}

/// Adds a message and makes it the path's end.
pub(super) fn append(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    new: NewMessage,
) -> StoreResult<Message> {
    let added = insert(transaction, companion, new)?;
    tree::set_head(transaction, companion, Some(added.id))?;
    Ok(added)
}

/// Adds a message with the next number.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    new: NewMessage,
) -> StoreResult<Message> {
    let id = transaction
        .prepare_cached(
            "UPDATE companions SET next_message = next_message + 1 WHERE id = ?1 RETURNING next_message - 1",
        )?
        .query_row([companion.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoCompanion(companion))?;
    insert_as(transaction, companion, MessageId(id), new)
}

/// Adds a message with this number, which nothing has.
pub(super) fn insert_as(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    id: MessageId,
    mut new: NewMessage,
) -> StoreResult<Message> {
    if new.text.len() > MESSAGE_BYTES_MAX {
        return Err(StoreError::BadValue {
            what: "message",
            detail: format!("it has {} bytes, at most {MESSAGE_BYTES_MAX} are kept", new.text.len()),
        });
    }
    new.time = rounded(new.time);
    let (depth, sitting) = place(transaction, companion, new.parent, new.time)?;
    // A chat goes by the number of the message that it begins with.
    let chat = new.chat.map(|chat| match chat {
        ClientChat::Begins => id.0,
        ClientChat::Of(first) => first.0,
    });
    let imported_from = match &new.origin {
        Origin::Live => None,
        Origin::Import(format) => Some(format),
    };
    transaction
        .prepare_cached(
            "INSERT INTO messages (companion, id, parent, depth, sitting, speaker, name, text, time,
             time_certainty, imported_from, completeness, model, chat, offset_seconds)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            companion.0,
            id.0,
            new.parent.map(|parent| parent.0),
            depth,
            sitting,
            word(&new.speaker),
            new.name,
            new.text,
            from_time(new.time),
            word(&new.time_certainty),
            imported_from,
            word(&new.completeness),
            new.model,
            chat,
            new.offset_seconds,
        ])?;
    search::add(transaction, companion, transaction.last_insert_rowid(), &new.text)?;
    Ok(Message { id, sitting, content: new })
}

/// The depth of a message and its sitting, from its parent's.
pub(super) fn place(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    parent: Option<MessageId>,
    time: Timestamp,
) -> StoreResult<(u64, u64)> {
    let Some(parent) = parent else {
        return Ok((1, 1));
    };
    let before: Option<(u64, u64, i64)> = transaction
        .prepare_cached("SELECT depth, sitting, time FROM messages WHERE companion = ?1 AND id = ?2")?
        .query_row(params![companion.0, parent.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (depth, sitting, before) = before.ok_or(StoreError::NoMessage(parent))?;
    let silence_s = time.as_second() - to_time(before)?.as_second();
    Ok((depth + 1, sitting + u64::from(silence_s > SITTING_GAP_HOURS * 3600)))
}

pub(super) fn find(
    connection: &Connection,
    companion: CompanionId,
    id: MessageId,
) -> StoreResult<Option<Message>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 AND id = ?2"
    ))?;
    let mut rows = statement.query(params![companion.0, id.0])?;
    rows.next()?.map(message).transpose()
}

pub(super) fn get(connection: &Connection, companion: CompanionId, id: MessageId) -> StoreResult<Message> {
    find(connection, companion, id)?.ok_or(StoreError::NoMessage(id))
}

pub(super) fn ensure_message(
    connection: &Connection,
    companion: CompanionId,
    id: MessageId,
) -> StoreResult<()> {
    let there = connection
        .prepare_cached("SELECT 1 FROM messages WHERE companion = ?1 AND id = ?2")?
        .exists(params![companion.0, id.0])?;
    if there { Ok(()) } else { Err(StoreError::NoMessage(id)) }
}
