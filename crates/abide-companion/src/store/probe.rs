//! Looking for words in everything that is stored, of all companions: how somebody sees that what was deleted is gone. Knows no table by name but
//! the search index's.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::StoreResult;
use super::search;

/// A place that still holds the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// How many of its rows.
    pub rows: u64,
}

impl Store {
    /// All places where `words` are stored, for whichever companion; ASCII letters in any case. Reads everything: it takes seconds for a large
    /// database. (The pages that nothing uses any more are not looked at: deletions rewrite the file.)
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn probe(&self, words: &str) -> StoreResult<Vec<Occurrence>> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.connections.read(|connection| {
            let mut found = Vec::new();
            for (table, column) in columns(connection)? {
                let rows = connection.query_row(
                    &format!(
                        "SELECT count(*) FROM \"{table}\" WHERE instr(lower(CAST(\"{column}\" AS TEXT)), lower(?1))"
                    ),
                    [words],
                    |row| row.get(0),
                )?;
                found.push(Occurrence { table, column, rows });
            }
            let rows = search::count(connection, words)?;
            found.push(Occurrence { table: "message_words".to_owned(), column: "words".to_owned(), rows });
            found.retain(|occurrence| occurrence.rows > 0);
            Ok(found)
        })
    }
}

/// The columns of all tables that are tables in the usual sense, from the schema itself, so that none is forgotten.
fn columns(connection: &Connection) -> StoreResult<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT tables.name, columns.name FROM pragma_table_list AS tables
         JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.schema = 'main' AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
         ORDER BY tables.name, columns.cid",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
