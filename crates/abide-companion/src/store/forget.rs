//! Deleting, so that nothing is left: with a message goes all that was made from it, and then the pages that held it.
//! Tombstones remember numbers and salted hashes, so that what was deleted is not brought back from elsewhere.
//!
//! A deletion is one transaction. Behind it the search index is merged, the file is rewritten and the log cut off; should the program
//! end before that, the next one to open the database does it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::companions::ensure_companion;
use super::error::{StoreError, StoreResult};
use super::facts::NewFact;
use super::rows::{collect, from_time, message, to_json, to_time, word};
use super::{CompanionId, FactId, NewSummary, Store, derived, facts, messages, search, tree};
use crate::transcript::{Completeness, MessageId, NewMessage};

/// The deletion that still has to be made final.
const SCRUB: &str = "scrub";

/// What a deletion took along.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Deleted {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// The facts that were known from them alone.
    pub facts: Vec<FactId>,
    /// The summaries that held something of them.
    pub summaries: usize,
    /// The plans of prompts that held something of them.
    pub plans: usize,
    /// Whether the file was rewritten, so that no page holds anything of it. If not, somebody else was reading; it is done at the next opening,
    /// or by [`Store::finish_deletions`].
    pub final_on_disk: bool,
    /// The reply that was being made meanwhile. What is forgotten may have been in its prompt, so it may speak of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_meanwhile: Option<MessageId>,
}

impl Store {
    /// Deletes a message and all that follow it, on every branch, with all that was made from them: facts known from them alone, summaries, vectors,
    /// moods, plans, entries of the search index. The active path ends before it then.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn delete_from(&self, companion: CompanionId, id: MessageId) -> StoreResult<Deleted> {
        let deleted = self.connections.write(|transaction| {
            let parent = messages::get(transaction, companion, id)?.content.parent;
            let doomed = subtree(transaction, companion, id)?;
            delete_messages(transaction, companion, parent, doomed)
        })?;
        Ok(Deleted { final_on_disk: self.finish_deletions()?, ..deleted })
    }

    /// Deletes the words of messages for good, with all that was made from them, as [`Store::delete_from`] does; their places in the conversation
    /// stay, empty and marked as erased, and so does what followed. Messages that are not there are passed over.
    ///
    /// To forget a fact wholly, erase the messages that it is known from, too, and those in which the companion took it up.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn erase_messages(&self, companion: CompanionId, ids: &[MessageId]) -> StoreResult<Deleted> {
        let deleted = self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            let mut doomed = Vec::new();
            for &id in ids {
                let there = messages::find(transaction, companion, id)?;
                doomed.extend(there.filter(|message| message.content.completeness != Completeness::Erased));
            }
            doomed.sort_by_key(|message| message.id);
            doomed.dedup_by_key(|message| message.id);
            erase(transaction, companion, doomed.iter().map(|message| message.id).collect())
        })?;
        Ok(Deleted { final_on_disk: self.finish_deletions()?, ..deleted })
    }

    /// Deletes a fact with its vector and the plans that held it. The same is not found again in what was said until now; the user may say it again.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn delete_fact(&self, companion: CompanionId, id: FactId) -> StoreResult<Deleted> {
        let deleted = self.connections.write(|transaction| {
            let fact = facts::get(transaction, companion, id)?;
            let hash = fact_hash(&salt(transaction, companion)?, &fact.content);
            bury(transaction, companion, "fact", id.0, &hash)?;
            let plans = delete_facts(transaction, companion, &[id])?;
            schedule(transaction)?;
            Ok(Deleted { facts: vec![id], plans, ..Deleted::default() })
        })?;
        Ok(Deleted { final_on_disk: self.finish_deletions()?, ..deleted })
    }

    /// Deletes a companion with everything that belongs to it. Answers whether nothing is left in the file either, as
    /// [`Deleted::final_on_disk`].
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn delete_companion(&self, companion: CompanionId) -> StoreResult<bool> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            // What was erased is out of the index already; taken out twice, the index counts wrongly and calls itself damaged.
            let mut statement = transaction.prepare_cached(
                "SELECT row, text FROM messages WHERE companion = ?1 AND completeness <> 'erased'",
            )?;
            let mut rows = statement.query([companion.0])?;
            while let Some(row) = rows.next()? {
                search::remove(transaction, companion, row.get(0)?, &row.get::<_, String>(1)?)?;
            }
            transaction.execute("DELETE FROM companions WHERE id = ?1", [companion.0])?;
            transaction
                .execute("DELETE FROM vector_models WHERE id NOT IN (SELECT model FROM vectors)", [])?;
            schedule(transaction)
        })?;
        self.finish_deletions()
    }

    /// Rewrites the file if a deletion asks for it, so that no page holds what was deleted. Answers whether nothing is left to do: while somebody
    /// else reads, it waits for a while, and then leaves it for later.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn finish_deletions(&self) -> StoreResult<bool> {
        match self.connections.maintain(scrub) {
            // What was asked for is done as far as anybody can see; the pages wait.
            Err(problem @ (StoreError::Busy { .. } | StoreError::Full { .. })) => {
                tracing::warn!("the file is not rewritten yet after a deletion: {problem}");
                Ok(false)
            }
            done => done,
        }
    }

    /// A message and all that follow it, on every branch, by number: what [`Store::delete_from`] deletes.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn following(&self, companion: CompanionId, id: MessageId) -> StoreResult<Vec<MessageId>> {
        self.connections.read(|connection| {
            messages::get(connection, companion, id)?;
            subtree(connection, companion, id)
        })
    }

    /// When something of a companion was deleted last, by whichever program.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn last_deleted(&self, companion: CompanionId) -> StoreResult<Option<Timestamp>> {
        self.connections.read(|connection| {
            ensure_companion(connection, companion)?;
            let last: Option<i64> = connection
                .prepare_cached("SELECT max(deleted) FROM tombstones WHERE companion = ?1")?
                .query_row([companion.0], |row| row.get(0))?;
            last.map(to_time).transpose()
        })
    }

    /// Whether a message with this speaker, text and time was deleted: an import must not bring it back.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn was_deleted(&self, companion: CompanionId, message: &NewMessage) -> StoreResult<bool> {
        self.connections.read(|connection| {
            let hash = message_hash(&salt(connection, companion)?, message);
            buried(connection, companion, &hash)
        })
    }
}

/// Answers whether nothing is left to do.
fn scrub(connection: &Connection) -> StoreResult<bool> {
    let pending = connection.prepare_cached("SELECT 1 FROM pending WHERE what = ?1")?.exists([SCRUB])?;
    if !pending {
        return Ok(true);
    }
    search::merge(connection)?;
    connection.execute_batch("VACUUM")?;
    if !cut_log(connection)? {
        return Ok(false);
    }
    connection.execute("DELETE FROM pending WHERE what = ?1", [SCRUB])?;
    Ok(true)
}

/// Writes the log into the database and empties it. `false` where somebody still reads what it holds.
fn cut_log(connection: &Connection) -> StoreResult<bool> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

fn schedule(transaction: &Transaction<'_>) -> StoreResult<()> {
    transaction.execute("INSERT OR IGNORE INTO pending (what) VALUES (?1)", [SCRUB])?;
    Ok(())
}

/// The message and all that follow it, by number.
fn subtree(connection: &Connection, companion: CompanionId, id: MessageId) -> StoreResult<Vec<MessageId>> {
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE following (id) AS (
             SELECT ?2
             UNION ALL
             SELECT messages.id FROM following
             CROSS JOIN messages ON messages.companion = ?1 AND messages.parent = following.id
         ) SELECT id FROM following ORDER BY id",
    )?;
    collect(&mut statement.query(params![companion.0, id.0])?, |row| Ok(MessageId(row.get(0)?)))
}

fn delete_messages(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    parent: Option<MessageId>,
    doomed: Vec<MessageId>,
) -> StoreResult<Deleted> {
    let ids = to_json("numbers", &doomed)?;
    if tree::head(transaction, companion)?.is_some_and(|head| doomed.binary_search(&head).is_ok()) {
        tree::set_head(transaction, companion, parent)?;
    }
    let above = parent.map(|parent| parent.0);
    let move_up = |sql: &str| -> StoreResult<()> {
        transaction.prepare_cached(sql)?.execute(params![companion.0, ids, above])?;
        Ok(())
    };
    move_up(
        "UPDATE branches SET head = ?3
         WHERE companion = ?1 AND head IN (SELECT value FROM json_each(?2))",
    )?;
    move_up(
        "UPDATE windows SET after = ?3
         WHERE companion = ?1 AND after IN (SELECT value FROM json_each(?2))",
    )?;
    let remove = |sql: &str| -> StoreResult<usize> {
        Ok(transaction.prepare_cached(sql)?.execute(params![companion.0, ids])?)
    };
    remove(
        "DELETE FROM choices WHERE companion = ?1
         AND (parent IN (SELECT value FROM json_each(?2)) OR child IN (SELECT value FROM json_each(?2)))",
    )?;
    let deleted = delete_derived(transaction, companion, doomed)?;
    remove(
        "DELETE FROM open_replies WHERE companion = ?1
         AND json_extract(message, '$.message.parent') IN (SELECT value FROM json_each(?2))",
    )?;
    bury_messages(transaction, companion, &ids)?;
    remove("DELETE FROM messages WHERE companion = ?1 AND id IN (SELECT value FROM json_each(?2))")?;
    schedule(transaction)?;
    Ok(deleted)
}

fn erase(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    doomed: Vec<MessageId>,
) -> StoreResult<Deleted> {
    let ids = to_json("numbers", &doomed)?;
    let deleted = delete_derived(transaction, companion, doomed)?;
    bury_messages(transaction, companion, &ids)?;
    transaction
        .prepare_cached(
            "UPDATE messages SET text = '', name = NULL, completeness = 'erased' WHERE companion = ?1
             AND id IN (SELECT value FROM json_each(?2))",
        )?
        .execute(params![companion.0, ids])?;
    schedule(transaction)?;
    Ok(deleted)
}

/// Deletes all that was made from messages, and not the messages.
fn delete_derived(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    doomed: Vec<MessageId>,
) -> StoreResult<Deleted> {
    let ids = to_json("numbers", &doomed)?;
    let remove = |sql: &str| -> StoreResult<usize> {
        Ok(transaction.prepare_cached(sql)?.execute(params![companion.0, ids])?)
    };
    let facts = facts_known_from_alone(transaction, companion, &ids)?;
    let mut plans = delete_facts(transaction, companion, &facts)?;
    // What they ended holds again.
    remove("DELETE FROM fact_ends WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
    remove("DELETE FROM fact_sources WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
    // A plan that holds a summary names the message where that ends, if not all that it is of.
    let ends = delete_summaries(transaction, companion, &doomed)?;
    plans += transaction
        .prepare_cached(
            "DELETE FROM plans WHERE companion = ?1 AND (
                 reply IN (SELECT value FROM json_each(?2)) OR EXISTS (
                     SELECT 1 FROM json_each(plans.messages) AS used WHERE used.value IN (
                         SELECT value FROM json_each(?2) UNION ALL SELECT value FROM json_each(?3))))",
        )?
        .execute(params![companion.0, ids, to_json("numbers", &ends)?])?;
    remove("DELETE FROM moods WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
    remove(
        "DELETE FROM lorebook_states WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))",
    )?;
    remove(
        "DELETE FROM vectors WHERE companion = ?1 AND kind = 0
         AND item IN (SELECT value FROM json_each(?2))",
    )?;
    // Titles and doubtful lines may have the same words.
    remove(
        "UPDATE imports SET report = json_remove(report, '$.report.conversations', '$.report.doubts', '$.report.names')
         WHERE companion = ?1 AND EXISTS (
             SELECT 1 FROM messages WHERE messages.companion = ?1 AND imported_from IS NOT NULL
             AND messages.id IN (SELECT value FROM json_each(?2)))",
    )?;
    Ok(Deleted { messages: doomed, facts, summaries: ends.len(), plans, ..Deleted::default() })
}

/// Deletes the summaries that hold something of these messages: they name one of them, or one stands on the path from their first message
/// to their last. Answers the last messages of those summaries.
fn delete_summaries(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    doomed: &[MessageId],
) -> StoreResult<Vec<MessageId>> {
    let of_doomed = |id: MessageId| doomed.binary_search(&id).is_ok();
    let places = doomed.iter().map(|&id| tree::place(transaction, companion, id));
    let places: Vec<tree::Place> = places.collect::<StoreResult<_>>()?;
    let mut ends = Vec::new();
    for summary in derived::summaries(transaction, companion)? {
        let NewSummary { first, last, sources, .. } = &summary.content;
        let held = of_doomed(*last)
            || sources.iter().copied().any(of_doomed)
            || tree::any_between(transaction, companion, *first, *last, &places)?;
        if held {
            ends.push(*last);
            transaction
                .prepare_cached("DELETE FROM summaries WHERE companion = ?1 AND id = ?2")?
                .execute(params![companion.0, summary.id.0])?;
        }
    }
    Ok(ends)
}

/// Takes messages out of the search index, and remembers that they were. Of those that were erased, both is done.
fn bury_messages(transaction: &Transaction<'_>, companion: CompanionId, ids: &str) -> StoreResult<()> {
    let salt = salt(transaction, companion)?;
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT {}, messages.row FROM messages
         WHERE companion = ?1 AND id IN (SELECT value FROM json_each(?2)) AND completeness <> 'erased'",
        super::rows::MESSAGE_COLUMNS
    ))?;
    let mut rows = statement.query(params![companion.0, ids])?;
    while let Some(row) = rows.next()? {
        let doomed = message(row)?;
        search::remove(transaction, companion, row.get("row")?, &doomed.content.text)?;
        bury(transaction, companion, "message", doomed.id.0, &message_hash(&salt, &doomed.content))?;
    }
    Ok(())
}

fn facts_known_from_alone(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    ids: &str,
) -> StoreResult<Vec<FactId>> {
    let mut statement = transaction.prepare_cached(
        "SELECT DISTINCT fact FROM fact_sources WHERE companion = ?1
         AND message IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (
             SELECT 1 FROM fact_sources AS other WHERE other.companion = ?1
             AND other.fact = fact_sources.fact AND other.message NOT IN (SELECT value FROM json_each(?2))
         ) ORDER BY fact",
    )?;
    collect(&mut statement.query(params![companion.0, ids])?, |row| Ok(FactId(row.get(0)?)))
}

/// Deletes facts, what was made from them, and answers how many plans went with them. What they superseded holds again, or is superseded by what
/// superseded them.
fn delete_facts(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    doomed: &[FactId],
) -> StoreResult<usize> {
    if doomed.is_empty() {
        return Ok(0);
    }
    for &id in doomed {
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO fact_ends (companion, fact, newer, message, at)
                 SELECT ?1, older.fact, own.newer, 0, own.at FROM fact_ends AS older
                 JOIN fact_ends AS own ON own.companion = ?1 AND own.fact = older.newer AND own.newer <> 0
                 WHERE older.companion = ?1 AND older.newer = ?2",
            )?
            .execute(params![companion.0, id.0])?;
        transaction
            .prepare_cached("DELETE FROM fact_ends WHERE companion = ?1 AND newer = ?2")?
            .execute(params![companion.0, id.0])?;
        transaction
            .prepare_cached("DELETE FROM facts WHERE companion = ?1 AND id = ?2")?
            .execute(params![companion.0, id.0])?;
        fact_changed(transaction, companion, id)?;
    }
    let plans = transaction
        .prepare_cached(
            "DELETE FROM plans WHERE companion = ?1 AND EXISTS (
                 SELECT 1 FROM json_each(plans.facts) AS used
                 WHERE used.value IN (SELECT value FROM json_each(?2)))",
        )?
        .execute(params![companion.0, to_json("numbers", &doomed)?])?;
    Ok(plans)
}

/// What was made from a fact's former words goes.
pub(super) fn fact_changed(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    id: FactId,
) -> StoreResult<()> {
    transaction
        .prepare_cached("DELETE FROM vectors WHERE companion = ?1 AND kind = 1 AND item = ?2")?
        .execute(params![companion.0, id.0])?;
    Ok(())
}

fn bury(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    kind: &str,
    item: u64,
    hash: &[u8],
) -> StoreResult<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO tombstones (companion, kind, item, hash, deleted) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![companion.0, kind, item, hash, from_time(Timestamp::now())])?;
    Ok(())
}

fn buried(connection: &Connection, companion: CompanionId, hash: &[u8]) -> StoreResult<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM tombstones WHERE companion = ?1 AND hash = ?2")?
        .exists(params![companion.0, hash])?)
}

/// Whether the user deleted this fact, and said it in none of its sources since: what was said before must not bring it back.
pub(super) fn is_deleted_fact(
    connection: &Connection,
    companion: CompanionId,
    fact: &NewFact,
) -> StoreResult<bool> {
    let hash = fact_hash(&salt(connection, companion)?, fact);
    let deleted: Option<i64> = connection
        .prepare_cached(
            "SELECT max(deleted) FROM tombstones WHERE companion = ?1 AND kind = 'fact' AND hash = ?2",
        )?
        .query_row(params![companion.0, hash], |row| row.get(0))?;
    let Some(deleted) = deleted else { return Ok(false) };
    let sources: Vec<MessageId> = fact.sources.iter().map(|source| source.message).collect();
    let said: Option<i64> = connection
        .prepare_cached(
            "SELECT max(time) FROM messages WHERE companion = ?1 AND id IN (SELECT value FROM json_each(?2))",
        )?
        .query_row(params![companion.0, to_json("numbers", &sources)?], |row| row.get(0))?;
    Ok(said.is_none_or(|said| said <= deleted))
}

/// The user says it again: it may be known.
pub(super) fn allow_fact(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    fact: &NewFact,
) -> StoreResult<()> {
    let hash = fact_hash(&salt(transaction, companion)?, fact);
    transaction
        .prepare_cached("DELETE FROM tombstones WHERE companion = ?1 AND kind = 'fact' AND hash = ?2")?
        .execute(params![companion.0, hash])?;
    Ok(())
}

fn salt(connection: &Connection, companion: CompanionId) -> StoreResult<Vec<u8>> {
    connection
        .prepare_cached("SELECT salt FROM companions WHERE id = ?1")?
        .query_row([companion.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoCompanion(companion))
}

fn message_hash(salt: &[u8], message: &NewMessage) -> [u8; 32] {
    let time = from_time(message.time).to_string();
    hash(salt, &["message", &word(&message.speaker), &time, &message.text])
}

/// By what it says, whatever the sentence. Case and blanks don't matter.
fn fact_hash(salt: &[u8], fact: &NewFact) -> [u8; 32] {
    let plain = |text: &str| super::companions::name_key(text);
    hash(salt, &["fact", &plain(&fact.subject), &plain(&fact.predicate), &plain(&fact.value)])
}

fn hash(salt: &[u8], parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(salt);
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
