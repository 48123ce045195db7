//! Earlier messages between later ones: a history that comes home gets its place on the active path by its time. Must not know who brings it.
//!
//! What comes after the place is hung behind the new messages; numbers and words stay as they are. A message may so follow one with a higher
//! number. (Giving what came after new numbers was the alternative: facts, moods, plans and summaries name messages by them.)

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::error::{StoreError, StoreResult};
use super::messages::place;
use super::rows::to_time;
use super::tree::{head, parent_of, path_position, set_head};
use super::{CompanionId, Store};
use crate::transcript::{MessageId, SITTING_GAP_HOURS};

/// Neighbours on the active path that belong together: what an import brought of one conversation, or a sitting here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Its last message.
    pub last: MessageId,
    /// The conversation that it comes from; none for what was said here.
    pub origin: Option<String>,
    /// The first time that is known in it.
    pub start: Option<Timestamp>,
}

impl Store {
    /// The active path in stretches.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_stretches(&self, companion: CompanionId) -> StoreResult<Vec<Stretch>> {
        self.connections.read(|connection| stretches(connection, companion))
    }
}

fn stretches(connection: &Connection, companion: CompanionId) -> StoreResult<Vec<Stretch>> {
    let mut statement = connection.prepare_cached(
        "SELECT messages.id, imported_from, sitting, CASE time_certainty WHEN 'unknown' THEN NULL ELSE time END
         FROM path CROSS JOIN messages ON messages.companion = path.companion AND messages.id = path.message
         WHERE path.companion = ?1 ORDER BY path.position",
    )?;
    let mut rows = statement.query([companion.0])?;
    let mut found: Vec<Stretch> = Vec::new();
    let mut last_sitting = 0_u64;
    while let Some(row) = rows.next()? {
        let (last, origin) = (MessageId(row.get(0)?), row.get::<_, Option<String>>(1)?);
        let sitting: u64 = row.get(2)?;
        let time = row.get::<_, Option<i64>>(3)?.map(to_time).transpose()?;
        let same = |stretch: &&mut Stretch| {
            stretch.origin == origin && (origin.is_some() || sitting == last_sitting)
        };
        match found.last_mut().filter(same) {
            Some(stretch) => {
                stretch.last = last;
                stretch.start = stretch.start.or(time);
            }
            None => found.push(Stretch { last, origin, start: time }),
        }
        last_sitting = sitting;
    }
    Ok(found)
}

/// See [`super::Batch::weave`].
pub(super) fn weave(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    before: Option<MessageId>,
    end: MessageId,
) -> StoreResult<bool> {
    let position = match before {
        None => 0,
        Some(id) => match path_position(transaction, companion, id)? {
            Some(position) => position,
            None => return Ok(false),
        },
    };
    let rest: Option<u64> = transaction
        .prepare_cached("SELECT message FROM path WHERE companion = ?1 AND position = ?2")?
        .query_row(params![companion.0, position + 1], |row| row.get(0))
        .optional()?;
    let Some(rest) = rest.map(MessageId) else {
        set_head(transaction, companion, Some(end))?;
        return Ok(true);
    };
    let head = head(transaction, companion)?;
    hang(transaction, companion, rest, end)?;
    // What is left of the path is right; the rest is written out anew.
    transaction
        .prepare_cached("DELETE FROM path WHERE companion = ?1 AND position > ?2")?
        .execute(params![companion.0, position])?;
    set_head(transaction, companion, head)?;
    Ok(true)
}

/// Hangs a message and its other wordings behind `end`, with all that follows them.
fn hang(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    first: MessageId,
    end: MessageId,
) -> StoreResult<()> {
    let above = parent_of(transaction, companion, first)?;
    let moved = wordings(transaction, companion, first)?;
    let mut next = Some(end);
    while let Some(id) = next.filter(|_| next != above) {
        if moved.iter().any(|(moved, _)| *moved == id) {
            let detail = format!("message {} follows message {} already", end.0, id.0);
            return Err(StoreError::BadValue { what: "place", detail });
        }
        next = parent_of(transaction, companion, id)?;
    }
    for (id, time) in moved {
        let (depth, sitting) = place(transaction, companion, Some(end), time)?;
        transaction
            .prepare_cached(
                "WITH RECURSIVE following (id) AS (
                     SELECT ?2
                     UNION ALL
                     SELECT messages.id FROM following
                     CROSS JOIN messages ON messages.companion = ?1 AND messages.parent = following.id
                 ), moved (depth, sitting) AS (
                     SELECT ?3 - depth, ?4 - sitting FROM messages WHERE companion = ?1 AND id = ?2
                 )
                 UPDATE messages SET depth = messages.depth + moved.depth, sitting = messages.sitting + moved.sitting
                 FROM moved WHERE companion = ?1 AND id IN (SELECT id FROM following)",
            )?
            .execute(params![companion.0, id.0, depth, sitting])?;
        transaction
            .prepare_cached("UPDATE messages SET parent = ?3 WHERE companion = ?1 AND id = ?2")?
            .execute(params![companion.0, id.0, end.0])?;
        transaction
            .prepare_cached(
                "DELETE FROM choices WHERE companion = ?1 AND parent = coalesce(?2, 0) AND child = ?3",
            )?
            .execute(params![companion.0, above.map(|above| above.0), id.0])?;
    }
    // A window that was opened before the first of them was said still begins with it.
    transaction
        .prepare_cached("UPDATE windows SET after = ?3 WHERE companion = ?1 AND after IS ?2")?
        .execute(params![companion.0, above.map(|above| above.0), end.0])?;
    Ok(())
}

/// A message and those beside it that come from where it comes from, with their times.
fn wordings(
    connection: &Connection,
    companion: CompanionId,
    first: MessageId,
) -> StoreResult<Vec<(MessageId, Timestamp)>> {
    let mut statement = connection.prepare_cached(
        "SELECT other.id, other.time FROM messages AS own
         JOIN messages AS other ON other.companion = own.companion AND other.parent IS own.parent
         AND other.imported_from IS own.imported_from
         WHERE own.companion = ?1 AND own.id = ?2 ORDER BY other.id",
    )?;
    super::rows::collect(&mut statement.query(params![companion.0, first.0])?, |row| {
        Ok((MessageId(row.get(0)?), to_time(row.get(1)?)?))
    })
}

/// Gives messages the parents that came behind them, and all messages their depths and sittings by that. Answers whether every message can
/// be reached from a first one.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    parents: &[(MessageId, MessageId)],
) -> StoreResult<bool> {
    if parents.is_empty() {
        return Ok(true);
    }
    for (id, parent) in parents {
        super::messages::ensure_message(transaction, companion, *parent)?;
        transaction
            .prepare_cached("UPDATE messages SET parent = ?3 WHERE companion = ?1 AND id = ?2")?
            .execute(params![companion.0, id.0, parent.0])?;
    }
    let reached = transaction
        .prepare_cached(
            "WITH RECURSIVE placed (id, depth, sitting, time) AS (
                 SELECT id, 1, 1, time FROM messages WHERE companion = ?1 AND parent IS NULL
                 UNION ALL
                 SELECT messages.id, placed.depth + 1,
                     placed.sitting + (messages.time / 1000000 - placed.time / 1000000 > ?2), messages.time
                 FROM placed CROSS JOIN messages ON messages.companion = ?1 AND messages.parent = placed.id
             )
             UPDATE messages SET depth = placed.depth, sitting = placed.sitting FROM placed
             WHERE messages.companion = ?1 AND messages.id = placed.id",
        )?
        .execute(params![companion.0, SITTING_GAP_HOURS * 3600])?;
    let all: usize = transaction
        .prepare_cached("SELECT count(*) FROM messages WHERE companion = ?1")?
        .query_row([companion.0], |row| row.get(0))?;
    Ok(reached == all)
}
