//! Bringing a database to the present schema, step by step. Knows the steps' names, not what is in the tables.

use std::path::Path;

use rusqlite::{Connection, Transaction};

use super::connection::Connections;
use super::error::{StoreError, StoreResult};

/// The steps; the first makes version 1 from nothing. A released one is never edited.
pub(super) const STEPS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_facts_version.sql"),
    include_str!("migrations/0003_chats.sql"),
    include_str!("migrations/0004_paths_of_facts.sql"),
];

/// The version that this program writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Brings the database to [`VERSION`], each step in a transaction of its own.
///
/// # Errors
/// [`StoreError::Newer`] when a later program wrote it; others when it can't be read or written.
pub(super) fn migrate(connections: &Connections) -> StoreResult<()> {
    let found = connections.read(version)?;
    refuse_newer(found, connections.path())?;
    for step in found..VERSION {
        connections.write(|transaction| {
            // Another process may have been faster.
            if version(transaction)? == step {
                apply(transaction, step)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn apply(transaction: &Transaction<'_>, step: u32) -> StoreResult<()> {
    transaction.execute_batch(STEPS[step as usize])?;
    transaction.pragma_update(None, "user_version", step + 1)?;
    Ok(())
}

fn refuse_newer(found: u32, path: &Path) -> StoreResult<()> {
    if found > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: VERSION });
    }
    Ok(())
}

fn version(connection: &Connection) -> StoreResult<u32> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
