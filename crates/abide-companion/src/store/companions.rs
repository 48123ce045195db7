//! Companions, the versions of their personas, and their settings. Must not know what a persona or a setting says.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::error::{StoreError, StoreResult};
use super::rows::{collect, from_json, from_time, rounded, to_json, to_time};
use super::{MAIN_BRANCH, Store};

/// Longest name of a companion or a branch.
pub const NAME_CHARACTERS_MAX: usize = 100;

/// A companion in this database. Numbers are never given twice; elsewhere the same companion has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CompanionId(pub i64);

impl fmt::Display for CompanionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Who there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// Which one, here.
    pub id: CompanionId,
    /// Which one, anywhere: an exported companion keeps it.
    pub uid: Uuid,
    /// What it is called. No two have names that differ in case alone.
    pub name: String,
    /// Since when.
    pub created: Timestamp,
}

/// What is changed about a companion at once; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct CompanionChange {
    /// The version of the persona to go back to.
    pub revert_to: Option<u64>,
    /// A new version of the persona, after that.
    pub persona: Option<Value>,
    /// What its maker says about that version.
    pub note: Option<String>,
    /// A setting, as [`Store::set_setting`] takes it.
    pub setting: Option<(&'static str, Value)>,
    /// Another name.
    pub name: Option<String>,
}

/// A persona as it was from some time on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaVersion {
    /// Ascending from 1.
    pub version: u64,
    /// When it was made.
    pub created: Timestamp,
    /// What its maker says about it.
    pub note: Option<String>,
    /// The version whose persona it took over, where it goes back to one.
    pub reverted_to: Option<u64>,
    /// The persona.
    pub persona: Value,
}

impl Store {
    /// Makes a companion with the first version of its persona.
    ///
    /// # Errors
    /// [`StoreError::BadName`] and [`StoreError::NameTaken`].
    pub fn create_companion(&self, name: &str, persona: &Value) -> StoreResult<Companion> {
        let now = Timestamp::now();
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(StoreError::Random)?;
        self.connections.write(|transaction| {
            let id = insert_companion(transaction, Uuid::new_v4(), name, now, &salt)?;
            insert_branch(transaction, id, MAIN_BRANCH, None, now)?;
            insert_persona(transaction, id, persona, None, None, now)?;
            companion(transaction, id)
        })
    }

    /// All companions, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn companions(&self) -> StoreResult<Vec<Companion>> {
        self.connections.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, uid, name, created FROM companions ORDER BY name_key")?;
            collect(&mut statement.query([])?, read_companion)
        })
    }

    /// The companion with this id.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn companion(&self, id: CompanionId) -> StoreResult<Companion> {
        self.connections.read(|connection| companion(connection, id))
    }

    /// The companion of this name, in any case; `None` where there is none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn companion_named(&self, name: &str) -> StoreResult<Option<Companion>> {
        self.connections.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, uid, name, created FROM companions WHERE name_key = ?1")?;
            let mut rows = statement.query([name_key(name)])?;
            rows.next()?.map(read_companion).transpose()
        })
    }

    /// Changes several things about a companion: all of them or none. `change` is asked for them while nobody else, in no program, can
    /// change anything: what it reads is what is changed, so no change is lost to another one at the same time. It must not write.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`], [`StoreError::Nothing`] where there is no such version, [`StoreError::BadName`] and
    /// [`StoreError::NameTaken`]; and those of `change`.
    pub fn change_companion<T, E: From<StoreError>>(
        &self,
        id: CompanionId,
        change: impl FnOnce() -> Result<(CompanionChange, T), E>,
    ) -> Result<T, E> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, id)?;
            let (change, answer) = match change() {
                Ok(changed) => changed,
                Err(error) => return Ok(Err(error)),
            };
            let now = Timestamp::now();
            if let Some(version) = change.revert_to {
                let old = persona(transaction, id, Some(version))?;
                insert_persona(transaction, id, &old.persona, None, Some(version), now)?;
            }
            if let Some(persona) = &change.persona {
                insert_persona(transaction, id, persona, change.note.as_deref(), None, now)?;
            }
            if let Some((key, value)) = &change.setting {
                set_setting(transaction, id, key, value)?;
            }
            change.name.map_or(Ok(()), |name| rename(transaction, id, &name))?;
            Ok(Ok(answer))
        })?
    }

    /// Gives a companion another name.
    ///
    /// # Errors
    /// [`StoreError::BadName`], [`StoreError::NameTaken`] and [`StoreError::NoCompanion`].
    pub fn rename_companion(&self, id: CompanionId, name: &str) -> StoreResult<()> {
        self.connections.write(|transaction| rename(transaction, id, name))
    }

    /// Goes back to an earlier version: a new one with the same persona.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there is no such version.
    pub fn revert_persona(&self, companion: CompanionId, version: u64) -> StoreResult<PersonaVersion> {
        self.connections.write(|transaction| {
            let old = persona(transaction, companion, Some(version))?;
            insert_persona(transaction, companion, &old.persona, None, Some(version), Timestamp::now())
        })
    }

    /// The newest version of the persona.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn persona(&self, companion: CompanionId) -> StoreResult<PersonaVersion> {
        self.connections.read(|connection| {
            ensure_companion(connection, companion)?;
            persona(connection, companion, None)
        })
    }

    /// One version of the persona.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there is no such version.
    pub fn persona_version(&self, companion: CompanionId, version: u64) -> StoreResult<PersonaVersion> {
        self.connections.read(|connection| persona(connection, companion, Some(version)))
    }

    /// All versions of the persona, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn persona_versions(&self, companion: CompanionId) -> StoreResult<Vec<PersonaVersion>> {
        self.connections.read(|connection| {
            ensure_companion(connection, companion)?;
            let mut statement = connection.prepare_cached(
                "SELECT version, created, note, reverted_to, persona FROM persona_versions
                 WHERE companion = ?1 ORDER BY version",
            )?;
            collect(&mut statement.query([companion.0])?, read_persona)
        })
    }

    /// Gives each version of the persona the form that `rewrite` makes of it, where it makes one, for good. If any gets one, all plans go, because
    /// they may hold what it held before; answers how many. The rewritten pages are gone with the next deletion ([`Store::finish_deletions`]).
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn rewrite_personas(
        &self,
        companion: CompanionId,
        rewrite: impl Fn(Value) -> Option<Value>,
    ) -> StoreResult<usize> {
        self.connections.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT version, created, note, reverted_to, persona FROM persona_versions WHERE companion = ?1",
            )?;
            let mut changed = false;
            for PersonaVersion { version, persona, .. } in
                collect(&mut statement.query([companion.0])?, read_persona)?
            {
                let Some(persona) = rewrite(persona) else { continue };
                transaction
                    .prepare_cached(
                        "UPDATE persona_versions SET persona = ?3 WHERE companion = ?1 AND version = ?2",
                    )?
                    .execute(params![companion.0, version, to_json("persona", &persona)?])?;
                changed = true;
            }
            if !changed {
                return Ok(0);
            }
            Ok(transaction
                .prepare_cached("DELETE FROM plans WHERE companion = ?1")?
                .execute([companion.0])?)
        })
    }

    /// Keeps a setting of this companion under `key`, or forgets it where `value` is null.
    ///
    /// # Errors
    /// [`StoreError::NoCompanion`].
    pub fn set_setting(&self, companion: CompanionId, key: &str, value: &Value) -> StoreResult<()> {
        self.connections.write(|transaction| {
            ensure_companion(transaction, companion)?;
            set_setting(transaction, companion, key, value)
        })
    }

    /// What each companion that has one has under `key`: for example which models are still named.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn settings_of_all(&self, key: &str) -> StoreResult<Vec<(CompanionId, Value)>> {
        self.connections.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT companion, value FROM settings WHERE key = ?1 ORDER BY companion")?;
            collect(&mut statement.query([key])?, |row| {
                Ok((CompanionId(row.get(0)?), from_json("setting", &row.get::<_, String>(1)?)?))
            })
        })
    }

    /// The setting under `key`, if there is one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn setting(&self, companion: CompanionId, key: &str) -> StoreResult<Option<Value>> {
        self.connections.read(|connection| {
            let text: Option<String> = connection
                .prepare_cached("SELECT value FROM settings WHERE companion = ?1 AND key = ?2")?
                .query_row(params![companion.0, key], |row| row.get(0))
                .optional()?;
            text.map(|text| from_json("setting", &text)).transpose()
        })
    }

    /// All settings, by key.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn settings(&self, companion: CompanionId) -> StoreResult<Vec<(String, Value)>> {
        self.connections.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT key, value FROM settings WHERE companion = ?1 ORDER BY key")?;
            collect(&mut statement.query([companion.0])?, |row| {
                Ok((row.get(0)?, from_json("setting", &row.get::<_, String>(1)?)?))
            })
        })
    }
}

/// Names are compared as people read them: composed forms, in lower case.
pub(super) fn name_key(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// The name without blanks around it.
pub(super) fn checked_name(name: &str) -> StoreResult<&str> {
    let trimmed = name.trim();
    let characters = trimmed.chars().count();
    if characters == 0 || characters > NAME_CHARACTERS_MAX || trimmed.chars().any(char::is_control) {
        return Err(StoreError::BadName(name.chars().take(NAME_CHARACTERS_MAX).collect()));
    }
    Ok(trimmed)
}

fn rename(transaction: &Transaction<'_>, id: CompanionId, name: &str) -> StoreResult<()> {
    let name = checked_name(name)?;
    let changed = transaction
        .prepare_cached("UPDATE companions SET name = ?2, name_key = ?3 WHERE id = ?1")?
        .execute(params![id.0, name, name_key(name)])
        .map_err(|error| taken(error, name))?;
    if changed == 0 { Err(StoreError::NoCompanion(id)) } else { Ok(()) }
}

fn set_setting(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    key: &str,
    value: &Value,
) -> StoreResult<()> {
    if value.is_null() {
        transaction
            .prepare_cached("DELETE FROM settings WHERE companion = ?1 AND key = ?2")?
            .execute(params![companion.0, key])?;
    } else {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO settings (companion, key, value) VALUES (?1, ?2, ?3)")?
            .execute(params![companion.0, key, to_json("setting", value)?])?;
    }
    Ok(())
}

fn taken(error: rusqlite::Error, name: &str) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::NameTaken(name.to_owned()),
        _ => error.into(),
    }
}

/// A companion without anything yet, not even a branch.
pub(super) fn insert_companion(
    transaction: &Transaction<'_>,
    uid: Uuid,
    name: &str,
    created: Timestamp,
    salt: &[u8],
) -> StoreResult<CompanionId> {
    let name = checked_name(name)?;
    transaction
        .prepare_cached(
            "INSERT INTO companions (uid, name, name_key, created, salt, branch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![uid.to_string(), name, name_key(name), from_time(created), salt, MAIN_BRANCH])
        .map_err(|error| taken(error, name))?;
    Ok(CompanionId(transaction.last_insert_rowid()))
}

pub(super) fn insert_branch(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    name: &str,
    head: Option<u64>,
    created: Timestamp,
) -> StoreResult<()> {
    transaction
        .prepare_cached("INSERT INTO branches (companion, name, head, created) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![companion.0, name, head, from_time(created)])?;
    Ok(())
}

fn insert_persona(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    persona: &Value,
    note: Option<&str>,
    reverted_to: Option<u64>,
    created: Timestamp,
) -> StoreResult<PersonaVersion> {
    let version: u64 = transaction
        .prepare_cached("SELECT coalesce(max(version), 0) + 1 FROM persona_versions WHERE companion = ?1")?
        .query_row([companion.0], |row| row.get(0))?;
    let version = PersonaVersion {
        version,
        created: rounded(created),
        note: note.map(str::to_owned),
        reverted_to,
        persona: persona.clone(),
    };
    insert_persona_version(transaction, companion, &version)?;
    Ok(version)
}

pub(super) fn insert_persona_version(
    transaction: &Transaction<'_>,
    companion: CompanionId,
    version: &PersonaVersion,
) -> StoreResult<()> {
    transaction
        .prepare_cached(
            "INSERT INTO persona_versions (companion, version, created, note, reverted_to, persona)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            companion.0,
            version.version,
            from_time(version.created),
            version.note,
            version.reverted_to,
            to_json("persona", &version.persona)?
        ])?;
    Ok(())
}

pub(super) fn companion(connection: &Connection, id: CompanionId) -> StoreResult<Companion> {
    let mut statement =
        connection.prepare_cached("SELECT id, uid, name, created FROM companions WHERE id = ?1")?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(read_companion).transpose()?.ok_or(StoreError::NoCompanion(id))
}

pub(super) fn ensure_companion(connection: &Connection, id: CompanionId) -> StoreResult<()> {
    let there = connection.prepare_cached("SELECT 1 FROM companions WHERE id = ?1")?.exists([id.0])?;
    if there { Ok(()) } else { Err(StoreError::NoCompanion(id)) }
}

fn persona(
    connection: &Connection,
    companion: CompanionId,
    version: Option<u64>,
) -> StoreResult<PersonaVersion> {
    let mut statement = connection.prepare_cached(
        "SELECT version, created, note, reverted_to, persona FROM persona_versions
         WHERE companion = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
    )?;
    let mut rows = statement.query(params![companion.0, version])?;
    let found = rows.next()?.map(read_persona).transpose()?;
    found.ok_or_else(|| StoreError::Nothing {
        what: "persona version",
        id: version.map_or_else(|| "at all".to_owned(), |version| version.to_string()),
    })
}

fn read_companion(row: &Row<'_>) -> StoreResult<Companion> {
    let uid: String = row.get(1)?;
    Ok(Companion {
        id: CompanionId(row.get(0)?),
        uid: uid
            .parse()
            .map_err(|error: uuid::Error| StoreError::BadRow { what: "uid", detail: error.to_string() })?,
        name: row.get(2)?,
        created: to_time(row.get(3)?)?,
    })
}

pub(super) fn read_persona(row: &Row<'_>) -> StoreResult<PersonaVersion> {
    Ok(PersonaVersion {
        version: row.get(0)?,
        created: to_time(row.get(1)?)?,
        note: row.get(2)?,
        reverted_to: row.get(3)?,
        persona: from_json("persona", &row.get::<_, String>(4)?)?,
    })
}
