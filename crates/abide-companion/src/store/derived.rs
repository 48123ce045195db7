//! What is made from messages and goes with them: moods, summaries, plans of prompts, states of lorebooks; and reports of imports.
//! Must not know how any of it is made.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{StoreError, StoreResult};
use super::messages::ensure_message;
use super::rows::{collect, from_json, from_time, rounded, rounded_number, to_json, to_time};
use super::{CompanionId, FactId, Store};
use crate::transcript::MessageId;

/// How far back a lorebook's state is looked for.
const LOREBOOK_MESSAGES_MAX: usize = 1000;
/// How far back a summary is looked for.
pub const SUMMARY_MESSAGES_MAX: usize = 4_000;

/// The mood of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mood {
    /// Which message.
    pub message: MessageId,
    /// From -1 (bad) to 1 (good).
    pub valence: f64,
    /// A word for it.
    pub label: Option<String>,
}

/// A summary of a conversation's part; ascending from 1, never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SummaryId(pub u64);

/// A summary to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSummary {
    /// The first message of the path that it is of.
    pub first: MessageId,
    /// The last one.
    pub last: MessageId,
    /// What it says.
    pub text: String,
    /// How it was made, such as `extractive` or `model:NAME`.
    pub method: String,
    /// Further messages whose words it may hold (those from `first` to `last` are known).
    pub sources: Vec<MessageId>,
}

/// A summary that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Which one.
    pub id: SummaryId,
    /// When it was made.
    pub created: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub content: NewSummary,
}

/// What a prompt was planned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The plan, in the planner's form.
    pub plan: Value,
    /// All messages whose words it may hold; of a summary, the message where it ends is enough.
    pub messages: Vec<MessageId>,
    /// All facts whose words it may hold.
    pub facts: Vec<FactId>,
}

/// What an import brought, as it was reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// Ascending from 1.
    pub id: u64,
    /// When it ended, or last brought something.
    pub time: Timestamp,
    /// The report. It may quote messages: the lists in it (`conversations`, `doubts`, `names`) go when one of an import's messages is deleted.
    pub report: Value,
}

impl Store {
    /// Keeps the mood of a message, instead of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`], [`StoreError::BadValue`] for a valence outside of -1 to 1.
    pub fn set_mood(&self, companion: CompanionId, mood: &Mood) -> StoreResult<()> {
        self.connections.write(|transaction| insert_mood(transaction, companion, mood))
    }

    /// The moods of messages said from `from` up to, not including, `to`, with their times, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn moods(
        &self,
        companion: CompanionId,
        from: Timestamp,
        to: Timestamp,
    ) -> StoreResult<Vec<(Timestamp, Mood)>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT moods.message, moods.valence, moods.label, messages.time FROM messages
                 JOIN moods ON moods.companion = messages.companion AND moods.message = messages.id
                 WHERE messages.companion = ?1 AND messages.time >= ?2 AND messages.time < ?3
                 ORDER BY messages.time, messages.id",
            )?;
            let values = params![companion.0, from_time(from), from_time(to)];
            collect(&mut statement.query(values)?, |row| Ok((to_time(row.get(3)?)?, read_mood(row)?)))
        })
    }

    /// Forgets all moods.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn clear_moods(&self, companion: CompanionId) -> StoreResult<()> {
        self.connections.write(|transaction| {
            transaction.execute("DELETE FROM moods WHERE companion = ?1", [companion.0])?;
            Ok(())
        })
    }

    /// Keeps a summary.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`] for a message it names.
    pub fn add_summary(&self, companion: CompanionId, new: NewSummary) -> StoreResult<Summary> {
        self.connections.write(|transaction| {
            let id: u64 = transaction
                .prepare_cached(
                    "UPDATE companions SET next_summary = next_summary + 1 WHERE id = ?1
                     RETURNING next_summary - 1",
                )?
                .query_row([companion.0], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::NoCompanion(companion))?;
            let created = rounded(Timestamp::now());
            let summary = Summary { id: SummaryId(id), created, content: new };
            insert_summary(transaction, companion, &summary)?;
            Ok(summary)
        })
    }

    /// All summaries, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn summaries(&self, companion: CompanionId) -> StoreResult<Vec<Summary>> {
        self.connections.read(|connection| summaries(connection, companion))
    }

    /// The summaries of parts of the active path, by the place where they end, then by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_summaries(&self, companion: CompanionId) -> StoreResult<Vec<Summary>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT summaries.id, summaries.first, summaries.last, summaries.text, summaries.method,
                 summaries.sources, summaries.created FROM summaries
                 JOIN path ON path.companion = summaries.companion AND path.message = summaries.last
                 WHERE summaries.companion = ?1 ORDER BY path.position, summaries.id",
            )?;
            collect(&mut statement.query([companion.0])?, read_summary)
        })
    }

    /// The newest summary that ends at `id`, or at the nearest message before it that one ends at, on whatever branch that is. No further back
    /// than 4,000 messages.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn path_summary(&self, companion: CompanionId, id: MessageId) -> StoreResult<Option<Summary>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                // Left to itself, SQLite goes through all summaries by number, the greatest first.
                "SELECT parent, (SELECT max(summaries.id) FROM summaries INDEXED BY summaries_by_last
                     WHERE summaries.companion = ?1 AND summaries.last = messages.id)
                 FROM messages WHERE companion = ?1 AND id = ?2",
            )?;
            let mut next = Some(id.0);
            for _ in 0..SUMMARY_MESSAGES_MAX {
                let Some(id) = next else { break };
                let found: Option<(Option<u64>, Option<u64>)> = statement
                    .query_row(params![companion.0, id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                match found {
                    Some((_, Some(summary))) => {
                        let mut statement = connection.prepare_cached(
                            "SELECT id, first, last, text, method, sources, created FROM summaries
                             WHERE companion = ?1 AND id = ?2",
                        )?;
                        let mut rows = statement.query(params![companion.0, summary])?;
                        return rows.next()?.map(read_summary).transpose();
                    }
                    Some((parent, None)) => next = parent,
                    None => break,
                }
            }
            Ok(None)
        })
    }

    /// Forgets a summary.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn remove_summary(&self, companion: CompanionId, id: SummaryId) -> StoreResult<()> {
        self.connections.write(|transaction| {
            let removed = transaction
                .prepare_cached("DELETE FROM summaries WHERE companion = ?1 AND id = ?2")?
                .execute(params![companion.0, id.0])?;
            let missing = || StoreError::Nothing { what: "summary", id: id.0.to_string() };
            if removed == 0 { Err(missing()) } else { Ok(()) }
        })
    }

    /// Keeps the plan of a reply's prompt, instead of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`] for the reply.
    pub fn set_plan(&self, companion: CompanionId, reply: MessageId, plan: &Plan) -> StoreResult<()> {
        self.connections.write(|transaction| insert_plan(transaction, companion, reply, plan))
    }

    /// The plan of a reply's prompt. `None` where none was kept, or something in it was deleted since.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn plan(&self, companion: CompanionId, reply: MessageId) -> StoreResult<Option<Plan>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT plan, messages, facts FROM plans WHERE companion = ?1 AND reply = ?2",
            )?;
            let mut rows = statement.query(params![companion.0, reply.0])?;
            rows.next()?.map(read_plan).transpose()
        })
    }

    /// Keeps the state of the lorebook as it is behind a message.
    ///
    /// # Errors
    /// [`StoreError::NoMessage`].
    pub fn set_lorebook_state(
        &self,
        companion: CompanionId,
        message: MessageId,
        state: &Value,
    ) -> StoreResult<()> {
        self.connections.write(|transaction| insert_lorebook_state(transaction, companion, message, state))
    }

    /// The state of the lorebook behind `message`: its own, or that of the nearest of the thousand messages before it that has one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn lorebook_state(&self, companion: CompanionId, message: MessageId) -> StoreResult<Option<Value>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT messages.parent, lorebook_states.state FROM messages LEFT JOIN lorebook_states
                 ON lorebook_states.companion = messages.companion AND lorebook_states.message = messages.id
                 WHERE messages.companion = ?1 AND messages.id = ?2",
            )?;
            let mut next = Some(message.0);
            for _ in 0..LOREBOOK_MESSAGES_MAX {
                let Some(id) = next else {
                    break;
                };
                let found: Option<(Option<u64>, Option<String>)> = statement
                    .query_row(params![companion.0, id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                match found {
                    Some((_, Some(state))) => return from_json("state of a lorebook", &state).map(Some),
                    Some((parent, None)) => next = parent,
                    None => break,
                }
            }
            Ok(None)
        })
    }

    /// Changes fields of a report: those in `changes` get what they have there, or go where that is null (a JSON merge patch, RFC 7396).
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn change_import(&self, companion: CompanionId, id: u64, changes: &Value) -> StoreResult<()> {
        self.connections.write(|transaction| change_import(transaction, companion, id, changes, None))
    }

    /// All reports of imports, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn imports(&self, companion: CompanionId) -> StoreResult<Vec<ImportRecord>> {
        self.connections.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, time, report FROM imports WHERE companion = ?1 ORDER BY id")?;
            collect(&mut statement.query([companion.0])?, read_import)
        })
    }
}

pub(super) fn insert_mood(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    mood: &Mood,
) -> StoreResult<()> {
    ensure_message(transaction, companion, mood.message)?;
    if !(-1.0..=1.0).contains(&mood.valence) {
        let detail = format!("its valence is {}, not between -1 and 1", mood.valence);
        return Err(StoreError::BadValue { what: "mood", detail });
    }
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO moods (companion, message, valence, label) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![companion.0, mood.message.0, rounded_number(mood.valence), mood.label])?;
    Ok(())
}

pub(super) fn read_mood(row: &Row<'_>) -> StoreResult<Mood> {
    Ok(Mood { message: MessageId(row.get(0)?), valence: row.get(1)?, label: row.get(2)? })
}

pub(super) fn insert_summary(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    summary: &Summary,
) -> StoreResult<()> {
    let content = &summary.content;
    ensure_message(transaction, companion, content.first)?;
    ensure_message(transaction, companion, content.last)?;
    transaction
        .prepare_cached(
            "INSERT INTO summaries (companion, id, first, last, text, method, sources, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            companion.0,
            summary.id.0,
            content.first.0,
            content.last.0,
            content.text,
            content.method,
            to_json("sources", &content.sources)?,
            from_time(summary.created),
        ])?;
    Ok(())
}

pub(super) fn summaries(connection: &Connection, companion: CompanionId) -> StoreResult<Vec<Summary>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, first, last, text, method, sources, created FROM summaries WHERE companion = ?1 ORDER BY id",
    )?;
    collect(&mut statement.query([companion.0])?, read_summary)
}

pub(super) fn read_summary(row: &Row<'_>) -> StoreResult<Summary> {
    Ok(Summary {
        id: SummaryId(row.get(0)?),
        created: to_time(row.get(6)?)?,
        content: NewSummary {
            first: MessageId(row.get(1)?),
            last: MessageId(row.get(2)?),
            text: row.get(3)?,
            method: row.get(4)?,
            sources: from_json("sources", &row.get::<_, String>(5)?)?,
        },
    })
}

pub(super) fn insert_plan(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    reply: MessageId,
    plan: &Plan,
) -> StoreResult<()> {
    ensure_message(transaction, companion, reply)?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO plans (companion, reply, plan, messages, facts) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            companion.0,
            reply.0,
            to_json("plan", &plan.plan)?,
            to_json("plan", &plan.messages)?,
            to_json("plan", &plan.facts)?,
        ])?;
    Ok(())
}

pub(super) fn read_plan(row: &Row<'_>) -> StoreResult<Plan> {
    Ok(Plan {
        plan: from_json("plan", &row.get::<_, String>(0)?)?,
        messages: from_json("plan", &row.get::<_, String>(1)?)?,
        facts: from_json("plan", &row.get::<_, String>(2)?)?,
    })
}

pub(super) fn insert_lorebook_state(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    message: MessageId,
    state: &Value,
) -> StoreResult<()> {
    ensure_message(transaction, companion, message)?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO lorebook_states (companion, message, state) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![companion.0, message.0, to_json("state of a lorebook", state)?])?;
    Ok(())
}

pub(super) fn add_import(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    report: &Value,
) -> StoreResult<ImportRecord> {
    let id = transaction
        .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM imports WHERE companion = ?1")?
        .query_row([companion.0], |row| row.get(0))?;
    let record = ImportRecord { id, time: rounded(Timestamp::now()), report: report.clone() };
    insert_import(transaction, companion, &record)?;
    Ok(record)
}

/// Changes fields of a report, and its time where there is a new one.
pub(super) fn change_import(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    id: u64,
    changes: &Value,
    time: Option<Timestamp>,
) -> StoreResult<()> {
    let changed = transaction
        .prepare_cached(
            "UPDATE imports SET report = json_patch(report, ?3), time = coalesce(?4, time)
             WHERE companion = ?1 AND id = ?2",
        )?
        .execute(params![companion.0, id, to_json("report", changes)?, time.map(from_time)])?;
    let missing = || StoreError::Nothing { what: "import", id: id.to_string() };
    (changed == 1).then_some(()).ok_or_else(missing)
}

pub(super) fn insert_import(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    record: &ImportRecord,
) -> StoreResult<()> {
    transaction
        .prepare_cached("INSERT INTO imports (companion, id, time, report) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            companion.0,
            record.id,
            from_time(record.time),
            to_json("report", &record.report)?
        ])?;
    Ok(())
}

pub(super) fn read_import(row: &Row<'_>) -> StoreResult<ImportRecord> {
    Ok(ImportRecord {
        id: row.get(0)?,
        time: to_time(row.get(1)?)?,
        report: from_json("report", &row.get::<_, String>(2)?)?,
    })
}
