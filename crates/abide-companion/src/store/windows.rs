//! Windows: where the user began the conversation anew. Must not know what a prompt takes from which.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::companions::{checked_name, ensure_companion};
use super::error::{StoreError, StoreResult};
use super::rows::{collect, from_time, rounded, to_time};
use super::{CompanionId, Store, tree};
use crate::transcript::MessageId;

/// A window of one companion; ascending from 1, never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WindowId(pub u64);

/// A stretch of the conversation that began anew: the companion and its memory are the same, recent turns begin here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Which one.
    pub id: WindowId,
    /// The message behind which it begins; `None` at the conversation's start.
    pub after: Option<MessageId>,
    /// Since when.
    pub opened: Timestamp,
    /// What the user calls it.
    pub title: Option<String>,
}

impl Store {
    /// Begins a new window behind the active path's end. A title is bound as other names are.
    ///
    /// # Errors
    /// [`StoreError::BadName`] and [`StoreError::NoCompanion`].
    pub fn open_window(&self, companion: CompanionId, title: Option<&str>) -> StoreResult<Window> {
        let title = title.map(checked_name).transpose()?;
        self.connections.write(|transaction| {
            let id: u64 = transaction
                .prepare_cached(
                    "UPDATE companions SET next_window = next_window + 1 WHERE id = ?1 RETURNING next_window - 1",
                )?
                .query_row([companion.0], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::NoCompanion(companion))?;
            let window = Window {
                id: WindowId(id),
                after: tree::head(transaction, companion)?,
                opened: rounded(Timestamp::now()),
                title: title.map(str::to_owned),
            };
            insert_window(transaction, companion, &window)?;
            Ok(window)
        })
    }

    /// Calls a window something else.
    ///
    /// # Errors
    /// [`StoreError::BadName`] and [`StoreError::Nothing`].
    pub fn rename_window(&self, companion: CompanionId, id: WindowId, title: &str) -> StoreResult<Window> {
        let title = checked_name(title)?;
        self.connections.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE windows SET title = ?3 WHERE companion = ?1 AND id = ?2 RETURNING id, after, opened, title",
                )?
                .query_row(params![companion.0, id.0, title], |row| Ok(read_window(row)))
                .optional()?
                .unwrap_or_else(|| Err(StoreError::Nothing { what: "window", id: id.0.to_string() }))
        })
    }

    /// All windows, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn windows(&self, companion: CompanionId) -> StoreResult<Vec<Window>> {
        self.connections.read(|connection| {
            ensure_companion(connection, companion)?;
            let mut statement = connection.prepare_cached(
                "SELECT id, after, opened, title FROM windows WHERE companion = ?1 ORDER BY id",
            )?;
            collect(&mut statement.query([companion.0])?, read_window)
        })
    }

    /// The position on the active path (from 1) of the first message of the newest window that begins on it: 1 where there is none, one
    /// more than the path's length where nothing was said in it yet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn window_start(&self, companion: CompanionId) -> StoreResult<u64> {
        self.connections.read(|connection| {
            let start: Option<u64> = connection
                .prepare_cached(
                    "SELECT coalesce(path.position, 0) + 1 FROM windows LEFT JOIN path
                     ON path.companion = windows.companion AND path.message = windows.after
                     WHERE windows.companion = ?1 AND (windows.after IS NULL OR path.position IS NOT NULL)
                     ORDER BY windows.id DESC LIMIT 1",
                )?
                .query_row([companion.0], |row| row.get(0))
                .optional()?;
            Ok(start.unwrap_or(1))
        })
    }
}

pub(super) fn insert_window(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    window: &Window,
) -> StoreResult<()> {
    transaction
        .prepare_cached(
            "INSERT INTO windows (companion, id, after, opened, title) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            companion.0,
            window.id.0,
            window.after.map(|after| after.0),
            from_time(window.opened),
            window.title,
        ])?;
    Ok(())
}

pub(super) fn read_window(row: &Row<'_>) -> StoreResult<Window> {
    Ok(Window {
        id: WindowId(row.get(0)?),
        after: row.get::<_, Option<u64>>(1)?.map(MessageId),
        opened: to_time(row.get(2)?)?,
        title: row.get(3)?,
    })
}
