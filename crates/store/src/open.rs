//! Opening a store.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::schema::{MIGRATIONS, migrate};

/// An open store. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
}

/// Tables from which something is ever erased.
const SCRUBBED: [&str; 15] = [
    "object",
    "run",
    "upload",
    "history",
    "setting",
    "expungement",
    "export",
    "access_work",
    "access_request",
    "subject_category",
    "history_sheet",
    "history_sheet_subject",
    "history_sheet_step",
    "social_item",
    "social_account",
];

impl Store {
    /// Opens the store at `url` and brings its schema up to date.
    ///
    /// `sqlite:PATH` makes the file and its folders when they are missing; `postgres://…` expects the database to exist.
    /// `now` is recorded beside the schema steps this call applies.
    pub async fn open(url: &str, now: DateTime<Utc>) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).connect_timeout(Duration::from_secs(10)).acquire_timeout(Duration::from_secs(30));
        if let Some(path) = url.strip_prefix("sqlite:") {
            make_folder(path.trim_start_matches("//"))?;
            options.max_connections(4).map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(10))
                    // Deleted rows are overwritten with zeros: purge means gone.
                    .pragma("secure_delete", "ON")
            });
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // Shorter than the queue for SQLite: a server that is not there should be said soon.
            options.max_connections(16).acquire_timeout(Duration::from_secs(5));
        } else {
            return Err(StoreError::Address { url: without_password(url) });
        }
        let db = connect(options).await.map_err(|source| StoreError::Open { url: without_password(url), source })?;
        migrate(&db, MIGRATIONS, to_the_microsecond(now)).await?;
        Ok(Self { db })
    }

    /// Opens the embedded store of a home folder: `HOME/state.sqlite`.
    pub async fn open_in(home: &Path, now: DateTime<Utc>) -> Result<Self> {
        Self::open(&format!("sqlite:{}", home.join("state.sqlite").display()), now).await
    }

    /// Makes what was deleted unreadable on disk as well.
    ///
    /// SQLite: overwritten pages leave the write-ahead log. PostgreSQL: the tables are rewritten; its own write-ahead log
    /// and backups are the database administrator's to expire.
    pub async fn scrub(&self) -> Result<()> {
        match self.db.get_database_backend() {
            DbBackend::Postgres => {
                for table in SCRUBBED {
                    self.db.execute_unprepared(&format!("VACUUM FULL {table}")).await?;
                }
            }
            _ => {
                self.db.execute_unprepared("VACUUM").await?;
                self.db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            }
        }
        Ok(())
    }

    /// Closes all connections. On SQLite the last one to close folds the write-ahead log into the file.
    pub async fn close(self) -> Result<()> {
        Ok(self.db.close().await?)
    }
}

/// Connects, waiting for a program that is making the same file.
///
/// SQLite does not apply its busy timeout to the switch of a fresh file to write-ahead logging, so whoever comes second
/// is told at once that the file is locked; that passes within the time of one transaction.
async fn connect(options: ConnectOptions) -> std::result::Result<DatabaseConnection, DbErr> {
    let mut tries = 0;
    loop {
        match Database::connect(options.clone()).await {
            Err(e) if tries < 100 && is_busy(&e) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20 + tries)).await;
            }
            other => return other,
        }
    }
}

fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(e)) | DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e))) =
        error
    else {
        return false;
    };
    // SQLITE_BUSY is 5 in the low byte of every extended code.
    e.as_database_error().and_then(|d| d.code()).and_then(|c| c.parse::<i32>().ok()).is_some_and(|c| c & 0xff == 5)
}

/// Both databases keep microseconds; rounding here makes what is returned equal to what is read back.
pub(crate) fn to_the_microsecond(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(time)
}

/// A new id that sorts by `now`.
pub(crate) fn new_id(now: DateTime<Utc>) -> String {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
    Uuid::new_v7(time).to_string()
}

fn make_folder(path: &str) -> Result<()> {
    let file = path.split('?').next().unwrap_or(path);
    match Path::new(file).parent() {
        Some(folder) if !file.starts_with(':') && !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: folder.to_path_buf(), source })
        }
        _ => Ok(()),
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or("");
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_reach_a_message() {
        assert_eq!(without_password("postgres://lake:s3c:r@t@db:5432/x"), "postgres://lake@db:5432/x");
        assert_eq!(without_password("sqlite:data/state.sqlite"), "sqlite:data/state.sqlite");
    }

    #[test]
    fn ids_sort_by_time() {
        let early = new_id(DateTime::from_timestamp(1_763_000_000, 0).unwrap());
        let late = new_id(DateTime::from_timestamp(1_763_000_001, 0).unwrap());
        assert!(early < late);
    }
}
