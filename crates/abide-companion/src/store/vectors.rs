//! Vectors of messages and facts, as bytes. Must not know their type, width or meaning.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::companions::ensure_companion;
use super::error::StoreResult;
use super::rows::{MESSAGE_COLUMNS, collect, message};
use super::{CompanionId, Fact, FactId, Store, facts};
use crate::transcript::{Message, MessageId};

/// Vectors that are read at a time.
const CHUNK_VECTORS: usize = 1024;

/// What a vector is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorOf {
    /// A message.
    Message(MessageId),
    /// A fact.
    Fact(FactId),
}

impl VectorOf {
    /// As it stands in the table: kind and number.
    fn parts(self) -> (i64, u64) {
        match self {
            Self::Message(id) => (0, id.0),
            Self::Fact(id) => (1, id.0),
        }
    }

    pub(super) fn from_parts(kind: i64, item: u64) -> Self {
        if kind == 0 { Self::Message(MessageId(item)) } else { Self::Fact(FactId(item)) }
    }
}

impl Store {
    /// Keeps vectors that the embedder `model` made, instead of earlier ones by the same. What was deleted meanwhile is passed over.
    ///
    /// # Errors
    /// [`super::StoreError::NoCompanion`].
    pub fn put_vectors(
        &self,
        companion: CompanionId,
        model: &str,
        vectors: &[(VectorOf, Vec<u8>)],
    ) -> StoreResult<()> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            let model = model_id(transaction, model)?;
            vectors.iter().try_for_each(|(of, bytes)| insert(transaction, companion, model, *of, bytes))
        })
    }

    /// Shows every vector by `model` to `visit`, messages first, each kind by number; a portion at a time is in memory.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn for_each_vector(
        &self,
        companion: CompanionId,
        model: &str,
        mut visit: impl FnMut(VectorOf, &[u8]),
    ) -> StoreResult<()> {
        let mut after = (0, 0);
        loop {
            let chunk = self.connections.read(|connection| chunk(connection, companion, model, after))?;
            for (of, bytes) in &chunk {
                visit(*of, bytes);
            }
            match chunk.last() {
                Some((of, _)) if chunk.len() == CHUNK_VECTORS => after = of.parts(),
                _ => return Ok(()),
            }
        }
    }

    /// One vector by `model`, if it is there.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn vector(&self, companion: CompanionId, model: &str, of: VectorOf) -> StoreResult<Option<Vec<u8>>> {
        let (kind, item) = of.parts();
        self.connections.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT bytes FROM vectors WHERE companion = ?1 AND kind = ?3 AND item = ?4
                     AND model = (SELECT id FROM vector_models WHERE vector_models.name = ?2)",
                )?
                .query_row(params![companion.0, model, kind, item], |row| row.get(0))
                .optional()?)
        })
    }

    /// At most `limit` messages with numbers above `after` that have no vector by `model`, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn messages_without_vector(
        &self,
        companion: CompanionId,
        model: &str,
        after: MessageId,
        limit: usize,
    ) -> StoreResult<Vec<Message>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 AND id > ?3 AND NOT EXISTS (
                     SELECT 1 FROM vectors WHERE vectors.companion = ?1 AND kind = 0 AND item = messages.id
                     AND model = (SELECT id FROM vector_models WHERE vector_models.name = ?2)
                 ) ORDER BY id LIMIT ?4"
            ))?;
            collect(&mut statement.query(params![companion.0, model, after.0, limit])?, message)
        })
    }

    /// At most `limit` facts that have no vector by `model`, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn facts_without_vector(
        &self,
        companion: CompanionId,
        model: &str,
        limit: usize,
    ) -> StoreResult<Vec<Fact>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM facts WHERE companion = ?1 AND NOT EXISTS (
                     SELECT 1 FROM vectors WHERE vectors.companion = ?1 AND kind = 1 AND item = facts.id
                     AND model = (SELECT id FROM vector_models WHERE name = ?2)
                 ) ORDER BY id LIMIT ?3",
            )?;
            collect(&mut statement.query(params![companion.0, model, limit])?, |row| {
                facts::get(connection, companion, FactId(row.get(0)?))
            })
        })
    }

    /// How many messages and facts have a vector by `model`, and how many of them there are that have one or are to have one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn count_vectors(&self, companion: CompanionId, model: &str) -> StoreResult<(u64, u64)> {
        self.connections.read(|connection| {
            let count = |rows: &str| -> StoreResult<u64> {
                let sql = format!(
                    "WITH by_model AS (SELECT kind, item FROM vectors WHERE companion = ?1
                         AND model = (SELECT id FROM vector_models WHERE vector_models.name = ?2))
                     SELECT count(*) FROM {rows}"
                );
                Ok(connection
                    .prepare_cached(&sql)?
                    .query_row(params![companion.0, model], |row| row.get(0))?)
            };
            let done = count("by_model")?;
            let messages = count(
                "messages WHERE companion = ?1 AND id NOT IN (SELECT item FROM by_model WHERE kind = 0)
                 AND trim(text, ' ' || char(9, 10, 13)) <> ''",
            )?;
            let facts =
                count("facts WHERE companion = ?1 AND id NOT IN (SELECT item FROM by_model WHERE kind = 1)")?;
            Ok((done, done + messages + facts))
        })
    }

    /// The embedders that this companion has vectors by.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn vector_models(&self, companion: CompanionId) -> StoreResult<Vec<String>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name FROM vector_models WHERE EXISTS (
                     SELECT 1 FROM vectors WHERE companion = ?1 AND model = vector_models.id
                 ) ORDER BY name",
            )?;
            collect(&mut statement.query([companion.0])?, |row| Ok(row.get(0)?))
        })
    }

    /// Forgets this companion's vectors by `model`.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn remove_vectors(&self, companion: CompanionId, model: &str) -> StoreResult<()> {
        self.connections.write(|transaction| {
            transaction.execute(
                "DELETE FROM vectors WHERE companion = ?1
                 AND model = (SELECT id FROM vector_models WHERE name = ?2)",
                params![companion.0, model],
            )?;
            Ok(())
        })
    }
}

fn chunk(
    connection: &Connection,
    companion: CompanionId,
    model: &str,
    after: (i64, u64),
) -> StoreResult<Vec<(VectorOf, Vec<u8>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, item, bytes FROM vectors WHERE companion = ?1
         AND model = (SELECT id FROM vector_models WHERE name = ?2)
         AND (kind, item) > (?3, ?4) ORDER BY kind, item LIMIT ?5",
    )?;
    let values = params![companion.0, model, after.0, after.1, CHUNK_VECTORS];
    collect(&mut statement.query(values)?, |row| {
        Ok((VectorOf::from_parts(row.get(0)?, row.get(1)?), row.get(2)?))
    })
}

/// The number of an embedder in this database.
pub(super) fn model_id(transaction: &Transaction<'_>, model: &str) -> StoreResult<i64> {
    let known = transaction
        .prepare_cached("SELECT id FROM vector_models WHERE name = ?1")?
        .query_row([model], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    transaction.execute("INSERT INTO vector_models (name) VALUES (?1)", [model])?;
    Ok(transaction.last_insert_rowid())
}

/// Nothing where there is no such message or fact.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    model: i64,
    of: VectorOf,
    bytes: &[u8],
) -> StoreResult<()> {
    let (kind, item) = of.parts();
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO vectors (companion, model, kind, item, bytes) SELECT ?1, ?2, ?3, ?4, ?5
             WHERE CASE ?3 WHEN 0 THEN EXISTS (SELECT 1 FROM messages WHERE companion = ?1 AND id = ?4)
             ELSE EXISTS (SELECT 1 FROM facts WHERE companion = ?1 AND id = ?4) END",
        )?
        .execute(params![companion.0, model, kind, item, bytes])?;
    Ok(())
}
