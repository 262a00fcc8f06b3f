//! The lake's database: one writer, any number of readers, and tables that grow by named steps.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::lake::LakeError;

/// The format of a lake on disk that this program writes.
const FORMAT: i64 = 1;

/// How many idle read connections are kept.
const READERS: usize = 8;

/// The database beside the buckets. All calls block; async code calls them through `spawn_blocking`.
#[derive(Debug)]
pub struct Db {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Db {
    /// Opens the database at `path`, which is made if it is not there.
    ///
    /// # Errors
    /// [`LakeError::TooNew`] for a lake of a newer format, [`LakeError::Damaged`] for a file that is no database.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let writer =
            Connection::open(path).and_then(|connection| prepare(&connection).map(|()| connection)).map_err(|error| {
                match error.sqlite_error_code() {
                    Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                        LakeError::Damaged { path: path.to_owned(), reason: error.to_string() }
                    }
                    _ => LakeError::from(error),
                }
            })?;
        let found: i64 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > FORMAT {
            return Err(LakeError::TooNew { found, known: FORMAT });
        }
        writer.pragma_update(None, "user_version", FORMAT)?;
        writer.execute_batch("CREATE TABLE IF NOT EXISTS steps (name TEXT PRIMARY KEY, taken INTEGER NOT NULL)")?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Runs `work` in a transaction that is on disk when this returns; an error rolls it back.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, LakeError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `work` over one consistent state of the database, beside whatever is being written.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, LakeError> {
        let idle = lock(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let value = {
            let snapshot = reader.transaction()?;
            work(&snapshot)?
        };
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(reader);
        }
        Ok(value)
    }

    /// Brings the tables of `name` up to date: takes those of `steps` (batches of SQL) that were not taken yet, in order, after a copy of the
    /// database if there are any to an existing set of tables. Steps are only ever added at the end.
    ///
    /// # Errors
    /// [`LakeError::TooNew`] when more steps were taken than are known.
    pub fn migrate(&self, name: &str, steps: &[&str]) -> Result<(), LakeError> {
        let mut writer = lock(&self.writer);
        let taken: i64 = writer.query_row("SELECT coalesce(max(taken), 0) FROM steps WHERE name = ?1", [name], |row| row.get(0))?;
        let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        let Some(missing) = usize::try_from(taken).ok().and_then(|taken| steps.get(taken..)) else {
            return Err(LakeError::TooNew { found: taken, known });
        };
        if missing.is_empty() {
            return Ok(());
        }
        if taken > 0 {
            let copy = self.path.with_extension(format!("db.before-{name}-{known}"));
            match std::fs::remove_file(&copy) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(LakeError::io(&copy, error)),
                _ => {}
            }
            writer.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
        }
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for step in missing {
            transaction.execute_batch(step)?;
        }
        transaction.execute("INSERT OR REPLACE INTO steps (name, taken) VALUES (?1, ?2)", (name, known))?;
        transaction.commit()?;
        Ok(())
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(Duration::from_secs(10))?;
        reader.set_prepared_statement_cache_capacity(64);
        Ok(reader)
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A panic of another thread leaves no half state behind a lock here: what is guarded is a connection or a list of them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(db: &Db) -> i64 {
        db.read(|c| c.query_row("SELECT count(*) FROM t", [], |row| row.get(0))).unwrap()
    }

    #[test]
    fn writes_are_whole_or_not_at_all_and_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lake.db");
        let db = Db::open(&path).unwrap();
        db.migrate("t", &["CREATE TABLE t (x INTEGER PRIMARY KEY)"]).unwrap();
        db.write(|tx| tx.execute("INSERT INTO t VALUES (1)", [])).unwrap();
        let failed = db.write(|tx| {
            tx.execute("INSERT INTO t VALUES (2)", [])?;
            tx.execute("INSERT INTO t VALUES (1)", [])
        });
        assert!(matches!(failed, Err(LakeError::Database(_))));
        assert_eq!(count(&db), 1);
        drop(db);
        assert_eq!(count(&Db::open(&path).unwrap()), 1);
    }

    #[test]
    fn tables_grow_by_steps_after_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("lake.db")).unwrap();
        let steps = ["CREATE TABLE t (x INTEGER)", "ALTER TABLE t ADD COLUMN y INTEGER; INSERT INTO t VALUES (1, 2)"];
        db.migrate("t", &steps[..1]).unwrap();
        assert_eq!(count(&db), 0);
        db.migrate("t", &steps).unwrap();
        db.migrate("t", &steps).unwrap();
        assert_eq!(count(&db), 1);
        let copy = Connection::open(folder.path().join("lake.db.before-t-2")).unwrap();
        assert_eq!(copy.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
        assert!(matches!(db.migrate("t", &steps[..1]), Err(LakeError::TooNew { found: 2, known: 1 })));
    }

    #[test]
    fn a_newer_lake_and_a_damaged_one_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lake.db");
        drop(Db::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
        assert!(matches!(Db::open(&path), Err(LakeError::TooNew { .. })));
        std::fs::write(folder.path().join("other.db"), "this is no database, and long enough to be told from one by its header").unwrap();
        assert!(matches!(Db::open(&folder.path().join("other.db")), Err(LakeError::Damaged { .. })));
    }
}
