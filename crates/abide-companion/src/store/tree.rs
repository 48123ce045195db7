//! The tree of messages, and the active path through it. Must not know why somebody goes where.
//!
//! The path is written out in a table of its own, position by position, so that any part of it costs what it holds and not what the
//! conversation holds. Going elsewhere rewrites what differs alone.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::companions::{checked_name, ensure_companion, insert_branch};
use super::error::{StoreError, StoreResult};
use super::messages::{append, ensure_message, get};
use super::rows::{MESSAGE_COLUMNS, collect, message, rounded, to_time};
use super::{CompanionId, Store};
use crate::transcript::{Completeness, Message, MessageId, NewMessage, Origin};

/// The branch that every companion begins with.
pub const MAIN_BRANCH: &str = "main";

/// A line through the tree that has a name. The current one's head moves with the active path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// Its last message; `None` before the first one.
    pub head: Option<MessageId>,
    /// Since when.
    pub created: Timestamp,
    /// Whether the active path is this branch's.
    pub current: bool,
}

/// A message among those with the same parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Siblings {
    /// All of them, the message itself included, in the order in which they were added.
    pub ids: Vec<MessageId>,
    /// Where the message stands among them, from 0.
    pub index: usize,
}

impl Store {
    /// The last message of the active path; `None` where nothing was said yet.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn head(&self, companion: CompanionId) -> StoreResult<Option<MessageId>> {
        self.connections.read(|connection| head(connection, companion))
    }

    /// How many messages the active path has.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_length(&self, companion: CompanionId) -> StoreResult<u64> {
        self.connections.read(|connection| path_length(connection, companion))
    }

    /// The last `count` messages of the active path, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_tail(&self, companion: CompanionId, count: usize) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let length = path_length(connection, companion)?;
            path_range(connection, companion, length.saturating_sub(count as u64) + 1, count)
        })
    }

    /// At most `count` messages of the active path from `position` on (the first message has position 1), oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_range(
        &self,
        companion: CompanionId,
        position: u64,
        count: usize,
    ) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| path_range(connection, companion, position, count))
    }

    /// Where a message stands on the active path, from 1; `None` where it is not on it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_position(&self, companion: CompanionId, id: MessageId) -> StoreResult<Option<u64>> {
        self.connections.read(|connection| path_position(connection, companion, id))
    }

    /// The last `count` messages of the path that ends at `id`, that one included, oldest first; whether it is the active one or not.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn path_to(&self, companion: CompanionId, id: MessageId, count: usize) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut path = Vec::new();
            let mut next = Some(id);
            while let Some(id) = next.filter(|_| path.len() < count) {
                let message = get(connection, companion, id)?;
                next = message.content.parent;
                path.push(message);
            }
            path.reverse();
            Ok(path)
        })
    }

    /// The messages that follow `parent` directly (`None`: the first messages), in the order in which they were added.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn children(&self, companion: CompanionId, parent: Option<MessageId>) -> StoreResult<Vec<MessageId>> {
        self.connections.read(|connection| children(connection, companion, parent))
    }

    /// The last messages of at most `count` lines that the active path does not lead to, newest first; those that were written here come before
    /// those of imports.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn ends_aside(&self, companion: CompanionId, count: usize) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1
                 AND NOT EXISTS (SELECT 1 FROM messages AS next WHERE next.companion = ?1 AND next.parent = messages.id)
                 AND NOT EXISTS (SELECT 1 FROM path WHERE path.companion = ?1 AND path.message = messages.id)
                 ORDER BY imported_from IS NOT NULL, id DESC LIMIT ?2"
            ))?;
            collect(&mut statement.query(params![companion.0, count])?, message)
        })
    }

    /// How many messages are not on the active path.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn count_aside(&self, companion: CompanionId) -> StoreResult<u64> {
        self.connections.read(|connection| {
            let all: u64 = connection
                .prepare_cached("SELECT count(*) FROM messages WHERE companion = ?1")?
                .query_row([companion.0], |row| row.get(0))?;
            Ok(all.saturating_sub(path_length(connection, companion)?))
        })
    }

    /// The message among those with the same parent: what one swipes through.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn siblings(&self, companion: CompanionId, id: MessageId) -> StoreResult<Siblings> {
        self.connections.read(|connection| {
            let parent = get(connection, companion, id)?.content.parent;
            let ids = children(connection, companion, parent)?;
            let index = ids.iter().position(|&sibling| sibling == id).unwrap_or_default();
            Ok(Siblings { ids, index })
        })
    }

    /// Leads the active path through `id`, and on to where one went from there last. Answers the new head.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn switch_to(&self, companion: CompanionId, id: MessageId) -> StoreResult<MessageId> {
        self.connections.write(|transaction| {
            ensure_message(transaction, companion, id)?;
            let end = chosen_end(transaction, companion, id)?;
            set_head(transaction, companion, Some(end))?;
            Ok(end)
        })
    }

    /// Ends the active path at `id` (`None`: before the first message). What followed is kept, and [`Store::switch_to`] leads there again.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn go_back_to(&self, companion: CompanionId, id: Option<MessageId>) -> StoreResult<()> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            set_head(transaction, companion, id)
        })
    }

    /// Puts another wording beside a message and ends the active path there. The old one, and what followed it, are kept.
    ///
    /// # Errors
    /// As [`Store::append`], and [`StoreError::NoMessage`].
    pub fn edit(
        &self,
        companion: CompanionId,
        id: MessageId,
        text: &str,
        time: Timestamp,
    ) -> StoreResult<Message> {
        self.connections.write(|transaction| {
            let old = get(transaction, companion, id)?.content;
            let new = NewMessage {
                text: text.to_owned(),
                time,
                time_certainty: crate::transcript::TimeCertainty::Exact,
                origin: Origin::Live,
                completeness: Completeness::Complete,
                offset_seconds: None,
                ..old
            };
            append(transaction, companion, new)
        })
    }

    /// Begins a branch called `name` behind `at` (`None`: before the first message) and makes it the current one. The branch that was
    /// current keeps its head.
    ///
    /// # Errors
    /// [`StoreError::BadName`], [`StoreError::BranchTaken`] and [`StoreError::NoMessage`].
    pub fn branch(&self, companion: CompanionId, name: &str, at: Option<MessageId>) -> StoreResult<()> {
        let name = checked_name(name)?;
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            if find_branch(transaction, companion, name)?.is_some() {
                return Err(StoreError::BranchTaken(name.to_owned()));
            }
            insert_branch(transaction, companion, name, None, Timestamp::now())?;
            make_current(transaction, companion, name)?;
            set_head(transaction, companion, at)
        })
    }

    /// Makes another branch the current one, and its line the active path.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn switch_branch(&self, companion: CompanionId, name: &str) -> StoreResult<Option<MessageId>> {
        self.connections.write(|transaction| {
            let head = existing_branch(transaction, companion, name)?;
            make_current(transaction, companion, name)?;
            set_head(transaction, companion, head)?;
            Ok(head)
        })
    }

    /// Takes a branch's name away. Its messages are kept.
    ///
    /// # Errors
    /// [`StoreError::Nothing`], and [`StoreError::BadValue`] for the current one.
    pub fn remove_branch(&self, companion: CompanionId, name: &str) -> StoreResult<()> {
        self.connections.write(|transaction| {
            existing_branch(transaction, companion, name)?;
            if current_branch(transaction, companion)? == name {
                let detail = "it is the current one; switch to another first".to_owned();
                return Err(StoreError::BadValue { what: "removal of the branch", detail });
            }
            transaction
                .prepare_cached("DELETE FROM branches WHERE companion = ?1 AND name = ?2")?
                .execute(params![companion.0, name])?;
            Ok(())
        })
    }

    /// All branches, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn branches(&self, companion: CompanionId) -> StoreResult<Vec<Branch>> {
        self.connections.read(|connection| branches(connection, companion))
    }
}

pub(super) fn branches(connection: &Connection, companion: CompanionId) -> StoreResult<Vec<Branch>> {
    let current = current_branch(connection, companion)?;
    let mut statement = connection.prepare_cached(
        "SELECT name, head, created FROM branches WHERE companion = ?1 ORDER BY created, name",
    )?;
    collect(&mut statement.query([companion.0])?, |row| {
        let name: String = row.get(0)?;
        Ok(Branch {
            current: name == current,
            name,
            head: row.get::<_, Option<u64>>(1)?.map(MessageId),
            created: rounded(to_time(row.get(2)?)?),
        })
    })
}

pub(super) fn current_branch(connection: &Connection, companion: CompanionId) -> StoreResult<String> {
    connection
        .prepare_cached("SELECT branch FROM companions WHERE id = ?1")?
        .query_row([companion.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoCompanion(companion))
}

pub(super) fn make_current(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    branch: &str,
) -> StoreResult<()> {
    transaction
        .prepare_cached("UPDATE companions SET branch = ?2 WHERE id = ?1")?
        .execute(params![companion.0, branch])?;
    Ok(())
}

/// A branch that is there; its head is none before its first message.
struct BranchHead(Option<MessageId>);

fn find_branch(
    connection: &Connection,
    companion: CompanionId,
    name: &str,
) -> StoreResult<Option<BranchHead>> {
    Ok(connection
        .prepare_cached("SELECT head FROM branches WHERE companion = ?1 AND name = ?2")?
        .query_row(params![companion.0, name], |row| {
            Ok(BranchHead(row.get::<_, Option<u64>>(0)?.map(MessageId)))
        })
        .optional()?)
}

fn existing_branch(
    connection: &Connection,
    companion: CompanionId,
    name: &str,
) -> StoreResult<Option<MessageId>> {
    ensure_companion(connection, companion)?;
    find_branch(connection, companion, name)?
        .map(|branch| branch.0)
        .ok_or_else(|| StoreError::Nothing { what: "branch", id: name.to_owned() })
}

pub(super) fn head(connection: &Connection, companion: CompanionId) -> StoreResult<Option<MessageId>> {
    let name = current_branch(connection, companion)?;
    Ok(find_branch(connection, companion, &name)?.and_then(|branch| branch.0))
}

pub(super) fn path_length(connection: &Connection, companion: CompanionId) -> StoreResult<u64> {
    Ok(connection
        .prepare_cached("SELECT coalesce(max(position), 0) FROM path WHERE companion = ?1")?
        .query_row([companion.0], |row| row.get(0))?)
}

pub(super) fn path_position(
    connection: &Connection,
    companion: CompanionId,
    id: MessageId,
) -> StoreResult<Option<u64>> {
    Ok(connection
        .prepare_cached("SELECT position FROM path WHERE companion = ?1 AND message = ?2")?
        .query_row(params![companion.0, id.0], |row| row.get(0))
        .optional()?)
}

fn path_range(
    connection: &Connection,
    companion: CompanionId,
    position: u64,
    count: usize,
) -> StoreResult<Vec<Message>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {MESSAGE_COLUMNS} FROM path
         CROSS JOIN messages ON messages.companion = path.companion AND messages.id = path.message
         WHERE path.companion = ?1 AND path.position >= ?2 ORDER BY path.position LIMIT ?3"
    ))?;
    collect(&mut statement.query(params![companion.0, position, count])?, message)
}

pub(super) fn children(
    connection: &Connection,
    companion: CompanionId,
    parent: Option<MessageId>,
) -> StoreResult<Vec<MessageId>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM messages WHERE companion = ?1 AND parent IS ?2 ORDER BY id")?;
    let parent = parent.map(|parent| parent.0);
    collect(&mut statement.query(params![companion.0, parent])?, |row| Ok(MessageId(row.get(0)?)))
}

/// Ends the active path, and the current branch, at `head`. Costs as many steps as the paths differ in.
pub(super) fn set_head(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    head: Option<MessageId>,
) -> StoreResult<()> {
    let mut added = Vec::new();
    let mut next = head;
    let mut kept = 0;
    while let Some(id) = next {
        if let Some(position) = path_position(transaction, companion, id)? {
            kept = position;
            break;
        }
        next = parent_of(transaction, companion, id)?;
        added.push((next, id));
    }
    transaction
        .prepare_cached("DELETE FROM path WHERE companion = ?1 AND position > ?2")?
        .execute(params![companion.0, kept])?;
    for ((parent, id), position) in added.into_iter().rev().zip(kept + 1..) {
        transaction
            .prepare_cached("INSERT INTO path (companion, position, message) VALUES (?1, ?2, ?3)")?
            .execute(params![companion.0, position, id.0])?;
        choose(transaction, companion, parent, id)?;
    }
    transaction
        .prepare_cached(
            "UPDATE branches SET head = ?2
             WHERE companion = ?1 AND name = (SELECT branch FROM companions WHERE id = ?1)",
        )?
        .execute(params![companion.0, head.map(|head| head.0)])?;
    Ok(())
}

/// Where a message stands.
pub(super) struct Place {
    id: MessageId,
    depth: u64,
    on_path: bool,
}

pub(super) fn place(connection: &Connection, companion: CompanionId, id: MessageId) -> StoreResult<Place> {
    let on_path = path_position(connection, companion, id)?.is_some();
    Ok(Place { id, depth: depth(connection, companion, id)?, on_path })
}

/// Whether one of `places` stands on the way from `first` to `last`. Only what is off the active path is walked.
pub(super) fn any_between(
    connection: &Connection,
    companion: CompanionId,
    first: MessageId,
    last: MessageId,
    places: &[Place],
) -> StoreResult<bool> {
    let mut aside = Vec::new();
    let mut next = Some(last);
    let mut joined = 0;
    while let Some(id) = next {
        if let Some(position) = path_position(connection, companion, id)? {
            joined = position;
            break;
        }
        aside.push(id);
        next = if id == first { None } else { parent_of(connection, companion, id)? };
    }
    let start = depth(connection, companion, first)?;
    Ok(places.iter().any(|place| {
        let on_the_way = if place.on_path { place.depth <= joined } else { aside.contains(&place.id) };
        on_the_way && place.depth >= start
    }))
}

fn depth(connection: &Connection, companion: CompanionId, id: MessageId) -> StoreResult<u64> {
    connection
        .prepare_cached("SELECT depth FROM messages WHERE companion = ?1 AND id = ?2")?
        .query_row(params![companion.0, id.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoMessage(id))
}

pub(super) fn parent_of(
    connection: &Connection,
    companion: CompanionId,
    id: MessageId,
) -> StoreResult<Option<MessageId>> {
    let parent: Option<Option<u64>> = connection
        .prepare_cached("SELECT parent FROM messages WHERE companion = ?1 AND id = ?2")?
        .query_row(params![companion.0, id.0], |row| row.get(0))
        .optional()?;
    Ok(parent.ok_or(StoreError::NoMessage(id))?.map(MessageId))
}

/// Remembers which child of `parent` was gone to. Where there is one child alone, there is nothing to remember.
fn choose(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    parent: Option<MessageId>,
    child: MessageId,
) -> StoreResult<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO choices (companion, parent, child) SELECT ?1, coalesce(?2, 0), ?3
             WHERE EXISTS (SELECT 1 FROM messages WHERE companion = ?1 AND parent IS ?2 AND id <> ?3)",
        )?
        .execute(params![companion.0, parent.map(|parent| parent.0), child.0])?;
    Ok(())
}

/// Where a message came beside another without the path going to it, the way stays the one it was.
pub(super) fn keep_choice(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    added: &Message,
) -> StoreResult<()> {
    let parent = added.content.parent.map(|parent| parent.0);
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO choices (companion, parent, child)
             SELECT ?1, coalesce(?2, 0), id FROM messages
             WHERE companion = ?1 AND parent IS ?2 AND id <> ?3 ORDER BY id DESC LIMIT 1",
        )?
        .execute(params![companion.0, parent, added.id.0])?;
    Ok(())
}

/// Where the path from `id` leads, by the last choices.
fn chosen_end(connection: &Connection, companion: CompanionId, mut id: MessageId) -> StoreResult<MessageId> {
    loop {
        let chosen: Option<u64> = connection
            .prepare_cached("SELECT child FROM choices WHERE companion = ?1 AND parent = ?2")?
            .query_row(params![companion.0, id.0], |row| row.get(0))
            .optional()?;
        let next = match chosen {
            Some(child) => Some(MessageId(child)),
            None => children(connection, companion, Some(id))?.last().copied(),
        };
        match next {
            Some(child) => id = child,
            None => return Ok(id),
        }
    }
}
