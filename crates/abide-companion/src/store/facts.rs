//! Facts: what the companion knows, from which messages, and until when. Must not know how they are found in texts.
//!
//! What is known follows the active path. A fact that is known from messages beside it alone is aside: it is kept, and neither holds nor ends
//! another; nor does one that a message on the path takes back. So what ends a fact is kept beside it by its cause, and whether it is ended is seen when it is read.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::companions::ensure_companion;
use super::error::{StoreError, StoreResult};
use super::forget;
use super::messages::ensure_message;
use super::rows::{
    collect, from_time, from_word, rounded, rounded_number, to_json, to_optional_time, to_time, word,
};
use super::{CompanionId, Store};
use crate::transcript::MessageId;

/// Longest text of a fact.
const FACT_BYTES_MAX: usize = 16 << 10;
/// Facts whose sources are asked for one by one; those of more are read in one go.
const SOURCES_ONE_BY_ONE_MAX: usize = 8;
/// Most messages that a fact is known from.
const SOURCES_MAX: usize = 256;

/// A fact of one companion; ascending from 1, never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub u64);

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Who somebody is: name, age, origin.
    Identity,
    /// Somebody in the user's life, or an animal.
    Person,
    /// What is liked and what is not.
    Preference,
    /// A day that comes again, or one to remember.
    Date,
    /// Where somebody lives or was.
    Place,
    /// Work, school, study.
    Work,
    /// Health and how somebody is.
    Health,
    /// What somebody has.
    Possession,
    /// What happened, or will.
    Event,
    /// What somebody wants or means to do.
    Goal,
    /// What was promised, by either.
    Promise,
    /// What must not be brought up.
    Avoid,
    /// Anything else that is to be remembered.
    Note,
}

/// Who found a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactOrigin {
    /// A pattern in what was said.
    Pattern,
    /// A language model.
    Model,
    /// The user, by hand.
    User,
    /// A history of another service.
    Import,
}

/// A message that a fact is known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSource {
    /// Which one.
    pub message: MessageId,
    /// Its words that say it.
    pub quote: Option<String>,
}

/// A fact to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewFact {
    /// What it is about.
    pub kind: FactKind,
    /// Whose it is: `user`, `companion`, or a name.
    pub subject: String,
    /// What it says of the subject, such as `lives in`.
    pub predicate: String,
    /// What that is, such as `Lyon`.
    pub value: String,
    /// The whole as a sentence.
    pub text: String,
    /// The language of the sentence: a BCP 47 tag.
    pub language: Option<String>,
    /// Since when it holds.
    pub valid_from: Option<Timestamp>,
    /// Until when it holds.
    pub valid_to: Option<Timestamp>,
    /// What it is known from.
    pub sources: Vec<FactSource>,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// Whether it goes into every prompt.
    pub pinned: bool,
    /// Who found it.
    pub origin: FactOrigin,
}

/// A fact that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Which one.
    pub id: FactId,
    /// The newer fact that holds instead, on the active path.
    pub superseded_by: Option<FactId>,
    /// Whether it is known from messages beside the active path alone, or was taken back on the path: it does not hold here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
    /// Whether something that was said on the active path ended it, and not its own time alone.
    #[serde(skip)]
    pub is_ended: bool,
    /// In archives alone: what ends it, on whichever path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<FactEnd>,
    /// When it was stored.
    pub created: Timestamp,
    /// When the user changed it last.
    pub edited: Option<Timestamp>,
    /// What it says.
    #[serde(flatten)]
    pub content: NewFact,
}

/// What ends a fact, wherever it holds itself: a newer fact, or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactEnd {
    /// The newer fact.
    pub newer: Option<FactId>,
    /// The message that says so.
    pub message: Option<MessageId>,
    /// From when on.
    pub at: Timestamp,
}

/// What a user changes about a fact; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactEdit {
    /// See [`NewFact::kind`].
    pub kind: Option<FactKind>,
    /// See [`NewFact::value`].
    pub value: Option<String>,
    /// See [`NewFact::text`].
    pub text: Option<String>,
    /// See [`NewFact::valid_from`].
    pub valid_from: Option<Option<Timestamp>>,
    /// See [`NewFact::valid_to`].
    pub valid_to: Option<Option<Timestamp>>,
    /// See [`NewFact::confidence`].
    pub confidence: Option<f64>,
    /// See [`NewFact::pinned`].
    pub pinned: Option<bool>,
}

impl Fact {
    /// Whether it still holds at a time: nothing ended it, or not yet. Only what does is known, to whoever asks and in prompts.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.content.valid_to.is_none_or(|end| end > at)
    }

    /// Whether it is what is told now: no newer one took its place, and it was not set aside.
    pub fn is_current(&self) -> bool {
        self.superseded_by.is_none() && !self.aside
    }
}

/// Which facts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FactFilter<'text> {
    /// Those of this kind alone.
    pub kind: Option<FactKind>,
    /// Those about this subject alone, as it was stored.
    pub subject: Option<&'text str>,
    /// Those with this predicate alone, as it was stored.
    pub predicate: Option<&'text str>,
    /// Those alone that are known on the active path, and were not superseded there.
    pub current: bool,
    /// Those that are pinned alone.
    pub pinned: bool,
}

impl Store {
    /// Keeps a fact. `None` where the user deleted the same one after its sources were said: it comes back by the user's own hand, or when they say it
    /// again.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`], [`StoreError::NoMessage`] for a source, [`StoreError::BadValue`].
    pub fn add_fact(&self, companion: CompanionId, new: NewFact) -> StoreResult<Option<Fact>> {
        self.connections.write(|transaction| add(transaction, companion, new))
    }

    /// Keeps a fact that takes the place of older ones, whose validity ends where the new one's begins, wherever that is known. `None` as in
    /// [`Store::add_fact`]; then the old ones stay.
    ///
    /// # Errors
    /// As [`Store::add_fact`], and [`StoreError::Nothing`].
    pub fn supersede_facts(
        &self,
        companion: CompanionId,
        old: &[FactId],
        new: NewFact,
    ) -> StoreResult<Option<Fact>> {
        self.connections.write(|transaction| {
            old.iter().try_for_each(|&old| get(transaction, companion, old).map(drop))?;
            let Some(added) = add(transaction, companion, new)? else {
                return Ok(None);
            };
            let at = added.content.valid_from.unwrap_or(added.created);
            old.iter().try_for_each(|&old| {
                // What began before the old one was told ends nothing before it began.
                let began = get(transaction, companion, old)?.content.valid_from;
                let end = FactEnd {
                    newer: Some(added.id),
                    message: None,
                    at: began.map_or(at, |began| began.max(at)),
                };
                insert_end(transaction, companion, old, &end)
            })?;
            Ok(Some(added))
        })
    }

    /// Names further messages that say the same.
    ///
    /// # Errors
    /// [`StoreError::Nothing`], [`StoreError::NoMessage`].
    pub fn add_fact_source(
        &self,
        companion: CompanionId,
        fact: FactId,
        source: &FactSource,
    ) -> StoreResult<()> {
        self.connections.write(|transaction| {
            if get(transaction, companion, fact)?.content.sources.len() < SOURCES_MAX {
                insert_source(transaction, companion, fact, source)?;
            }
            Ok(())
        })
    }

    /// One fact.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn fact(&self, companion: CompanionId, id: FactId) -> StoreResult<Fact> {
        self.connections.read(|connection| get(connection, companion, id))
    }

    /// The facts that `filter` lets through, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn facts(&self, companion: CompanionId, filter: FactFilter<'_>) -> StoreResult<Vec<Fact>> {
        self.connections.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {} FROM facts WHERE companion = ?1 AND (?2 IS NULL OR kind = ?2)
                 AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR predicate = ?4)
                 AND (NOT ?5 OR pinned) ORDER BY id",
                *COLUMNS_HERE
            ))?;
            let kind = filter.kind.as_ref().map(word);
            let values = params![companion.0, kind, filter.subject, filter.predicate, filter.pinned];
            let mut facts = collect(&mut statement.query(values)?, read_here)?;
            facts.retain(|fact| !filter.current || fact.is_current());
            if facts.len() <= SOURCES_ONE_BY_ONE_MAX {
                for fact in &mut facts {
                    fact.content.sources = sources(connection, companion, fact.id)?;
                }
                return Ok(facts);
            }
            let mut statement = connection.prepare_cached(
                "SELECT fact, message, quote FROM fact_sources WHERE companion = ?1 ORDER BY fact, message",
            )?;
            let mut rows = statement.query([companion.0])?;
            let mut at = 0;
            while let Some(row) = rows.next()? {
                let of = FactId(row.get(0)?);
                while facts.get(at).is_some_and(|fact| fact.id < of) {
                    at += 1;
                }
                if let Some(fact) = facts.get_mut(at).filter(|fact| fact.id == of) {
                    let source = FactSource { message: MessageId(row.get(1)?), quote: row.get(2)? };
                    fact.content.sources.push(source);
                }
            }
            Ok(facts)
        })
    }

    /// A number that is another one whenever the facts have changed, whoever changed them.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn facts_version(&self, companion: CompanionId) -> StoreResult<u64> {
        self.connections.read(|connection| {
            let version = connection
                .prepare_cached("SELECT facts_version FROM companions WHERE id = ?1")?
                .query_row([companion.0], |row| row.get(0))
                .optional()?;
            version.ok_or(StoreError::NoCompanion(companion))
        })
    }

    /// How many facts are known from messages of these stretches, each by its first and last number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn facts_from_messages(
        &self,
        companion: CompanionId,
        stretches: &[(MessageId, MessageId)],
    ) -> StoreResult<usize> {
        self.connections.read(|connection| {
            let count = connection
                .prepare_cached(
                    "SELECT count(DISTINCT fact) FROM json_each(?2) AS stretch CROSS JOIN fact_sources
                     ON fact_sources.companion = ?1
                     AND message BETWEEN json_extract(stretch.value, '$[0]') AND json_extract(stretch.value, '$[1]')",
                )?
                .query_row(params![companion.0, to_json("stretches", &stretches)?], |row| row.get(0))?;
            Ok(count)
        })
    }

    /// Changes a fact by the user's hand: from then on it is the user's own.
    ///
    /// # Errors
    /// [`StoreError::Nothing`], [`StoreError::BadValue`].
    pub fn edit_fact(&self, companion: CompanionId, id: FactId, edit: FactEdit) -> StoreResult<Fact> {
        self.connections.write(|transaction| {
            let mut content = get(transaction, companion, id)?.content;
            content.kind = edit.kind.unwrap_or(content.kind);
            content.value = edit.value.unwrap_or(content.value);
            content.text = edit.text.unwrap_or(content.text);
            content.valid_from = edit.valid_from.unwrap_or(content.valid_from);
            if let Some(end) = edit.valid_to {
                content.valid_to = end;
                // The user's hand has the last word.
                transaction
                    .prepare_cached("DELETE FROM fact_ends WHERE companion = ?1 AND fact = ?2 AND newer = 0")?
                    .execute(params![companion.0, id.0])?;
            }
            content.confidence = edit.confidence.unwrap_or(content.confidence);
            content.pinned = edit.pinned.unwrap_or(content.pinned);
            check(&content)?;
            transaction
                .prepare_cached(
                    "UPDATE facts SET kind = ?3, value = ?4, text = ?5, valid_from = ?6,
                     valid_to = CASE WHEN ?11 THEN ?7 ELSE valid_to END, confidence = ?8, pinned = ?9, origin = 'user', edited = ?10 WHERE companion = ?1 AND id = ?2",
                )?
                .execute(params![
                    companion.0,
                    id.0,
                    word(&content.kind),
                    content.value,
                    content.text,
                    content.valid_from.map(from_time),
                    content.valid_to.map(from_time),
                    rounded_number(content.confidence),
                    content.pinned,
                    from_time(Timestamp::now()),
                    edit.valid_to.is_some(),
                ])?;
            forget::fact_changed(transaction, companion, id)?;
            get(transaction, companion, id)
        })
    }

    /// A fact holds no longer from `at` on, as far as nothing earlier ended it, where `message`, which says so, was said; it held until it was told at
    /// least. The user's hand is [`Store::edit_fact`].
    ///
    /// # Errors
    /// [`StoreError::Nothing`], [`StoreError::NoMessage`].
    pub fn end_fact(
        &self,
        companion: CompanionId,
        id: FactId,
        at: Timestamp,
        message: MessageId,
    ) -> StoreResult<()> {
        self.tell_end(companion, id, message, |began| began.max(at))
    }

    /// A fact was not meant, where `message`, which says so, was said: there it never held, what it superseded holds again, and it may be found again.
    ///
    /// # Errors
    /// As [`Store::end_fact`].
    pub fn withdraw_fact(&self, companion: CompanionId, id: FactId, message: MessageId) -> StoreResult<()> {
        // What ends before it began never held: see `known_here`.
        self.tell_end(companion, id, message, |began| {
            began.checked_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN)
        })
    }

    /// `message` says that a fact holds no longer, from when on it is told by when the fact began.
    fn tell_end(
        &self,
        companion: CompanionId,
        id: FactId,
        message: MessageId,
        at: impl FnOnce(Timestamp) -> Timestamp,
    ) -> StoreResult<()> {
        self.connections.write(|transaction| {
            let fact = get(transaction, companion, id)?;
            ensure_message(transaction, companion, message)?;
            let at = at(fact.content.valid_from.unwrap_or(fact.created));
            let end = FactEnd { newer: None, message: Some(message), at };
            insert_end(transaction, companion, id, &end)
        })
    }

    /// Puts a fact into every prompt, or no longer.
    ///
    /// # Errors
    /// [`StoreError::Nothing`].
    pub fn pin_fact(&self, companion: CompanionId, id: FactId, pinned: bool) -> StoreResult<()> {
        self.connections.write(|transaction| {
            let changed = transaction
                .prepare_cached("UPDATE facts SET pinned = ?3 WHERE companion = ?1 AND id = ?2")?
                .execute(params![companion.0, id.0, pinned])?;
            if changed == 0 { Err(missing(id)) } else { Ok(()) }
        })
    }
}

pub(super) const FACT_COLUMNS: &str = "id, superseded_by, created, edited, kind, subject, predicate, value, text, language, valid_from, \
     valid_to, confidence, pinned, origin";

/// Whether the fact in the table `fact` is known on the active path, and not taken back there as not meant. What the user wrote, changed or pinned is
/// theirs, whatever path they are on.
fn known_here(fact: &str) -> String {
    format!(
        "({fact}.origin = 'user' OR {fact}.pinned OR {fact}.edited IS NOT NULL
          OR (NOT EXISTS (SELECT 1 FROM fact_sources AS said WHERE said.companion = {fact}.companion AND said.fact = {fact}.id)
              OR EXISTS (SELECT 1 FROM fact_sources AS said
                  CROSS JOIN path ON path.companion = said.companion AND path.message = said.message
                  WHERE said.companion = {fact}.companion AND said.fact = {fact}.id))
          AND NOT EXISTS (SELECT 1 FROM fact_ends AS undone
              CROSS JOIN path ON path.companion = undone.companion AND path.message = undone.message
              WHERE undone.companion = {fact}.companion AND undone.fact = {fact}.id AND undone.newer = 0
              AND undone.at < coalesce({fact}.valid_from, {fact}.created)))"
    )
}

/// [`FACT_COLUMNS`] as they are on the active path, and behind them when what is said there ended the fact, and whether it is aside.
static COLUMNS_HERE: LazyLock<String> = LazyLock::new(|| {
    let of_fact = "ends.companion = facts.companion AND ends.fact = facts.id";
    let superseded = format!(
        "FROM fact_ends AS ends CROSS JOIN facts AS newer ON newer.companion = ends.companion AND newer.id = ends.newer
         WHERE {of_fact} AND {}",
        known_here("newer")
    );
    let told = format!(
        "FROM fact_ends AS ends CROSS JOIN path ON path.companion = ends.companion AND path.message = ends.message
         WHERE {of_fact} AND ends.newer = 0"
    );
    let columns = FACT_COLUMNS.replacen("superseded_by", &format!("(SELECT max(newer.id) {superseded})"), 1);
    let ended =
        format!("(SELECT min(at) FROM (SELECT ends.at {superseded} UNION ALL SELECT ends.at {told}))");
    format!("{columns}, {ended}, NOT {}", known_here("facts"))
});

/// Reads a fact out of [`COLUMNS_HERE`].
fn read_here(row: &Row<'_>) -> StoreResult<Fact> {
    let mut fact = read(row)?;
    let ended = to_optional_time(row.get(15)?)?;
    fact.is_ended = ended.is_some();
    fact.content.valid_to = fact.content.valid_to.into_iter().chain(ended).min();
    fact.aside = row.get(16)?;
    Ok(fact)
}

/// Reads a fact out of [`FACT_COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> StoreResult<Fact> {
    Ok(Fact {
        id: FactId(row.get(0)?),
        superseded_by: row.get::<_, Option<u64>>(1)?.map(FactId),
        aside: false,
        is_ended: false,
        ends: Vec::new(),
        created: to_time(row.get(2)?)?,
        edited: to_optional_time(row.get(3)?)?,
        content: NewFact {
            kind: from_word("kind of a fact", &row.get::<_, String>(4)?)?,
            subject: row.get(5)?,
            predicate: row.get(6)?,
            value: row.get(7)?,
            text: row.get(8)?,
            language: row.get(9)?,
            valid_from: to_optional_time(row.get(10)?)?,
            valid_to: to_optional_time(row.get(11)?)?,
            sources: Vec::new(),
            confidence: row.get(12)?,
            pinned: row.get(13)?,
            origin: from_word("origin of a fact", &row.get::<_, String>(14)?)?,
        },
    })
}

pub(super) fn sources(
    connection: &Connection,
    companion: CompanionId,
    fact: FactId,
) -> StoreResult<Vec<FactSource>> {
    let mut statement = connection.prepare_cached(
        "SELECT message, quote FROM fact_sources WHERE companion = ?1 AND fact = ?2 ORDER BY message",
    )?;
    collect(&mut statement.query(params![companion.0, fact.0])?, |row| {
        Ok(FactSource { message: MessageId(row.get(0)?), quote: row.get(1)? })
    })
}

pub(super) fn get(connection: &Connection, companion: CompanionId, id: FactId) -> StoreResult<Fact> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {} FROM facts WHERE companion = ?1 AND id = ?2", *COLUMNS_HERE))?;
    let mut rows = statement.query(params![companion.0, id.0])?;
    let mut fact = rows.next()?.map(read_here).transpose()?.ok_or_else(|| missing(id))?;
    fact.content.sources = sources(connection, companion, id)?;
    Ok(fact)
}

fn missing(id: FactId) -> StoreError {
    StoreError::Nothing { what: "fact", id: id.0.to_string() }
}

fn check(new: &NewFact) -> StoreResult<()> {
    let bytes = new.subject.len() + new.predicate.len() + new.value.len() + new.text.len();
    let detail = if bytes > FACT_BYTES_MAX {
        format!("it has {bytes} bytes, at most {FACT_BYTES_MAX} are kept")
    } else if !(0.0..=1.0).contains(&new.confidence) {
        format!("its confidence is {}, not between 0 and 1", new.confidence)
    } else if new.sources.len() > SOURCES_MAX {
        format!("it has {} sources, at most {SOURCES_MAX} are kept", new.sources.len())
    } else {
        return Ok(());
    };
    Err(StoreError::BadValue { what: "fact", detail })
}

fn add(transaction: &Transaction<'_>, companion: CompanionId, new: NewFact) -> StoreResult<Option<Fact>> {
    ensure_companion(transaction, companion)?;
    check(&new)?;
    if new.origin != FactOrigin::User && forget::is_deleted_fact(transaction, companion, &new)? {
        return Ok(None);
    }
    forget::allow_fact(transaction, companion, &new)?;
    let id: u64 = transaction
        .prepare_cached(
            "UPDATE companions SET next_fact = next_fact + 1 WHERE id = ?1 RETURNING next_fact - 1",
        )?
        .query_row([companion.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoCompanion(companion))?;
    let created = rounded(Timestamp::now());
    let fact = Fact {
        id: FactId(id),
        superseded_by: None,
        aside: false,
        is_ended: false,
        ends: Vec::new(),
        created,
        edited: None,
        content: new,
    };
    insert(transaction, companion, &fact)?;
    get(transaction, companion, fact.id).map(Some)
}

/// Adds a fact with its number.
pub(super) fn insert(transaction: &Transaction<'_>, companion: CompanionId, fact: &Fact) -> StoreResult<()> {
    check(&fact.content)?;
    let Fact { id, superseded_by, created, edited, content, ends, .. } = fact;
    transaction
        .prepare_cached(&format!(
            "INSERT INTO facts (companion, {FACT_COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
        ))?
        .execute(params![
            companion.0,
            id.0,
            superseded_by.map(|newer| newer.0),
            from_time(*created),
            edited.map(from_time),
            word(&content.kind),
            content.subject,
            content.predicate,
            content.value,
            content.text,
            content.language,
            content.valid_from.map(from_time),
            content.valid_to.map(from_time),
            rounded_number(content.confidence),
            content.pinned,
            word(&content.origin),
        ])?;
    content.sources.iter().try_for_each(|source| insert_source(transaction, companion, *id, source))?;
    ends.iter().try_for_each(|end| insert_end(transaction, companion, *id, end))
}

/// Notes what ends a fact.
fn insert_end(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    fact: FactId,
    end: &FactEnd,
) -> StoreResult<()> {
    let (newer, message) = (end.newer.map_or(0, |id| id.0), end.message.map_or(0, |id| id.0));
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO fact_ends (companion, fact, newer, message, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![companion.0, fact.0, newer, message, from_time(end.at)])?;
    Ok(())
}

/// What ends a fact, on whichever path.
pub(super) fn ends(
    connection: &Connection,
    companion: CompanionId,
    fact: FactId,
) -> StoreResult<Vec<FactEnd>> {
    let mut statement = connection.prepare_cached(
        "SELECT nullif(newer, 0), nullif(message, 0), at FROM fact_ends
         WHERE companion = ?1 AND fact = ?2 ORDER BY newer, message",
    )?;
    collect(&mut statement.query(params![companion.0, fact.0])?, |row| {
        Ok(FactEnd {
            newer: row.get::<_, Option<u64>>(0)?.map(FactId),
            message: row.get::<_, Option<u64>>(1)?.map(MessageId),
            at: to_time(row.get(2)?)?,
        })
    })
}

/// Older archives name the newer fact alone.
pub(super) fn take_over_ends(transaction: &Transaction<'_>, companion: CompanionId) -> StoreResult<()> {
    transaction.execute(
        "INSERT INTO fact_ends (companion, fact, newer, message, at)
         SELECT ?1, older.id, newer.id, 0, coalesce(newer.valid_from, newer.created)
         FROM facts AS older JOIN facts AS newer ON newer.companion = ?1 AND newer.id = older.superseded_by
         WHERE older.companion = ?1
         AND NOT EXISTS (SELECT 1 FROM fact_ends WHERE companion = ?1 AND fact = older.id)",
        [companion.0],
    )?;
    transaction.execute(
        "UPDATE facts SET superseded_by = NULL, valid_to = nullif(valid_to, (
             SELECT at FROM fact_ends WHERE companion = ?1 AND fact = facts.id AND newer = facts.superseded_by
         )) WHERE companion = ?1 AND superseded_by IS NOT NULL",
        [companion.0],
    )?;
    Ok(())
}

fn insert_source(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    fact: FactId,
    source: &FactSource,
) -> StoreResult<()> {
    ensure_message(transaction, companion, source.message)?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO fact_sources (companion, fact, message, quote) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![companion.0, fact.0, source.message.0, source.quote])?;
    Ok(())
}
