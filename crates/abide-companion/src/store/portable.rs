//! A companion as lines of JSON, section by section, and back: what an archive is filled with. Must not know archives.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::companions::{insert_branch, insert_companion, insert_persona_version, read_persona};
use super::derived::{
    insert_import, insert_lorebook_state, insert_mood, insert_plan, insert_summary, read_import, read_mood,
    read_plan, read_summary,
};
use super::error::{StoreError, StoreResult};
use super::facts::FACT_COLUMNS;
use super::messages::insert_as;
use super::rows::{MESSAGE_COLUMNS, from_json, from_time, message, to_json, to_time};
use super::windows::{insert_window, read_window};
use super::{
    Companion, CompanionId, Fact, ImportRecord, Mood, PersonaVersion, Plan, Store, Summary, VectorOf, Window,
    companions, facts, tree, vectors, weave,
};
use crate::transcript::{ClientChat, Message, MessageId};

/// Highest number that anything may have.
const NUMBER_MAX: u64 = 1 << 48;

/// A companion's parts, in the order in which they are written and read: each names only what comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Personas,
    Settings,
    Messages,
    Branches,
    Choices,
    Windows,
    Facts,
    Summaries,
    Moods,
    Plans,
    LorebookStates,
    Tombstones,
    Imports,
    Vectors,
}

impl Section {
    pub(crate) const ALL: [Self; 14] = [
        Self::Personas,
        Self::Settings,
        Self::Messages,
        Self::Branches,
        Self::Choices,
        Self::Windows,
        Self::Facts,
        Self::Summaries,
        Self::Moods,
        Self::Plans,
        Self::LorebookStates,
        Self::Tombstones,
        Self::Imports,
        Self::Vectors,
    ];
}

/// What a companion is besides its sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    pub(crate) uid: Uuid,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    /// Base64.
    salt: String,
    branch: String,
    next_message: u64,
    next_fact: u64,
    next_summary: u64,
    next_window: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    key: String,
    value: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BranchRecord {
    name: String,
    head: Option<MessageId>,
    created: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    /// 0 stands before the first messages.
    parent: MessageId,
    child: MessageId,
}

#[derive(Serialize, Deserialize)]
struct PlanRecord {
    reply: MessageId,
    #[serde(flatten)]
    plan: Plan,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LorebookState {
    message: MessageId,
    state: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tombstone {
    kind: String,
    item: u64,
    /// Base64.
    hash: String,
    deleted: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    model: String,
    of: VectorOf,
    /// Base64.
    bytes: String,
}

impl Store {
    /// Lets `work` read one state of a companion, however long it takes. Nobody waits for it.
    pub(crate) fn snapshot<T>(
        &self,
        companion: CompanionId,
        work: impl FnOnce(&Snapshot<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.connections.read(|connection| {
            companions::ensure_companion(connection, companion)?;
            work(&Snapshot { connection, companion })
        })
    }

    /// Makes a companion and lets `work` fill it, in one transaction: nothing is there where it fails.
    pub(crate) fn restore<T>(
        &self,
        identity: &Identity,
        work: impl FnOnce(&mut Restored<'_>) -> StoreResult<T>,
    ) -> StoreResult<(Companion, T)> {
        self.connections.write(|transaction| {
            let companion = insert_identity(transaction, identity)?;
            let mut restored =
                Restored { transaction, companion, last_message: 0, parents_behind: Vec::new() };
            let value = work(&mut restored)?;
            restored.finish(identity)?;
            Ok((companions::companion(transaction, companion)?, value))
        })
    }

    /// The companion with this uid.
    pub(crate) fn companion_with_uid(&self, uid: Uuid) -> StoreResult<Option<Companion>> {
        Ok(self.companions()?.into_iter().find(|companion| companion.uid == uid))
    }
}

/// One state of a companion.
pub(crate) struct Snapshot<'connection> {
    connection: &'connection Connection,
    companion: CompanionId,
}

impl Snapshot<'_> {
    pub(crate) fn identity(&self) -> StoreResult<Identity> {
        let Companion { uid, name, created, .. } = companions::companion(self.connection, self.companion)?;
        Ok(self
            .connection
            .prepare_cached(
                "SELECT salt, branch, next_message, next_fact, next_summary, next_window
                 FROM companions WHERE id = ?1",
            )?
            .query_row([self.companion.0], |row| {
                Ok(Identity {
                    uid,
                    name,
                    created,
                    salt: STANDARD.encode(row.get::<_, Vec<u8>>(0)?),
                    branch: row.get(1)?,
                    next_message: row.get(2)?,
                    next_fact: row.get(3)?,
                    next_summary: row.get(4)?,
                    next_window: row.get(5)?,
                })
            })?)
    }

    /// Shows the lines of a section to `visit`, one at a time, always in the same order.
    pub(crate) fn lines(
        &self,
        section: Section,
        visit: &mut dyn FnMut(&str) -> StoreResult<()>,
    ) -> StoreResult<()> {
        match section {
            Section::Personas => self.each(
                "SELECT version, created, note, reverted_to, persona FROM persona_versions
                 WHERE companion = ?1 ORDER BY version",
                read_persona,
                visit,
            ),
            Section::Settings => self.each(
                "SELECT key, value FROM settings WHERE companion = ?1 ORDER BY key",
                |row| Ok(Setting { key: row.get(0)?, value: json(row, 1)? }),
                visit,
            ),
            Section::Messages => self.each(
                &format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE companion = ?1 ORDER BY id"),
                message,
                visit,
            ),
            Section::Branches => self.each(
                "SELECT name, head, created FROM branches WHERE companion = ?1 ORDER BY name",
                read_branch,
                visit,
            ),
            Section::Choices => self.each(
                "SELECT parent, child FROM choices WHERE companion = ?1 ORDER BY parent",
                |row| Ok(Choice { parent: MessageId(row.get(0)?), child: MessageId(row.get(1)?) }),
                visit,
            ),
            Section::Windows => self.each(
                "SELECT id, after, opened, title FROM windows WHERE companion = ?1 ORDER BY id",
                read_window,
                visit,
            ),
            _ => self.derived_lines(section, visit),
        }
    }

    fn derived_lines(
        &self,
        section: Section,
        visit: &mut dyn FnMut(&str) -> StoreResult<()>,
    ) -> StoreResult<()> {
        match section {
            Section::Facts => self.each(
                // Programs before the ends know of one newer fact.
                &format!("SELECT {} FROM facts WHERE companion = ?1 ORDER BY id", FACT_COLUMNS.replacen(
                    "superseded_by",
                    "(SELECT max(nullif(newer, 0)) FROM fact_ends WHERE companion = ?1 AND fact = facts.id)",
                    1,
                )),
                |row| self.read_fact(row),
                visit,
            ),
            Section::Summaries => self.each(
                "SELECT id, first, last, text, method, sources, created FROM summaries
                 WHERE companion = ?1 ORDER BY id",
                read_summary,
                visit,
            ),
            Section::Moods => self.each(
                "SELECT message, valence, label FROM moods WHERE companion = ?1 ORDER BY message",
                read_mood,
                visit,
            ),
            Section::Plans => self.each(
                "SELECT plan, messages, facts, reply FROM plans WHERE companion = ?1 ORDER BY reply",
                |row| Ok(PlanRecord { reply: MessageId(row.get(3)?), plan: read_plan(row)? }),
                visit,
            ),
            Section::LorebookStates => self.each(
                "SELECT message, state FROM lorebook_states WHERE companion = ?1 ORDER BY message",
                |row| Ok(LorebookState { message: MessageId(row.get(0)?), state: json(row, 1)? }),
                visit,
            ),
            Section::Tombstones => self.each(
                "SELECT kind, item, hash, deleted FROM tombstones WHERE companion = ?1 ORDER BY kind, item",
                read_tombstone,
                visit,
            ),
            Section::Imports => self.each(
                "SELECT id, time, report FROM imports WHERE companion = ?1 ORDER BY id",
                read_import,
                visit,
            ),
            _ => self.each(
                "SELECT vector_models.name, kind, item, bytes FROM vectors
                 JOIN vector_models ON vector_models.id = vectors.model
                 WHERE companion = ?1 ORDER BY vector_models.name, kind, item",
                read_vector,
                visit,
            ),
        }
    }

    fn each<T: Serialize>(
        &self,
        sql: &str,
        mut read: impl FnMut(&Row<'_>) -> StoreResult<T>,
        visit: &mut dyn FnMut(&str) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([self.companion.0])?;
        while let Some(row) = rows.next()? {
            visit(&to_json("record", &read(row)?)?)?;
        }
        Ok(())
    }

    fn read_fact(&self, row: &Row<'_>) -> StoreResult<Fact> {
        let mut fact = facts::read(row)?;
        fact.content.sources = facts::sources(self.connection, self.companion, fact.id)?;
        fact.ends = facts::ends(self.connection, self.companion, fact.id)?;
        Ok(fact)
    }
}

fn json(row: &Row<'_>, column: usize) -> StoreResult<Value> {
    from_json("value", &row.get::<_, String>(column)?)
}

fn read_branch(row: &Row<'_>) -> StoreResult<BranchRecord> {
    Ok(BranchRecord {
        name: row.get(0)?,
        head: row.get::<_, Option<u64>>(1)?.map(MessageId),
        created: to_time(row.get(2)?)?,
    })
}

fn read_tombstone(row: &Row<'_>) -> StoreResult<Tombstone> {
    Ok(Tombstone {
        kind: row.get(0)?,
        item: row.get(1)?,
        hash: STANDARD.encode(row.get::<_, Vec<u8>>(2)?),
        deleted: to_time(row.get(3)?)?,
    })
}

fn read_vector(row: &Row<'_>) -> StoreResult<Vector> {
    Ok(Vector {
        model: row.get(0)?,
        of: VectorOf::from_parts(row.get(1)?, row.get(2)?),
        bytes: STANDARD.encode(row.get::<_, Vec<u8>>(3)?),
    })
}

/// A companion that is being filled.
pub(crate) struct Restored<'transaction> {
    transaction: &'transaction Transaction<'transaction>,
    companion: CompanionId,
    last_message: u64,
    /// Messages and what they follow, where that comes behind them.
    parents_behind: Vec<(MessageId, MessageId)>,
}

impl Restored<'_> {
    /// Takes one line of a section. Sections come in order.
    ///
    /// # Errors
    /// [`StoreError::BadRow`] where the line is no such record, or names what is not there.
    pub(crate) fn take(&mut self, section: Section, line: &str) -> StoreResult<()> {
        let (transaction, companion) = (self.transaction, self.companion);
        match section {
            Section::Personas => {
                let version: PersonaVersion = record(line)?;
                number(version.version)?;
                version.reverted_to.map_or(Ok(()), number)?;
                insert_persona_version(transaction, companion, &version)
            }
            Section::Settings => self.take_setting(&record(line)?),
            Section::Messages => self.take_message(record(line)?),
            Section::Branches => {
                let BranchRecord { name, head, created } = record(line)?;
                head.map_or(Ok(()), |head| self.known(head))?;
                let name = companions::checked_name(&name)?;
                insert_branch(transaction, companion, name, head.map(|head| head.0), created)
            }
            Section::Choices => self.take_choice(&record(line)?),
            Section::Windows => {
                let window: Window = record(line)?;
                number(window.id.0)?;
                window.after.map_or(Ok(()), |after| self.known(after))?;
                insert_window(transaction, companion, &window)
            }
            Section::Facts => {
                let fact: Fact = record(line)?;
                number(fact.id.0)?;
                facts::insert(transaction, companion, &fact)
            }
            Section::Summaries => {
                let summary: Summary = record(line)?;
                number(summary.id.0)?;
                insert_summary(transaction, companion, &summary)
            }
            Section::Moods => insert_mood(transaction, companion, &record::<Mood>(line)?),
            Section::Plans => {
                let PlanRecord { reply, plan } = record(line)?;
                insert_plan(transaction, companion, reply, &plan)
            }
            Section::LorebookStates => {
                let LorebookState { message, state } = record(line)?;
                insert_lorebook_state(transaction, companion, message, &state)
            }
            Section::Tombstones => self.take_tombstone(&record(line)?),
            Section::Imports => {
                let import: ImportRecord = record(line)?;
                number(import.id)?;
                insert_import(transaction, companion, &import)
            }
            Section::Vectors => self.take_vector(&record(line)?),
        }
    }

    fn take_setting(&self, setting: &Setting) -> StoreResult<()> {
        self.transaction
            .prepare_cached("INSERT INTO settings (companion, key, value) VALUES (?1, ?2, ?3)")?
            .execute(params![self.companion.0, setting.key, to_json("setting", &setting.value)?])?;
        Ok(())
    }

    fn take_message(&mut self, mut message: Message) -> StoreResult<()> {
        number(message.id.0)?;
        if let Some(ClientChat::Of(chat)) = message.content.chat {
            number(chat.0)?;
        }
        if message.id.0 <= self.last_message {
            return Err(bad(format!("message {} comes behind {}", message.id.0, self.last_message)));
        }
        self.last_message = message.id.0;
        if let Some(parent) = message.content.parent.take_if(|parent| *parent > message.id) {
            self.parents_behind.push((message.id, parent));
        }
        insert_as(self.transaction, self.companion, message.id, message.content)?;
        Ok(())
    }

    fn take_choice(&self, choice: &Choice) -> StoreResult<()> {
        self.known(choice.child)?;
        self.transaction
            .prepare_cached("INSERT INTO choices (companion, parent, child) VALUES (?1, ?2, ?3)")?
            .execute(params![self.companion.0, choice.parent.0, choice.child.0])?;
        Ok(())
    }

    fn take_tombstone(&self, tombstone: &Tombstone) -> StoreResult<()> {
        number(tombstone.item)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO tombstones (companion, kind, item, hash, deleted) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                self.companion.0,
                tombstone.kind,
                tombstone.item,
                decode(&tombstone.hash)?,
                from_time(tombstone.deleted),
            ])?;
        Ok(())
    }

    fn take_vector(&self, vector: &Vector) -> StoreResult<()> {
        let model = vectors::model_id(self.transaction, &vector.model)?;
        vectors::insert(self.transaction, self.companion, model, vector.of, &decode(&vector.bytes)?)
    }

    fn known(&self, message: MessageId) -> StoreResult<()> {
        super::messages::ensure_message(self.transaction, self.companion, message)
    }

    /// Writes out the path, and checks what only the whole shows.
    fn finish(&self, identity: &Identity) -> StoreResult<()> {
        let (transaction, companion) = (self.transaction, self.companion);
        if !weave::settle(transaction, companion, &self.parents_behind)? {
            return Err(bad("messages follow each other in a circle".to_owned()));
        }
        let branches = tree::branches(transaction, companion)?;
        let current = branches
            .into_iter()
            .find(|branch| branch.name == identity.branch)
            .ok_or_else(|| bad("the current branch is not there".to_owned()))?;
        tree::set_head(transaction, companion, current.head)?;
        let complaints = [
            ("persona", "SELECT NOT EXISTS (SELECT 1 FROM persona_versions WHERE companion = ?1)"),
            (
                "choice",
                "SELECT EXISTS (SELECT 1 FROM choices JOIN messages ON messages.companion = choices.companion
                 AND messages.id = choices.child WHERE choices.companion = ?1
                 AND coalesce(messages.parent, 0) <> choices.parent)",
            ),
            (
                "newer fact",
                "SELECT EXISTS (SELECT 1 FROM facts WHERE companion = ?1 AND superseded_by IS NOT NULL
                 AND superseded_by NOT IN (SELECT id FROM facts WHERE companion = ?1))
                 OR EXISTS (SELECT 1 FROM fact_ends WHERE companion = ?1 AND newer <> 0
                 AND newer NOT IN (SELECT id FROM facts WHERE companion = ?1))",
            ),
            (
                "next number",
                "SELECT next_message <= (SELECT coalesce(max(id), 0) FROM messages WHERE companion = ?1)
                 OR next_fact <= (SELECT coalesce(max(id), 0) FROM facts WHERE companion = ?1)
                 OR next_summary <= (SELECT coalesce(max(id), 0) FROM summaries WHERE companion = ?1)
                 OR next_window <= (SELECT coalesce(max(id), 0) FROM windows WHERE companion = ?1)
                 FROM companions WHERE id = ?1",
            ),
        ];
        for (what, wrong) in complaints {
            if transaction.query_row(wrong, [companion.0], |row| row.get(0))? {
                return Err(bad(format!("a {what} is missing or wrong")));
            }
        }
        facts::take_over_ends(transaction, companion)
    }
}

fn insert_identity(transaction: &Transaction<'_>, identity: &Identity) -> StoreResult<CompanionId> {
    let Identity { uid, name, created, salt, branch, .. } = identity;
    let numbers = [identity.next_message, identity.next_fact, identity.next_summary, identity.next_window];
    numbers.into_iter().try_for_each(number)?;
    let companion = insert_companion(transaction, *uid, name, *created, &decode(salt)?)?;
    transaction.execute(
        "UPDATE companions SET branch = ?2, next_message = ?3, next_fact = ?4, next_summary = ?5,
         next_window = ?6 WHERE id = ?1",
        params![companion.0, branch, numbers[0], numbers[1], numbers[2], numbers[3]],
    )?;
    Ok(companion)
}

fn record<T: DeserializeOwned>(line: &str) -> StoreResult<T> {
    from_json("record", line)
}

fn decode(text: &str) -> StoreResult<Vec<u8>> {
    STANDARD.decode(text).map_err(|error| bad(error.to_string()))
}

fn number(number: u64) -> StoreResult<()> {
    if (1..=NUMBER_MAX).contains(&number) { Ok(()) } else { Err(bad(format!("{number} can't be a number"))) }
}

fn bad(detail: String) -> StoreError {
    StoreError::BadRow { what: "record", detail }
}
