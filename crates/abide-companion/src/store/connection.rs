//! Opening the encrypted file, and sharing connections to it. Knows no tables.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use super::error::{StoreError, StoreResult};
use crate::keys::DatabaseKey;

/// How long one process waits for another's transaction.
pub(super) const BUSY_SECONDS: u64 = 10;
/// Connections for reading that are kept open.
const READERS_MAX: usize = 4;
/// What a plain SQLite file begins with.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// One connection that writes, behind a lock, and a few that read beside it: in WAL mode neither waits for the other.
pub(super) struct Connections {
    path: PathBuf,
    key: DatabaseKey,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Connections {
    pub(super) fn open(path: &Path, key: DatabaseKey) -> StoreResult<Self> {
        check_header(path, &key)?;
        let writer = connect(path, &key)?;
        writer
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(|error| StoreError::from(error).at(path))?;
        Ok(Self { path: path.to_owned(), key, writer: Mutex::new(writer), readers: Mutex::default() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a transaction of its own, which is on the disk when this returns `Ok`.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> StoreResult<T>) -> StoreResult<T> {
        let mut writer = self.writer();
        let done = (|| {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        done.map_err(|error: StoreError| error.at(&self.path))
    }

    /// Runs `work` outside of transactions, on the connection that writes.
    pub(super) fn maintain<T>(&self, work: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        work(&self.writer()).map_err(|error| error.at(&self.path))
    }

    /// Runs `work` on one consistent state of the database.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match pooled {
            Some(reader) => reader,
            None => connect(&self.path, &self.key)?,
        };
        let done = (|| {
            let transaction = reader.transaction()?;
            work(&transaction)
        })();
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_MAX {
            readers.push(reader);
        }
        drop(readers);
        done.map_err(|error: StoreError| error.at(&self.path))
    }

    /// A transaction is rolled back when its owner panics, so the connection is sound all the same.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what a file is by its first 16 bytes, which are not encrypted: SQLCipher's salt, for which abide takes a mark of the key.
fn check_header(path: &Path, key: &DatabaseKey) -> StoreResult<()> {
    let mut header = Vec::with_capacity(16);
    let problem = |source| StoreError::File { path: path.to_owned(), source };
    match File::open(path) {
        Ok(file) => file.take(16).read_to_end(&mut header).map_err(problem)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(problem(error)),
    };
    match header.as_slice() {
        // Made, and never written to.
        [] => Ok(()),
        header if header == PLAIN_HEADER => Err(StoreError::NotEncrypted { path: path.to_owned() }),
        header if header == key.mark() => Ok(()),
        _ => Err(StoreError::WrongKey { path: path.to_owned() }),
    }
}

/// SQLite's initialisation, by one thread, before any other opens a database. SQLite calls itself initialised before SQLCipher's part has
/// run, outside its lock (`SQLITE_EXTRA_INIT`), so that the first keys of threads that start together would be refused.
fn initialise() {
    static INITIALISED: Once = Once::new();
    // What fails here fails again where it is told.
    INITIALISED.call_once(|| drop(Connection::open_in_memory()));
}

/// A connection of its own to an encrypted database.
pub(super) fn connect(path: &Path, key: &DatabaseKey) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    initialise();
    let connected = (|| {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
        // Our errors say what is wrong; SQLCipher would write it to stderr, too.
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        let pragma = Zeroizing::new(format!("PRAGMA key = \"{}\"", key.pragma().as_str()));
        connection.execute_batch(&pragma)?;
        // Acknowledged is on the disk, also when the power goes; what is deleted is overwritten; nothing goes to temporary files.
        connection.execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA fullfsync = ON;
             PRAGMA checkpoint_fullfsync = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA journal_size_limit = 16777216;
             PRAGMA cache_size = -8000;
             PRAGMA trusted_schema = OFF;",
        )?;
        connection.set_prepared_statement_cache_capacity(128);
        // The first page is read here, so that a damaged file is known at once.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    })();
    connected.map_err(|error: StoreError| error.at(path))
}
